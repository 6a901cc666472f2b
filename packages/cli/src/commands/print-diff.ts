import { toPrintable } from "@clipcourier/batch";
import { type DiffBox, type DiffRange, formatShare, type VideoDiff } from "@clipcourier/core";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { chooseColors, print } from "../terminal/output.js";
import { type Column, renderTable } from "./table.js";

/** Prints what has changed, as a sentence and a table. */
export function printDiff(found: VideoDiff): void {
  const { stdout } = process;
  print(toPrintable(found.summary));
  if (found.ranges.length > 0) {
    const width = stdout.isTTY ? stdout.columns : undefined;
    // A photo has no times.
    const hasTimes = found.new !== null && found.new.duration > 0;
    const shown = hasTimes ? columns : columns.filter(({ isTime }) => !isTime);
    const rows = found.ranges.map((range) => shown.map(({ toCell }) => toCell(range)));
    print(renderTable(shown, rows, chooseColors(stdout), width));
  }
}

interface DiffColumn extends Column {
  toCell(range: DiffRange): string;
  isTime?: boolean;
}

const columns: DiffColumn[] = [
  { heading: "what", toCell: ({ kind }) => kind },
  { heading: "old (s)", toCell: ({ old }) => toSpan(old), isTime: true },
  { heading: "new (s)", toCell: (range) => toSpan(range.new), isTime: true },
  {
    heading: "picture",
    narrow: 1,
    toCell: ({ share }) => (share === 0 ? "" : formatShare(share)),
  },
  {
    heading: "where (x,y width x height)",
    narrow: 2,
    toCell: ({ regions }) => toPlaces(regions),
  },
];

function toSpan({ from, to }: DiffRange["old"]): string {
  return from === to ? `at ${from.toFixed(3)}` : `${from.toFixed(3)} - ${to.toFixed(3)}`;
}

const mostPlaces = 3;

function toPlaces(regions: readonly DiffBox[]): string {
  const shown = regions
    .slice(0, mostPlaces)
    .map(({ x, y, width, height }) => `${x},${y} ${width}x${height}`);
  const rest = regions.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join("; ");
}

/** What cannot be told is not taken for no change where a change has to fail. */
export function toExitCode(
  { verdict }: VideoDiff,
  { failOnChange = false }: { failOnChange?: boolean },
): ExitCode {
  if (!failOnChange || verdict === "same" || verdict === "re-encoded") return exitCode.done;
  return verdict === "cannot-tell" ? exitCode.failed : exitCode.changed;
}
