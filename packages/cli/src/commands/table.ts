import { toPrintable } from "@clipcourier/batch";
import type { Colors } from "../terminal/output.js";

/** A table as text: a heading, and rows whose cells are aligned. */
export function renderTable(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
  colors: Colors,
): string {
  const clean = rows.map((row) => row.map(toPrintable));
  const widths = heading.map((name, column) =>
    Math.max(name.length, ...clean.map((row) => row[column]?.length ?? 0)),
  );
  const align = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [colors.dim(align(heading)), ...clean.map(align)].join("\n");
}
