/**
 * Measures the client and the tools that people would use instead: `pnpm bench [--quick]
 * [--only NAME] [--peers NAME,NAME] [--rounds N] [--list]`. The results are in `bench/results/`.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureDebianPackages } from "@clipcourier/test/debian-packages.ts";
import { TemporaryFiles } from "./files.ts";
import { describeMachine } from "./machine.ts";
import { peers } from "./peers/peers.ts";
import { formatMarkdown } from "./report-markdown.ts";
import { formatSvg } from "./report-svg.ts";
import type { Results, ScenarioResult } from "./results.ts";
import { runScenario } from "./run-scenario.ts";
import { listScenarios, type Scenario } from "./scenarios.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    peers: { type: "string" },
    rounds: { type: "string" },
    list: { type: "boolean", default: false },
  },
});

const scenarios = chooseScenarios();
if (values.list) {
  for (const { name, title } of scenarios) console.log(`${name.padEnd(18)}${title}`);
} else {
  await run(scenarios);
}

function chooseScenarios(): Scenario[] {
  const known = listScenarios(values.quick);
  const unknown = values.only?.filter((name) => !known.some((scenario) => scenario.name === name));
  if (unknown?.length) throw new Error(`No scenario ${unknown.join(", ")}. Try --list.`);
  const names = values.peers?.split(",");
  return known
    .filter(({ name }) => values.only?.includes(name) ?? true)
    .map((scenario) => ({
      ...scenario,
      rounds: values.rounds ? Number(values.rounds) : scenario.rounds,
      rows: scenario.rows.filter(({ peer }) => names?.includes(peer) ?? true),
    }))
    .filter(({ rows }) => rows.length > 0);
}

async function run(chosen: readonly Scenario[]): Promise<void> {
  const names = new Set(chosen.flatMap(({ rows }) => rows.map(({ peer }) => peer)));
  const packages = [...names].flatMap((name) => peers[name].packages);
  ensureDebianPackages([...packages, { name: "time", file: "/usr/bin/time" }]);
  await using files = await TemporaryFiles.create();
  let hasFailed = false;
  for (const scenario of chosen) {
    console.error(scenario.title);
    const result = await runScenario(scenario, files);
    hasFailed ||= result.rows.some(({ failures }) => failures.length > 0);
    await writeResults(result);
  }
  if (hasFailed) process.exitCode = 1;
}

/** Writes after each scenario, so that an interrupted run keeps its results. Others are kept. */
async function writeResults(result: ScenarioResult): Promise<void> {
  const folder = join(import.meta.dirname, "results");
  const base = join(folder, values.quick ? "quick" : "results");
  await mkdir(folder, { recursive: true });
  const results: Results = {
    machine: describeMachine(),
    scenarios: mergeScenario(await readScenarios(`${base}.json`), result),
  };
  await writeFile(`${base}.json`, `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(`${base}.md`, formatMarkdown(results));
  await writeFile(`${base}.svg`, formatSvg(results));
}

async function readScenarios(path: string): Promise<ScenarioResult[]> {
  if (!existsSync(path)) return [];
  return (JSON.parse(await readFile(path, "utf8")) as Results).scenarios;
}

function mergeScenario(earlier: ScenarioResult[], result: ScenarioResult): ScenarioResult[] {
  const order = listScenarios(values.quick).map(({ name }) => name);
  return [...earlier.filter(({ name }) => name !== result.name), result].sort(
    (a, b) => order.indexOf(a.name) - order.indexOf(b.name),
  );
}
