import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Figures } from "./scenarios.ts";

const folder = join(import.meta.dirname, "../results");

/** What one scenario has measured: the medians of its rounds for each of the services. */
export interface ScenarioFigures {
  name: string;
  title: string;
  rounds: number;
  /** By the service: `now`, `before`, `bucket`. */
  figures: Record<string, Figures>;
}

/** Puts the figures in place of what the scenario has measured before, and writes all as tables. */
export async function keepFigures(measured: ScenarioFigures, order: string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const json = join(folder, "service.json");
  const kept: ScenarioFigures[] = JSON.parse(await readFile(json, "utf8").catch(() => "[]"));
  const all = [...kept.filter(({ name }) => name !== measured.name), measured];
  all.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  await writeFile(json, `${JSON.stringify(all, null, 2)}\n`);
  await writeFile(join(folder, "service.md"), [intro, ...all.map(formatTable)].join("\n"));
}

const intro = `# Benchmark of the service

\`pnpm bench:service\`: \`now\` is the service on a folder, \`before\` that of an earlier commit on a folder,
\`bucket\` the service on a bucket of Ceph in memory on the same machine. Medians of rounds in turn.
`;

function formatTable({ title, rounds, figures }: ScenarioFigures): string {
  const columns = Object.keys(figures);
  const names = [...new Set(Object.values(figures).flatMap((column) => Object.keys(column)))];
  const rows = names.map((name) => {
    const cells = columns.map((column) => formatNumber(figures[column]?.[name]));
    return `| ${[name, ...cells].join(" | ")} |`;
  });
  return [
    `## ${title}\n`,
    `| ${rounds} round${rounds === 1 ? "" : "s"} | ${columns.join(" | ")} |`,
    `| --- |${" ---: |".repeat(columns.length)}`,
    ...rows,
    "",
  ].join("\n");
}

export function formatNumber(value = Number.NaN): string {
  if (Number.isNaN(value)) return "not measured";
  return value.toFixed(value < 10 ? 2 : 0);
}
