import type { Measurement } from "./measure.ts";
import type { Row, Scenario } from "./scenarios.ts";

/** What one row of a table came to. */
export interface RowResult extends Row {
  label: string;
  /** Every run that went well, in the order of the rounds. */
  runs: readonly Measurement[];
  /** The error texts of those that did not. */
  failures: readonly string[];
  /** Median CPU seconds of the server in these runs, where it can be told. */
  serverCpuSeconds: number | undefined;
  /** Undefined when no run went well. */
  median: Measurement | undefined;
}

/** A finished table, as it stands in the JSON. */
export interface ScenarioResult extends Omit<Scenario, "rows"> {
  rows: RowResult[];
}

export interface Machine {
  processor: string;
  cores: number;
  memoryGibibytes: number;
  system: string;
  /** Name to version, of what was measured. */
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

/** What a row is compared with: the floor with the same work, else the client's own first row. */
export function findBaseline(rows: readonly RowResult[], row: RowResult): RowResult | undefined {
  const floor = rows.find(({ peer, work }) => peer === "floor" && work.size === row.work.size);
  return floor ?? rows.find(({ peer }) => peer === row.peer);
}
