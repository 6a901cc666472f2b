import { formatNumber } from "./report.ts";
import type { Figures } from "./scenarios.ts";

/** What a figure of this checkout's service on a folder must not exceed. */
interface Bound {
  scenario: string;
  figure: string;
  most: number;
  /** The scenario whose figure counts as 1; without it, `most` is in the unit of the figure. */
  comparedWith?: string;
}

const bounds: readonly Bound[] = [
  { scenario: "plan-10000", figure: "longest ms of a small request", most: 50 },
  { scenario: "finalize-large", figure: "ms", most: 50 },
  { scenario: "list-100000", figure: "p50 ms", most: 50 },
  { scenario: "list-100000", figure: "p50 ms", most: 1.5, comparedWith: "list-10000" },
  { scenario: "login-flood", figure: "times alone", most: 2 },
];

/** Says for each bound whose scenarios were measured in this run whether it is met. */
export function checkBounds(measured: ReadonlyMap<string, Figures>): {
  lines: string[];
  areMet: boolean;
} {
  const lines: string[] = [];
  let areMet = true;
  for (const { scenario, figure, most, comparedWith } of bounds) {
    const value = measured.get(scenario)?.[figure];
    const base = comparedWith === undefined ? 1 : measured.get(comparedWith)?.[figure];
    if (value === undefined || base === undefined) continue;
    const isMet = value / base <= most;
    areMet &&= isMet;
    const what = comparedWith === undefined ? "" : `, compared with ${comparedWith}`;
    const verdict = `${formatNumber(value / base)} of at most ${formatNumber(most)}`;
    lines.push(`${isMet ? "met" : "NOT MET"}: ${scenario}, ${figure}${what}: ${verdict}`);
  }
  return { lines, areMet };
}
