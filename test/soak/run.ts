/**
 *   node test/soak/run.ts [--folder] [--uploads N] [--clients N] [--seed TEXT] [--minutes N]
 *
 * Runs several `clipcourier serve` behind nginx on one bucket of Ceph, or with `--folder` two on one
 * folder, and kills them while clients upload. Ends with code 1 when a clip is missing, wrong or
 * twice, or something is left over that the service's sweep does not take.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkClips } from "./check.ts";
import { Contents } from "./content.ts";
import { Fleet } from "./fleet.ts";
import { type Ground, openBucketGround, openFolderGround } from "./ground.ts";
import type { Inventory } from "./inventory.ts";
import { type Load, uploadAll } from "./load.ts";
import { keepFigures } from "./report.ts";
import { sweepLater } from "./sweep.ts";

const engineKills = 2;

const { values } = parseArgs({
  options: {
    folder: { type: "boolean", default: false },
    uploads: { type: "string", default: "500" },
    clients: { type: "string", default: "8" },
    seed: { type: "string", default: "clipcourier" },
    // The most that the uploads may take.
    minutes: { type: "string", default: "6" },
  },
});
const [uploads, clients] = [Number(values.uploads), Number(values.clients)];
const contents = new Contents(values.seed, uploads);
const scratch = await mkdtemp(join(tmpdir(), "clipcourier-soak-"));
const ground = await (values.folder ? openFolderGround() : openBucketGround());
try {
  process.exitCode = await run(ground);
} finally {
  await ground.remove();
  if (process.exitCode === 0) await rm(scratch, { recursive: true, force: true });
}

async function run(place: Ground): Promise<number> {
  const fleet = await Fleet.start(place.processes, place.args, place.env, scratch);
  const problems: string[] = [];
  let load: Load;
  try {
    load = await uploadWhileKilling(fleet, place);
    problems.push(...(await checkClips(fleet.rootUrl, fleet.keys, load)));
  } finally {
    await fleet.stop();
    await writeFile(join(scratch, "problems.log"), fleet.readProblems().join("\n"));
    console.error(`The services' warnings are in ${scratch}/problems.log until the run succeeds.`);
  }
  const { before, after } = await sweepLater(place);
  problems.push(...findLeftovers(after, load.results.size));
  const text = await keepFigures({
    ...{ ground: place.name, seed: values.seed, processes: place.processes, clients, uploads },
    contents: load.results.size,
    mebibytes: load.bytes / 1024 ** 2,
    ...{ seconds: load.seconds, kills: fleet.kills, retries: load.retries, before, after },
    engineKills: place.restartEngine ? engineKills : 0,
    ...{ failedStarts: fleet.failedStarts, failures: load.failures.length },
    wrong: problems.length,
  });
  console.log(text);
  for (const line of [...load.failures, ...problems]) console.error(line);
  return problems.length > 0 ? 1 : 0;
}

async function uploadWhileKilling(fleet: Fleet, place: Ground): Promise<Load> {
  const ending = new AbortController();
  const failed = new AbortController();
  const signal = AbortSignal.any([
    failed.signal,
    AbortSignal.timeout(Number(values.minutes) * 60_000),
  ]);
  const random = (purpose: string) => contents.random(purpose);
  const fail = (error: unknown) => failed.abort(error);
  const killing = fleet.killInTurns(random, ending.signal).catch(fail);
  const restarts: (Promise<void> | undefined)[] = [];
  const onUpload = (done: number) => {
    if (done % 50 === 0) console.error(`${done} of ${uploads} uploads, ${fleet.kills} kills`);
    const isDue = done === Math.floor(((restarts.length + 1) * uploads) / (engineKills + 1));
    if (isDue && restarts.length < engineKills) {
      restarts.push(place.restartEngine?.().catch(fail));
    }
  };
  try {
    const { rootUrl, keys } = fleet;
    return await uploadAll({ rootUrl, keys, contents, clients, signal, onUpload });
  } finally {
    ending.abort();
    await Promise.all([killing, ...restarts]);
  }
}

/** What the sweep should have taken, and the clips that should be there. */
function findLeftovers({ clips, ...others }: Inventory, contentCount: number): string[] {
  const problems = Object.entries(others)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `The sweep has left ${name}: ${count}.`);
  if (clips !== contentCount)
    problems.push(`There are ${clips} clips of ${contentCount} contents.`);
  return problems;
}
