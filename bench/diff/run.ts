/**
 * Compares pairs of videos of which it is known what has changed, and tells how often the comparison is
 * right, and what it costs: `pnpm bench:diff [--seed N] [--times N] [--only KIND] [--quick]`. `--quick`
 * leaves out what the comparison of long videos costs. The results are in `bench/results/diff.md`.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createMedia } from "@clipcourier/service";
import { ensureDebianPackages } from "@clipcourier/test/debian-packages.ts";
import { describeMachine } from "../machine.ts";
import { versionOfFfmpeg } from "../media/clips.ts";
import { measureCosts } from "./costs.ts";
import { type Judgement, judge, tile } from "./judge.ts";
import { makeVideo } from "./make-video.ts";
import { listPairs, type Pair } from "./pairs.ts";
import { renderAccuracy } from "./table.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    times: { type: "string", default: "4" },
    only: { type: "string" },
    quick: { type: "boolean", default: false },
  },
});

ensureDebianPackages([{ name: "ffmpeg", file: "/usr/bin/ffmpeg" }]);
const folder = await mkdtemp(join(tmpdir(), "clipcourier-bench-diff-"));
const media = createMedia({ comparisonTimeLimit: 600_000 });
try {
  const judgements: Judgement[] = [];
  for (const pair of listPairs(Number(values.seed), Number(values.times))) {
    if (values.only !== undefined && pair.kind !== values.only) continue;
    judgements.push(await tryPair(pair));
  }
  const costs = values.quick ? "" : await measureCosts();
  await writeResults(renderAccuracy(judgements), costs);
} finally {
  await media.close();
  await rm(folder, { recursive: true, force: true });
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

async function writeResults(accuracy: string, costs: string): Promise<void> {
  const { processor, cores, system } = describeMachine();
  const text = `# Comparing videos

## How often it is right

Pairs that ffmpeg ${await versionOfFfmpeg()} makes from a test card, a page that is read and a flight into a fractal, 640×360, 3 s, with everything drawn from the seed ${values.seed}. *Right*: it says whether something has changed. *When*: the one passage begins and ends within a frame. *Where*: by how many pixels the box is off at the side where it is off most, as a median and at most; a tile of the comparison has ${Math.round(tile)}.

${accuracy}
${costs}
${processor}, ${cores} cores, ${system}.
`;
  const results = join(import.meta.dirname, "../results");
  await mkdir(results, { recursive: true });
  const isWhole = !values.quick && values.only === undefined;
  await writeFile(join(results, isWhole ? "diff.md" : "diff-quick.md"), text);
  console.log(text);
}
