import { toPrintable } from "@clipcourier/batch";
import cliTruncate from "cli-truncate";
import stringWidth from "string-width";
import type { Colors } from "../terminal/output.js";

/** A column of a table. */
export interface Column {
  heading: string;
  /**
   * What becomes of it where the table is wider than the window: it is cut, or it is left out, the
   * highest number first. Without either it stays.
   */
  narrow?: "cut" | number;
}

const gap = "  ";
const leastCut = 10;

/**
 * A table as text: a heading, and rows whose cells are aligned.
 *
 * @param width of the window, in columns; `undefined` for no limit
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  colors: Colors,
  width = Number.POSITIVE_INFINITY,
): string {
  const cells = rows.map((row) => row.map(toPrintable));
  const wide = columns.map(({ heading }, index) =>
    Math.max(stringWidth(heading), ...cells.map((row) => stringWidth(row[index] ?? ""))),
  );
  const widths = fitWidths(columns, wide, width);
  const align = (row: readonly string[]) =>
    row
      .flatMap((cell, index) => pad(cell, widths[index] ?? 0) ?? [])
      .join(gap)
      .trimEnd();
  const heading = align(columns.map((column) => column.heading));
  return [colors.dim(heading), ...cells.map(align)].join("\n");
}

/** The width of each column; 0 for one that is left out. */
function fitWidths(columns: readonly Column[], wide: readonly number[], width: number): number[] {
  const widths = [...wide];
  const measure = () => {
    const shown = widths.filter((each) => each > 0);
    return shown.reduce((sum, each) => sum + each, gap.length * (shown.length - 1));
  };
  const cut = columns.findIndex(({ narrow }) => narrow === "cut");
  const least = Math.min(wide[cut] ?? 0, leastCut);
  const order = columns.map(({ narrow }) => (typeof narrow === "number" ? narrow : 0));
  for (let rank = Math.max(...order); rank > 0; rank--) {
    if (measure() - (wide[cut] ?? 0) + least <= width) break;
    widths[order.indexOf(rank)] = 0;
  }
  const excess = measure() - width;
  if (cut >= 0 && excess > 0) widths[cut] = Math.max(least, (wide[cut] ?? 0) - excess);
  return widths;
}

/** The cell in exactly this width; `undefined` for none. */
function pad(cell: string, width: number): string | undefined {
  if (width === 0) return undefined;
  const text = cliTruncate(cell, width);
  return text + " ".repeat(width - stringWidth(text));
}
