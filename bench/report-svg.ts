import { formatClient } from "./report-markdown.ts";
import { findBaseline, type Results, type RowResult, type ScenarioResult } from "./results.ts";

const width = 760;
const labelWidth = 250;
const barHeight = 18;
const rowHeight = 46;
const titleHeight = 40;
const scale = width - labelWidth - 130;

// Colours are classes, so that they follow the light or dark scheme of the page with the picture.
const style = `
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 15px; }
  .small { font-size: 11px; fill: #57606a; }
  .wall { fill: #8c959f; } .cpu { fill: #d0d7de; }
  .ours .wall { fill: #0969da; } .ours .cpu { fill: #80ccff; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .small { fill: #8d96a0; }
    .wall { fill: #6e7681; } .cpu { fill: #3d444d; }
    .ours .wall { fill: #4493f8; } .ours .cpu { fill: #1f4f8f; }
  }`;

// The most common cases; the Markdown has all tables.
const plotted = new Set(["one-file-tls", "many-files-http"]);

/** A bar chart of wall and CPU seconds, with the tables that fit into a README. */
export function formatSvg({ scenarios }: Results): string {
  let top = 0;
  const panels = scenarios
    .filter(({ name }) => plotted.has(name))
    .map((scenario) => {
      const panel = `<g transform="translate(0 ${top})">${formatPanel(scenario)}</g>`;
      top += titleHeight + scenario.rows.length * rowHeight + 16;
      return panel;
    });
  const frame = `xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}"`;
  return `<svg ${frame} role="img" aria-label="Wall and CPU seconds by client">
<style>${style}</style>
${panels.join("\n")}
</svg>
`;
}

function formatPanel({ title, rows }: ScenarioResult): string {
  const seconds = rows.flatMap(({ median }) => [median?.wallSeconds ?? 0, median?.cpuSeconds ?? 0]);
  const longest = Math.max(...seconds, 0.01);
  const bars = rows.map((row, index) => {
    const y = titleHeight + index * rowHeight;
    const side = row.peer === "clipcourier" ? ' class="ours"' : "";
    return `<g${side} transform="translate(0 ${y})">${formatBars(row, rows, longest)}</g>`;
  });
  const legend = `<text class="small" x="${labelWidth}" y="24">upper bar: wall, lower bar: CPU, in seconds</text>`;
  return `<text class="title" x="0" y="24">${escapeXml(title)}</text>${legend}${bars.join("")}`;
}

function formatBars(row: RowResult, rows: readonly RowResult[], longest: number): string {
  const label = `<text x="0" y="${barHeight + 4}">${escapeXml(formatClient(row))}</text>`;
  if (!row.median) return `${label}<text x="${labelWidth}" y="${barHeight + 4}">failed</text>`;
  const of = findBaseline(rows, row)?.median;
  const wall = formatBar("wall", 0, row.median.wallSeconds, of?.wallSeconds, longest);
  return label + wall + formatBar("cpu", 1, row.median.cpuSeconds, of?.cpuSeconds, longest);
}

function formatBar(
  name: "wall" | "cpu",
  index: number,
  seconds: number,
  of: number | undefined,
  longest: number,
): string {
  const length = Math.max(1, (seconds / longest) * scale);
  const y = index * barHeight;
  const ratio = of === undefined ? "" : ` (${(seconds / of).toFixed(2)} x)`;
  const text = `${seconds.toFixed(2)} s${ratio}`;
  return (
    `<rect class="${name}" x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight - 2}"/>` +
    `<text class="small" x="${(labelWidth + length + 6).toFixed(1)}" y="${y + 12}">${text}</text>`
  );
}

function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
