/**
 * Measures the service on a folder: `pnpm bench:service [--against CHECKOUT] [--ceph]
 * [--folders FOLDER] [--only NAME] [--rounds N] [--quick] [--list]`. With `--against`, the service of
 * another checkout, which has to be built, is measured in turn with this one, and with `--ceph` this
 * one on a bucket. A plan of 10,000 parts needs 49 GiB of room below `--folders`, and so does
 * `finalize-large` with one round. Each scenario's figures take the place of its earlier ones in
 * `bench/results/service.md`. It exits with 1 where a figure of this checkout exceeds its bound.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { takeMedian } from "../results.ts";
import { checkBounds } from "./bounds.ts";
import { bucketGrounds, folderGrounds, type Grounds } from "./grounds.ts";
import { formatNumber, keepFigures } from "./report.ts";
import { type Figures, listServiceScenarios, type ServiceScenario } from "./scenarios.ts";
import { BenchService } from "./service.ts";

const { values } = parseArgs({
  options: {
    against: { type: "string" },
    ceph: { type: "boolean", default: false },
    // In memory, since what a disk needs to write depends on the disk.
    folders: { type: "string", default: "/dev/shm" },
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});

const now = resolve(import.meta.dirname, "../..");

const all = listServiceScenarios(values.quick);
const chosen = all.filter(({ name }) => values.only?.includes(name) ?? true);
if (values.list) for (const { name, title } of all) console.log(`${name.padEnd(16)}${title}`);
else await run(chosen);

async function run(scenarios: readonly ServiceScenario[]): Promise<void> {
  await using folders = folderGrounds(values.folders);
  await using buckets = values.ceph ? await bucketGrounds() : null;
  const columns: Column[] = [{ name: "now", checkout: now, grounds: folders }];
  if (values.against !== undefined) {
    columns.push({ name: "before", checkout: resolve(values.against), grounds: folders });
  }
  if (buckets) columns.push({ name: "bucket", checkout: now, grounds: buckets });
  const measured = new Map<string, Figures>();
  for (const scenario of scenarios) {
    console.error(scenario.title);
    const figures = await measureAll(scenario, columns);
    if (figures.now) measured.set(scenario.name, figures.now);
    // The figures of a quick run are no measurement.
    if (values.quick) continue;
    const { name, title } = scenario;
    const order = all.map((one) => one.name);
    await keepFigures({ name, title, rounds: Number(values.rounds), figures }, order);
  }
  // A quick run is too short for a bound to say anything.
  if (values.quick) return;
  const { lines, areMet } = checkBounds(measured);
  for (const line of lines) console.error(line);
  if (!areMet) process.exitCode = 1;
}

/** One of the services that are compared. */
interface Column {
  name: string;
  checkout: string;
  grounds: Grounds;
}

/** The figures of each service. Their rounds take turns, since the speed of a machine changes. */
async function measureAll(
  scenario: ServiceScenario,
  columns: readonly Column[],
): Promise<Record<string, Figures>> {
  await using services = new AsyncDisposableStack();
  const rounds: Record<string, Figures[]> = {};
  const running: [string, BenchService][] = [];
  for (const { name, checkout, grounds } of columns) {
    if (name === "bucket" && scenario.onBucket === false) continue;
    const service = services.use(await BenchService.start(checkout, await grounds.make()));
    if (await service.seed(scenario.clips)) running.push([name, service]);
    else console.error(`  ${name}: not measured, it would take hours to make the clips`);
  }
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const [name, service] of running) {
      const figures = await scenario.measure(service);
      console.error(`  ${name}: ${formatFigures(figures)}`);
      rounds[name] = [...(rounds[name] ?? []), figures];
    }
  }
  return Object.fromEntries(Object.entries(rounds).map(([name, all]) => [name, joinRounds(all)]));
}

function joinRounds([first = {}, ...others]: readonly Figures[]): Figures {
  const join = (name: string) =>
    takeMedian([first, ...others].map((figures) => figures[name] ?? Number.NaN));
  return Object.fromEntries(Object.keys(first).map((name) => [name, join(name)]));
}

function formatFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${formatNumber(value)}`)
    .join(", ");
}
