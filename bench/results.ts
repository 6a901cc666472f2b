import type { Measurement } from "./measure.ts";
import type { Row, Scenario } from "./scenarios.ts";

/** The result of one row of a table. */
export interface RowResult extends Row {
  label: string;
  /** Every run that succeeded, in the order of the rounds. */
  runs: readonly Measurement[];
  /** The errors of those that failed. */
  failures: readonly string[];
  /** Median CPU seconds of the server in these runs, if they can be measured. */
  serverCpuSeconds: number | undefined;
  /** Undefined when no run succeeded. */
  median: Measurement | undefined;
}

/** A finished table, as it is in the JSON. */
export interface ScenarioResult extends Omit<Scenario, "rows"> {
  rows: RowResult[];
}

export interface Machine {
  processor: string;
  cores: number;
  memoryGibibytes: number;
  system: string;
  /** The version of each measured client, by its name. */
  versions: Record<string, string>;
}

export interface Results {
  machine: Machine;
  scenarios: ScenarioResult[];
}

export function takeMedian(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

export function summarize(runs: readonly Measurement[]): Measurement | undefined {
  if (runs.length === 0) return undefined;
  return {
    wallSeconds: takeMedian(runs.map(({ wallSeconds }) => wallSeconds)),
    cpuSeconds: takeMedian(runs.map(({ cpuSeconds }) => cpuSeconds)),
    rssMebibytes: takeMedian(runs.map(({ rssMebibytes }) => rssMebibytes)),
  };
}

/** The row to compare with: the floor with files of the same size, else the client's first row. */
export function findBaseline(rows: readonly RowResult[], row: RowResult): RowResult | undefined {
  const floor = rows.find(({ peer, work }) => peer === "floor" && work.size === row.work.size);
  return floor ?? rows.find(({ peer }) => peer === row.peer);
}
