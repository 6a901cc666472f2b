/**
 * Compares pairs of videos, and then of pictures, of which it is known what has changed, and tells how often
 * the comparison is right, and what it costs: `pnpm bench:diff [--seed N] [--times N] [--only KIND] [--quick]
 * [--pictures]`. `--quick` leaves out what the comparison of long videos costs, `--pictures` all videos. The
 * results are in `bench/results/diff.md` and `diff-pictures.md`.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createMedia } from "@clipcourier/service";
import { installPrograms } from "@clipcourier/test/media/programs.ts";
import { describeMachine } from "../machine.ts";
import { versionOfFfmpeg } from "../media/clips.ts";
import { measureCosts } from "./costs.ts";
import { type Judgement, judge, tile } from "./judge.ts";
import { makeVideo } from "./make-video.ts";
import { kinds, listPairs, type Pair } from "./pairs.ts";
import { measurePictures } from "./pictures/measure-pictures.ts";
import { kindNames } from "./pictures/pairs.ts";
import { renderAccuracy } from "./table.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    times: { type: "string", default: "4" },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
    pictures: { type: "boolean", default: false },
  },
});

const numbers = { seed: Number(values.seed), times: Number(values.times) };

installPrograms();
const folder = await mkdtemp(join(tmpdir(), "clipcourier-bench-diff-"));
const media = createMedia({ comparisonTimeLimit: 600_000 });
try {
  if (!values.pictures) await measureVideos();
  const judgements = await measurePictures(media, folder, { ...numbers, only: values.only });
  if (judgements.length > 0) await writeAccuracyOfPictures(judgements);
} finally {
  await media.close();
  await rm(folder, { recursive: true, force: true });
}

async function measureVideos(): Promise<void> {
  const judgements: Judgement[] = [];
  for (const pair of listPairs(numbers.seed, numbers.times)) {
    if (values.only !== undefined && pair.kind !== values.only) continue;
    judgements.push(await tryPair(pair));
  }
  const costs = values.quick ? "" : await measureCosts();
  const names = kinds.map(({ name }) => name);
  if (judgements.length === 0) return;
  await writeAccuracyOfVideos(
    renderAccuracy(judgements, { kinds: names, subject: "video" }),
    costs,
  );
}

async function tryPair(pair: Pair): Promise<Judgement> {
  const old = await makeVideo(join(folder, "old"), pair.old);
  const now = await makeVideo(join(folder, "new"), pair.now);
  const result = await media.compare?.(old, now, { account: "" });
  if (result?.outcome !== "ready") throw new Error(`${pair.name}: ${JSON.stringify(result)}`);
  const judgement = judge(pair, result.diff);
  console.error(`${pair.name}: ${result.diff.verdict}. ${result.diff.summary}`);
  return judgement;
}

async function writeAccuracyOfVideos(accuracy: string, costs: string): Promise<void> {
  const isWhole = !values.quick && values.only === undefined;
  await writeResults(isWhole ? "diff.md" : "diff-quick.md", [
    "# Comparing videos",
    "## How often it is right",
    `Pairs that ffmpeg ${await versionOfFfmpeg()} makes from a test card, a page that is read and a flight into a fractal, 640×360, 3 s, with everything drawn from the seed ${values.seed}. *Right*: it says whether something has changed. *When*: the one passage begins and ends within a frame. *Where*: by how many pixels the box is off at the side where it is off most, as a median and at most; a tile of the comparison has ${Math.round(tile)}.`,
    accuracy,
    costs,
  ]);
}

async function writeAccuracyOfPictures(judgements: readonly Judgement[]): Promise<void> {
  await writeResults(values.only === undefined ? "diff-pictures.md" : "diff-pictures-quick.md", [
    "# Comparing pictures",
    "## How often it is right",
    `Pairs that Chromium and ffmpeg ${await versionOfFfmpeg()} make from a light page, a dark one and a fractal with grain, 640×400, with everything drawn from the seed ${values.seed}, ${describeTimes()}. Pictures are PNGs where nothing else is said. *Right*: it says whether something has changed. *Where*: by how many pixels the box is off at the side where it is off most, as a median and at most.`,
    renderAccuracy(judgements, { kinds: kindNames, subject: "picture" }),
  ]);
}

function describeTimes(): string {
  return numbers.times === 1
    ? "one pair of each kind and source"
    : `${numbers.times} pairs of each kind and source`;
}

async function writeResults(file: string, paragraphs: readonly string[]): Promise<void> {
  const { processor, cores, system } = describeMachine();
  const machine = `${processor}, ${cores} cores, ${system}.`;
  const all = [...paragraphs, machine].map((paragraph) => paragraph.trim()).filter(Boolean);
  const text = `${all.join("\n\n")}\n`;
  const results = join(import.meta.dirname, "../results");
  await mkdir(results, { recursive: true });
  await writeFile(join(results, file), text);
  console.log(text);
}
