/**
 * Measures what the service makes of videos, beside ffmpeg doing about the same by hand:
 * `pnpm bench:media [--against CHECKOUT] [--only NAME] [--rounds N] [--quick] [--list]`. NAME is a video or a
 * work. With `--against`, what the service of another checkout, which has to be built, made of a video is
 * measured as well. The results are in `bench/results/media.md`.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { describeMachine } from "../machine.ts";
import { type Measurement, measure } from "../measure.ts";
import { summarize } from "../results.ts";
import { type ClipRecipe, listClips, makeClip, versionOfFfmpeg } from "./clips.ts";
import { type Column, listColumns } from "./columns.ts";
import { type Work, works } from "./works.ts";

const { values } = parseArgs({
  options: {
    against: { type: "string" },
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});

const clips = listClips(values.quick);
const names = [...clips, ...works].map(({ name }) => name);
const unknown = values.only?.find((name) => !names.includes(name));
if (unknown !== undefined) throw new Error(`--only ${unknown}: not one of ${names.join(", ")}.`);
if (values.list)
  for (const { name, title } of [...clips, ...works]) console.log(`${name.padEnd(20)}${title}`);
else await run();

function choose<T extends { name: string }>(all: readonly T[]): readonly T[] {
  const chosen = all.filter(({ name }) => values.only?.includes(name));
  return chosen.length > 0 ? chosen : all;
}

async function run(): Promise<void> {
  const columns = await listColumns(values.against && resolve(values.against));
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-bench-"));
  try {
    const tables: string[] = [];
    for (const clip of choose(clips)) {
      console.error(clip.title);
      tables.push(await measureClip(clip, columns, folder));
    }
    await writeResults(tables);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The rounds of all that is measured take turns, since the speed of a machine changes. */
async function measureClip(
  clip: ClipRecipe,
  columns: readonly Column[],
  folder: string,
): Promise<string> {
  const video = await makeClip(clip);
  const isMade = ({ name }: Work): boolean => name !== "rendition" || clip.isRendered !== false;
  const rows = choose(works)
    .filter(isMade)
    .map((work) => ({ work, cells: columns.map((): Cell => ({ runs: [], failure: "" })) }));
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const { work, cells } of rows) {
      for (const [index, cell] of cells.entries()) {
        const column = columns[index];
        const job = { video, seconds: clip.seconds, folder };
        if (column) await measureCell(cell, column, work, job);
      }
    }
  }
  const formatted = rows.map(({ work, cells }) => [work.title, ...cells.flatMap(formatCell)]);
  const heads = columns.flatMap(({ title }) => [`${title}, CPU s`, "MiB"]);
  return [
    `## ${clip.title}\n`,
    `| | ${heads.join(" | ")} |`,
    `| --- |${" ---: |".repeat(heads.length)}`,
    ...formatted.map((cells) => `| ${cells.join(" | ")} |`),
    "",
  ].join("\n");
}

/** The runs of a work in one of the ways. */
interface Cell {
  runs: Measurement[];
  /** The last reason for which one failed. */
  failure: string;
}

async function measureCell(
  cell: Cell,
  { title, commandsOf }: Column,
  work: Work,
  job: { video: string; seconds: number; folder: string },
): Promise<void> {
  const commands = commandsOf(work, job);
  if (commands.length === 0) return;
  try {
    const parts: Measurement[] = [];
    for (const command of commands) parts.push(await measure(command));
    const sum = {
      wallSeconds: parts.reduce((total, { wallSeconds }) => total + wallSeconds, 0),
      cpuSeconds: parts.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0),
      rssMebibytes: Math.max(...parts.map(({ rssMebibytes }) => rssMebibytes)),
    };
    cell.runs.push(sum);
    console.error(
      `  ${work.title}, ${title}: CPU ${sum.cpuSeconds.toFixed(2)} s, ${sum.rssMebibytes.toFixed(0)} MiB`,
    );
  } catch (error) {
    cell.failure = error instanceof Error ? error.message : String(error);
    console.error(`  ${work.title}, ${title}: FAILED. ${cell.failure}`);
  }
}

function formatCell({ runs, failure }: Cell): [cpu: string, memory: string] {
  const median = summarize(runs);
  if (!median) return failure === "" ? ["", ""] : ["failed", ""];
  return [median.cpuSeconds.toFixed(2), median.rssMebibytes.toFixed(0)];
}

async function writeResults(tables: readonly string[]): Promise<void> {
  const folder = join(import.meta.dirname, "../results");
  await mkdir(folder, { recursive: true });
  const { processor, cores, system } = describeMachine();
  const intro = `# Benchmark of facts, pictures and renditions

CPU seconds, user and system, of a process and its children, and the peak memory of the largest of them; medians of ${values.rounds} rounds in turn. Each row is a process of its own, which also reads the facts and looks at the video. *By hand* is ffmpeg ${await versionOfFfmpeg()} at a fixed place of the video, without looking for a better one. ${processor}, ${cores} cores, ${system}.
`;
  const name = values.quick ? "media-quick.md" : "media.md";
  await writeFile(join(folder, name), [intro, ...tables].join("\n"));
}
