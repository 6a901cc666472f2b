/**
 * Measures the service on a folder: `pnpm bench:service [--against CHECKOUT] [--only NAME]
 * [--rounds N] [--quick] [--list]`. With `--against`, the service of another checkout, which has to
 * be built, is measured in turn with this one. The results are in `bench/results/service.md`.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { takeMedian } from "../results.ts";
import { type Figures, listServiceScenarios, type ServiceScenario } from "./scenarios.ts";
import { BenchService } from "./service.ts";

const { values } = parseArgs({
  options: {
    against: { type: "string" },
    only: { type: "string", multiple: true },
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});

/** The services by the name of their column. */
const checkouts: Record<string, string> = { now: resolve(import.meta.dirname, "../..") };
if (values.against !== undefined) checkouts.before = resolve(values.against);
// A file system in memory: what a disk needs to write depends on the disk.
const parent = "/dev/shm";
const seedsAtOnce = 16;

const all = listServiceScenarios(values.quick);
const chosen = all.filter(({ name }) => values.only?.includes(name) ?? true);
if (values.list) for (const { name, title } of all) console.log(`${name.padEnd(16)}${title}`);
else await run(chosen);

async function run(scenarios: readonly ServiceScenario[]): Promise<void> {
  const tables: string[] = [];
  for (const scenario of scenarios) {
    console.error(scenario.title);
    tables.push(formatTable(scenario, await measureAll(scenario)));
  }
  const folder = join(import.meta.dirname, "../results");
  await mkdir(folder, { recursive: true });
  const intro = `# Benchmark of the service\n\nA folder in memory, medians of ${values.rounds} rounds in turn.\n`;
  const name = values.quick ? "service-quick.md" : "service.md";
  await writeFile(join(folder, name), [intro, ...tables].join("\n"));
}

/** The figures of each service. Their rounds take turns, since the speed of a machine changes. */
async function measureAll(scenario: ServiceScenario): Promise<Record<string, Figures>> {
  await using services = new AsyncDisposableStack();
  const rounds: Record<string, Figures[]> = {};
  const running: [string, BenchService][] = [];
  for (const [name, checkout] of Object.entries(checkouts)) {
    const service = services.use(await BenchService.start(checkout, parent));
    await seed(service, scenario.clips);
    running.push([name, service]);
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

async function seed(service: BenchService, clips: number): Promise<void> {
  let next = 0;
  const upload = async () => {
    while (next < clips) await service.upload(Buffer.from(`clip ${next++}`));
  };
  await Promise.all(Array.from({ length: seedsAtOnce }, upload));
}

function joinRounds([first = {}, ...others]: readonly Figures[]): Figures {
  const join = (name: string) =>
    takeMedian([first, ...others].map((figures) => figures[name] ?? Number.NaN));
  return Object.fromEntries(Object.keys(first).map((name) => [name, join(name)]));
}

function formatTable({ title }: ServiceScenario, figures: Record<string, Figures>): string {
  const names = Object.keys(Object.values(figures)[0] ?? {});
  const columns = Object.keys(figures);
  const rows = names.map((name) => {
    const cells = columns.map((column) => formatNumber(figures[column]?.[name]));
    return `| ${[name, ...cells].join(" | ")} |`;
  });
  return [
    `## ${title}\n`,
    `| | ${columns.join(" | ")} |`,
    `| --- |${" ---: |".repeat(columns.length)}`,
    ...rows,
    "",
  ].join("\n");
}

function formatFigures(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${formatNumber(value)}`)
    .join(", ");
}

function formatNumber(value = Number.NaN): string {
  return value.toFixed(value < 10 ? 2 : 0);
}
