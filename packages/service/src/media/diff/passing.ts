import { type ComparedPicture, cellSide } from "./compared-picture.js";
import { cellsAround, type Grid } from "./grid.js";
import type { Thresholds } from "./noise.js";

/** How many times the threshold of a mean one pixel may be outside of what passes by. */
const slackFactor = 3;

/** Cells by which something may be from where other frames show it: it moves on between two of them. */
const reach = 2;

/** What is shown at a step, and around it. */
export interface Moment {
  shown: ComparedPicture;
  around: readonly ComparedPicture[];
}

/** The cells of a picture, and from which difference on a place has changed. */
export interface MeasuredGrid extends Grid {
  thresholds: Thresholds;
}

/**
 * Whether something passes by in both near a window, and what each shows is nowhere darker, lighter or
 * of another colour than what the other shows near there around that moment: then it can be there at
 * some moment between two frames.
 */
export function isPassing(grid: MeasuredGrid, window: number, old: Moment, now: Moment): boolean {
  const cells = cellsAround(grid, window, reach);
  return (
    hasMovement(old, cells, grid) &&
    hasMovement(now, cells, grid) &&
    isWithin(now.shown, old.around, cells, window, grid) &&
    isWithin(old.shown, now.around, cells, window, grid)
  );
}

function hasMovement(
  { shown, around }: Moment,
  cells: number[],
  { thresholds }: MeasuredGrid,
): boolean {
  const least = thresholds.brightness * cellSide ** 2;
  return around.some(
    ({ sums }) =>
      sums !== shown.sums &&
      cells.some((cell) => Math.abs((sums[cell] as number) - (shown.sums[cell] as number)) > least),
  );
}

function isWithin(
  one: ComparedPicture,
  others: readonly ComparedPicture[],
  cells: readonly number[],
  window: number,
  { columns, thresholds }: MeasuredGrid,
): boolean {
  const range = rangeOf(others, cells);
  const slack = thresholds.brightness * slackFactor;
  const tint = thresholds.colour * cellSide ** 2;
  return [window, window + 1, window + columns, window + columns + 1].every(
    (cell) =>
      (one.darkest[cell] as number) >= range.darkest - slack &&
      (one.lightest[cell] as number) <= range.lightest + slack &&
      (one.blue[cell] as number) >= range.leastBlue - tint &&
      (one.blue[cell] as number) <= range.mostBlue + tint &&
      (one.red[cell] as number) >= range.leastRed - tint &&
      (one.red[cell] as number) <= range.mostRed + tint,
  );
}

/** What is the least and the most in some cells. */
function rangeOf(pictures: readonly ComparedPicture[], cells: readonly number[]) {
  const range = {
    darkest: 255,
    lightest: 0,
    leastBlue: 32_767,
    mostBlue: -32_767,
    leastRed: 32_767,
    mostRed: -32_767,
  };
  for (const { darkest, lightest, blue, red } of pictures) {
    for (const cell of cells) {
      range.darkest = Math.min(range.darkest, darkest[cell] as number);
      range.lightest = Math.max(range.lightest, lightest[cell] as number);
      range.leastBlue = Math.min(range.leastBlue, blue[cell] as number);
      range.mostBlue = Math.max(range.mostBlue, blue[cell] as number);
      range.leastRed = Math.min(range.leastRed, red[cell] as number);
      range.mostRed = Math.max(range.mostRed, red[cell] as number);
    }
  }
  return range;
}
