import { cephStorage } from "./ceph-storage.ts";
import type { TemporaryFiles } from "./files.ts";
import { type Measurement, measure } from "./measure.ts";
import { peers } from "./peers/peers.ts";
import { type RowResult, type ScenarioResult, summarize, takeMedian } from "./results.ts";
import type { Row, Scenario } from "./scenarios.ts";
import { nullStorage, type Storage } from "./storage.ts";

/** The runs of one row so far. */
interface RunningRow {
  readonly row: Row;
  readonly runs: Measurement[];
  readonly failures: string[];
  readonly serverCpu: number[];
}

/** Runs every row once in each round. A run that fails is recorded and does not stop the others. */
export async function runScenario(
  scenario: Scenario,
  files: TemporaryFiles,
): Promise<ScenarioResult> {
  const isCeph = scenario.storage === "ceph";
  await using storage = isCeph
    ? await cephStorage()
    : nullStorage(scenario.transport, files.folder);
  const rows = scenario.rows.map((row): RunningRow => {
    return { row, runs: [], failures: [], serverCpu: [] };
  });
  for (let round = 1; round <= scenario.rounds; round += 1) {
    for (const running of rows) await runRow(running, storage, files, round);
  }
  return { ...scenario, rows: rows.map(finishRow) };
}

async function runRow(
  { row, runs, failures, serverCpu }: RunningRow,
  storage: Storage,
  temporary: TemporaryFiles,
  round: number,
): Promise<void> {
  const { label, command } = peers[row.peer];
  const files = await temporary.get(row.work);
  const target = await storage.open(row, files, round);
  try {
    const job = { ...target.job, files, verifyParts: row.verifyParts ?? false };
    const run = await measure(command(job));
    runs.push(run);
    const facts = `${run.wallSeconds.toFixed(2)} s, CPU ${run.cpuSeconds.toFixed(2)} s`;
    console.error(`  ${round}. ${label}: ${facts}, ${run.rssMebibytes.toFixed(0)} MiB`);
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
    console.error(`  ${round}. ${label}: FAILED. ${failures.at(-1)}`);
  } finally {
    const cpu = await target.close();
    if (cpu !== undefined) serverCpu.push(cpu);
  }
}

function finishRow({ row, runs, failures, serverCpu }: RunningRow): RowResult {
  return {
    ...row,
    label: peers[row.peer].label,
    runs,
    failures,
    serverCpuSeconds: serverCpu.length > 0 ? takeMedian(serverCpu) : undefined,
    median: summarize(runs),
  };
}
