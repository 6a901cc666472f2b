import {
  findBaseline,
  type Machine,
  type Results,
  type RowResult,
  type ScenarioResult,
} from "./results.ts";
import type { Row } from "./scenarios.ts";

/** All tables, with the machine on top. */
export function formatMarkdown({ machine, scenarios }: Results): string {
  const intro = [
    "# Benchmark",
    "",
    formatMachine(machine),
    "",
    "Medians of interleaved runs. The ratios compare with the floor if it was measured with the same",
    "files, and otherwise with the same client's first row. CPU is user and system of the whole process",
    "tree, RSS the peak of its largest process. A part counts as 5 MiB here, whatever part size the",
    "client uses. Sparse files are in memory, where reading a hole costs the same in a file of any size.",
  ];
  return `${[...intro, ...scenarios.map(formatScenario)].join("\n")}\n`;
}

function formatMachine(machine: Machine): string {
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  const { processor, cores, memoryGibibytes, system } = machine;
  return `${processor}, ${cores} cores, ${memoryGibibytes} GiB, ${system}; ${versions.join(", ")}.`;
}

function formatScenario({ title, rounds, rows }: ScenarioResult): string {
  const lines = [
    `\n## ${title}\n`,
    `Median of ${rounds}.\n`,
    "| client | work | wall s | ratio | CPU s | ratio | RSS MiB | ms per part | server CPU s |",
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows.map((row) => formatRow(row, findBaseline(rows, row))),
    ...rows.flatMap(formatFailures),
  ];
  return lines.join("\n");
}

function formatRow(row: RowResult, baseline: RowResult | undefined): string {
  const cells = row.median
    ? [
        row.median.wallSeconds.toFixed(2),
        formatRatio(row.median.wallSeconds, baseline?.median?.wallSeconds),
        row.median.cpuSeconds.toFixed(2),
        formatRatio(row.median.cpuSeconds, baseline?.median?.cpuSeconds),
        row.median.rssMebibytes.toFixed(0),
        ((row.median.wallSeconds * 1000) / countParts(row)).toFixed(2),
        row.serverCpuSeconds?.toFixed(2) ?? "",
      ]
    : ["failed", "", "", "", "", "", ""];
  return `| ${[formatClient(row), formatWork(row), ...cells].join(" | ")} |`;
}

export function formatClient({ label, verifyParts }: RowResult): string {
  return verifyParts ? `${label}, verifyParts` : label;
}

function formatWork({ work, delayMs, failPerMille }: Row): string {
  const mebibytes = work.size / 1024 ** 2;
  const size = mebibytes < 1024 ? `${mebibytes} MiB` : `${+(mebibytes / 1024).toFixed(1)} GiB`;
  return [
    work.count === 1 ? size : `${work.count} x ${size}`,
    work.sparse ? "sparse" : "",
    delayMs ? `${delayMs} ms` : "",
    failPerMille ? `${failPerMille / 10} % fail` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

function formatRatio(value: number, of: number | undefined): string {
  return of === undefined ? "" : (value / of).toFixed(2);
}

/** The number of parts of 5 MiB, whatever part size the client uses. */
function countParts({ work }: Row): number {
  return work.count * Math.ceil(work.size / (5 * 1024 ** 2));
}

function formatFailures({ label, failures, runs }: RowResult): string[] {
  if (failures.length === 0) return [];
  const total = failures.length + runs.length;
  return [
    `\n${label}: ${failures.length} of ${total} runs failed. The last one: ${failures.at(-1)}`,
  ];
}
