import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Inventory } from "./inventory.ts";

const folder = join(import.meta.dirname, "../../bench/results");

/** The figures of one run. */
export interface Figures {
  ground: "bucket" | "folder";
  seed: string;
  processes: number;
  clients: number;
  uploads: number;
  /** Contents; the other uploads had one that another client uploaded at about the same time. */
  contents: number;
  mebibytes: number;
  seconds: number;
  kills: number;
  engineKills: number;
  /** Starts of a killed process that failed, because the engine was down at that moment. */
  failedStarts: number;
  /** Requests that the clients made again by themselves. */
  retries: number;
  /** Uploads that had to be begun again. */
  failures: number;
  wrong: number;
  before: Inventory;
  after: Inventory;
}

/** Adds the figures to those of the other ground, and returns both as a table. */
export async function keepFigures(figures: Figures): Promise<string> {
  const json = join(folder, "soak.json");
  const kept: Figures[] = JSON.parse(await readFile(json, "utf8").catch(() => "[]"));
  const all = [...kept.filter(({ ground }) => ground !== figures.ground), figures];
  all.sort((a, b) => a.ground.localeCompare(b.ground));
  await writeFile(json, `${JSON.stringify(all, null, 2)}\n`);
  const text = formatFigures(all);
  await writeFile(join(folder, "soak.md"), text);
  return text;
}

const rows: [string, (figures: Figures) => string | number][] = [
  ["`serve` processes, killed with -9", ({ processes, kills }) => `${processes}, ${kills} times`],
  ["S3 gateway, killed with -9", ({ engineKills }) => `${engineKills} times`],
  ["starts that failed while it was down", ({ failedStarts }) => failedStarts],
  ["clients", ({ clients }) => clients],
  ["uploads", ({ uploads }) => uploads],
  ["contents", ({ contents }) => contents],
  ["MiB", ({ mebibytes }) => Math.round(mebibytes)],
  ["seconds", ({ seconds }) => Math.round(seconds)],
  ["requests made again by the clients", ({ retries }) => retries],
  ["uploads begun again", ({ failures }) => failures],
  ["clips that are wrong, missing or twice", ({ wrong }) => wrong],
  ["other files of clips", pair("otherFiles")],
  ["other entries of lists", pair("otherEntries")],
  ["work", pair("work")],
  ["reminders", pair("reminders")],
  ["objects put aside as damaged", pair("damaged")],
  ["open uploads", pair("openUploads")],
  ["temporary files", pair("temporary")],
];

function pair(name: keyof Inventory): (figures: Figures) => string {
  return ({ before, after }) => `${before[name]} → ${after[name]}`;
}

function formatFigures(all: readonly Figures[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return `${[
    "# Soak",
    "",
    "`pnpm soak` and `pnpm soak --folder`: several `clipcourier serve` behind nginx, of which one is",
    "killed every few seconds while clients upload. Every upload has to end as one available clip with",
    "the right MD5. What is left over is counted before and after (→) the service's own sweep with a",
    "clock that is nine days ahead.",
    "",
    line(["", ...all.map(({ ground }) => ground)]),
    line(["---", ...all.map(() => "---")]),
    ...rows.map(([title, read]) => line([title, ...all.map(read)])),
  ].join("\n")}\n`;
}
