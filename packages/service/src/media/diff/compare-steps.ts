import type { Size } from "../picture-size.js";
import type { Alignment } from "./align.js";
import { type FrameSeries, PictureWindow } from "./frame-series.js";
import type { Grid } from "./grid.js";
import { groupWindows } from "./group-windows.js";
import { isPassing, type Moment } from "./passing.js";
import { PictureComparison } from "./picture-comparison.js";
import { TileExtents } from "./tile-extents.js";

/** What differs at one pair of steps: bits for each tile, or `null` where nothing does. */
export type TileMap = Uint8Array | null;

/** The bits of a tile. */
export const tileBits = {
  /** It shows something else. */
  differs: 1,
  /** By more than twice the threshold. */
  strongly: 2,
  /** The other video moves there at that moment, so that a frame more or less can be the cause. */
  moves: 4,
  /** The window that lies on it alone differs, and not only one that reaches into it. */
  itself: 8,
  /** Something there differs that what moves in both does not explain, whatever the moment is. */
  unexplained: 16,
} as const;

/** What the comparison of all pairs of steps has found. */
export interface StepDifferences {
  maps: TileMap[];
  /** Of each pair, the share of the structured places that have nothing in common. */
  unlike: Float32Array;
  /** The mean square of the difference of brightness, of all pairs. */
  error: number;
  extents: TileExtents;
}

/** Seconds by which the same may be shown earlier or later. */
const jitter = 0.07;

/** The same for what is small: cursors blink, and small things spin. */
const blinking = 1.2;

interface Comparing {
  comparison: PictureComparison;
  old: PictureWindow;
  now: PictureWindow;
  /** Steps of `jitter` and `blinking`. */
  near: number;
  wide: number;
  /** Windows up to which something is small. */
  smallWindows: number;
}

/** Compares the pairs of an alignment, and forgives what is shown a little earlier or later. */
export async function compareSteps(
  oldSeries: FrameSeries,
  newSeries: FrameSeries,
  pairs: Alignment,
  { tolerance, smallArea, size }: { tolerance: number; smallArea: number; size: Size },
): Promise<StepDifferences> {
  const { rate } = oldSeries.source;
  const comparison = new PictureComparison(size, tolerance);
  const near = Math.max(1, Math.round(jitter * rate));
  const wide = Math.round(blinking * rate);
  await using old = new PictureWindow(oldSeries, wide);
  await using now = new PictureWindow(newSeries, wide);
  const smallWindows = Math.max(9, smallArea * comparison.columns * comparison.rows);
  const comparing: Comparing = { comparison, old, now, near, wide, smallWindows };
  const extents = new TileExtents(size);
  const maps: TileMap[] = [];
  const unlike = new Float32Array(pairs.old.length);
  let errors = 0;
  for (let index = 0; index < pairs.old.length; index += 1) {
    const [oldStep, newStep] = [pairs.old[index] ?? 0, pairs.new[index] ?? 0];
    await old.moveTo(oldStep);
    await now.moveTo(newStep);
    const found = comparePair(comparing, oldStep, newStep, extents);
    maps.push(found.map);
    unlike[index] = found.unlike;
    errors += found.error;
  }
  return { maps, unlike, error: errors / Math.max(1, pairs.old.length), extents };
}

/** What stays in both for several steps is compared once. */
const pairCache = new WeakMap<Comparing, { key: string; found: PairFound }>();

interface PairFound {
  map: TileMap;
  unlike: number;
  error: number;
}

function comparePair(
  comparing: Comparing,
  oldStep: number,
  newStep: number,
  extents: TileExtents,
): PairFound {
  const { comparison, old, now, near, wide } = comparing;
  const key = [-wide, -near, 0, near, wide]
    .map((by) => `${old.numberAt(oldStep + by)} ${now.numberAt(newStep + by)}`)
    .join();
  const cached = pairCache.get(comparing);
  if (cached?.key === key) return cached.found;
  const one = old.get(old.numberAt(oldStep));
  const other = now.get(now.numberAt(newStep));
  const { windows, unlike, error } = comparison.compare(one, other);
  forgiveJitter(comparing, windows, oldStep, newStep);
  forgiveBlinking(comparing, windows, oldStep, newStep);
  const map = windows.size > 0 ? toTiles(comparing, windows, oldStep, newStep) : null;
  if (map) {
    const cells = findOwnCells(windows, comparison);
    extents.add(cells, one, other, comparison.thresholds.brightness);
  }
  const found = { map, unlike, error };
  pairCache.set(comparing, { key, found });
  return found;
}

/** Leaves out what both videos show a moment earlier or later. */
function forgiveJitter(
  comparing: Comparing,
  windows: Map<number, number>,
  oldStep: number,
  newStep: number,
): void {
  const { near } = comparing;
  for (const window of windows.keys()) {
    if (isShown(comparing, window, oldStep, newStep, near)) windows.delete(window);
  }
}

/** Leaves out small things that both videos show at another moment. */
function forgiveBlinking(
  comparing: Comparing,
  windows: Map<number, number>,
  oldStep: number,
  newStep: number,
): void {
  const { comparison, wide, smallWindows } = comparing;
  if (windows.size === 0) return;
  for (const group of groupWindows(windows.keys(), comparison.columns)) {
    if (group.length > smallWindows) continue;
    if (!group.every((window) => isShown(comparing, window, oldStep, newStep, wide))) continue;
    for (const window of group) windows.delete(window);
  }
}

/** Whether each of both shows at a window what the other does within some steps. */
function isShown(
  { comparison, old, now }: Comparing,
  window: number,
  oldStep: number,
  newStep: number,
  reach: number,
): boolean {
  const one = old.get(old.numberAt(oldStep));
  const other = now.get(now.numberAt(newStep));
  const isNear = (
    pictures: PictureWindow,
    step: number,
    wanted: ReturnType<PictureWindow["get"]>,
  ): boolean => {
    const last = pictures.numberAt(step + reach);
    for (let number = pictures.numberAt(step - reach); number <= last; number += 1) {
      if (comparison.isAlike(pictures.get(number), wanted, window)) return true;
    }
    return false;
  };
  return isNear(old, oldStep, other) && isNear(now, newStep, one);
}

/**
 * How much of a difference the movement at that moment has to be, to be the cause of it: something
 * that appears in one frame where little moves is none.
 */
const movedShare = 0.5;

function toTiles(
  comparing: Comparing,
  windows: Map<number, number>,
  oldStep: number,
  newStep: number,
): Uint8Array {
  const { comparison, old, now, near } = comparing;
  const { columns, rows } = comparison;
  const oldMoment = momentOf(old, oldStep, near);
  const newMoment = momentOf(now, newStep, near);
  const across = Math.ceil(columns / 2);
  const map = new Uint8Array(across * Math.ceil(rows / 2));
  for (const [window, score] of windows) {
    const bits =
      tileBits.differs |
      (score > 2 ? tileBits.strongly : 0) |
      (isMoved(comparing, window, oldStep, newStep) ? tileBits.moves : 0) |
      (isPassing(comparison, window, oldMoment, newMoment) ? 0 : tileBits.unexplained);
    const isItself = (window % columns) % 2 === 0 && Math.floor(window / columns) % 2 === 0;
    // A window lies on one tile, two or four.
    for (const cell of [window, window + 1, window + columns, window + columns + 1]) {
      const tile = Math.floor(cell / columns / 2) * across + ((cell % columns) >> 1);
      map[tile] = (map[tile] as number) | bits | (isItself ? tileBits.itself : 0);
    }
  }
  return map;
}

/**
 * The cells that differ themselves: each window that lies on one differs. Beside what has changed there
 * are windows that merely reach into it.
 */
function findOwnCells(windows: ReadonlyMap<number, number>, { columns, rows }: Grid): number[] {
  const cells: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const cell = row * columns + column;
      // A window is named by its cell at the top left; there are none at the last column and row.
      const isOwn = (down: number, across: number): boolean => {
        const [top, left] = [row - down, column - across];
        const isWindow = top >= 0 && left >= 0 && top < rows - 1 && left < columns - 1;
        return !isWindow || windows.has(cell - down * columns - across);
      };
      if (isOwn(0, 0) && isOwn(0, 1) && isOwn(1, 0) && isOwn(1, 1)) cells.push(cell);
    }
  }
  return cells;
}

/** Whether both videos move at a window as much as they differ there. */
function isMoved(
  { comparison, old, now, near }: Comparing,
  window: number,
  oldStep: number,
  newStep: number,
): boolean {
  const at = (pictures: PictureWindow, step: number) => pictures.get(pictures.numberAt(step));
  const difference = comparison.squaredDifference(at(old, oldStep), at(now, newStep), window);
  const movement = (pictures: PictureWindow, step: number): number =>
    comparison.squaredDifference(at(pictures, step - near), at(pictures, step + near), window);
  const least = Math.min(movement(old, oldStep), movement(now, newStep));
  return least >= movedShare * difference;
}

function momentOf(pictures: PictureWindow, step: number, near: number): Moment {
  return { shown: pictures.get(pictures.numberAt(step)), around: pictures.around(step, near) };
}
