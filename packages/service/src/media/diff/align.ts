import { distanceOf } from "./feature.js";

/** Which steps of two videos show the same: pairs of steps, from the first of both to the last. */
export interface Alignment {
  old: Int32Array;
  new: Int32Array;
}

/** A row of features, one for each step. */
export type Features = readonly Uint8Array[];

/**
 * What it costs when one video waits for the other: little, so that a stall is found, and more than
 * nothing, so that videos in step stay so.
 */
const waiting = 2;

/**
 * What it costs less where one video alone has something: of two ways that wait for equally long, the
 * one is taken that pairs what is alike. Less than `waiting`, so that what is there for as long in
 * both is no more cheaply removed from one of them and added to the other.
 */
const aloneBonus = 1;

/** Steps a second of the first, rough alignment. */
const roughRate = 5;

/** Seconds by which steps may lie apart from the rough alignment. */
const roughError = 0.6;

/** Cells of a table of costs that may be filled. */
const mostCells = 1.5e6;

/**
 * How many times as far apart as those that correspond, at most, two frames are that are unlike. How far
 * does not count any more: what one video alone has would else be put where it is the least unlike.
 */
const unlikeFactor = 2;

/** The same where what corresponds is alike, for what is barely more than compression. */
const leastUnlike = 64;

/** Which way led to a cell of the table. */
const both = 0;
const oldAlone = 1;
const newAlone = 2;

/**
 * Aligns two videos by dynamic time warping: the order is kept, and each may wait for the other. First
 * roughly over all of both, then exactly near what was found.
 *
 * @param rate steps a second
 */
export function align(old: Features, now: Features, rate: number): Alignment {
  const stride = Math.max(1, Math.round(rate / roughRate));
  const rough = warp(thin(old, stride), thin(now, stride), wideBand(old, now, stride), Infinity);
  const reach = stride + Math.ceil(roughError * rate);
  const band = narrowBand(rough, stride, reach, old.length, now.length);
  return warp(old, now, band, findUnlike(old, now, band, stride));
}

/**
 * The distance from which on frames are unlike, by what is nearest to the steps of the shorter video. It is
 * large where that has something that the other one has not.
 */
function findUnlike(old: Features, now: Features, { first, last }: Band, stride: number): number {
  const isOldShorter = old.length <= now.length;
  const nearest = new Map<number, number>();
  // Some steps of one video, and all of the other: what corresponds can be any of these.
  for (let row = 0; row < old.length; row += isOldShorter ? stride : 1) {
    const from = first[row] ?? 0;
    let column = isOldShorter ? from : Math.ceil(from / stride) * stride;
    for (; column <= (last[row] ?? 0); column += isOldShorter ? 1 : stride) {
      const step = isOldShorter ? row : column;
      const distance = distanceOf(old[row] as Uint8Array, now[column] as Uint8Array);
      nearest.set(step, Math.min(nearest.get(step) ?? Infinity, distance));
    }
  }
  const furthest = [...nearest.values()].reduce((found, each) => Math.max(found, each), 0);
  return Math.max(leastUnlike, furthest * unlikeFactor);
}

function thin(features: Features, stride: number): Features {
  return features.filter((_, step) => step % stride === 0);
}

/** The first and the last step of the new video that each step of the old one may correspond to. */
interface Band {
  first: Int32Array;
  last: Int32Array;
}

function wideBand(old: Features, now: Features, stride: number): Band {
  const rows = Math.ceil(old.length / stride);
  const columns = Math.ceil(now.length / stride);
  const reach = Math.max(60, Math.floor(mostCells / Math.max(1, rows) / 2));
  const slope = columns / Math.max(1, rows);
  const middle = Int32Array.from({ length: rows }, (_, row) => Math.round(row * slope));
  return close(
    middle.map((step) => step - reach),
    middle.map((step) => step + reach),
    columns,
  );
}

function narrowBand(
  rough: Alignment,
  stride: number,
  reach: number,
  rows: number,
  columns: number,
): Band {
  const first = new Int32Array(rows).fill(columns);
  const last = new Int32Array(rows).fill(0);
  for (let index = 0; index < rough.old.length; index += 1) {
    const row = (rough.old[index] ?? 0) * stride;
    const column = (rough.new[index] ?? 0) * stride;
    const end = Math.min(rows, row + stride + reach);
    for (let near = Math.max(0, row - reach); near < end; near += 1) {
      first[near] = Math.min(first[near] ?? 0, column - reach);
      last[near] = Math.max(last[near] ?? 0, column + stride + reach);
    }
  }
  return close(first, last, columns);
}

/** Keeps a band inside of the table, its corners in it, and its rows connected. */
function close(first: Int32Array, last: Int32Array, columns: number): Band {
  const rows = first.length;
  for (let row = 0; row < rows; row += 1) {
    first[row] = Math.max(0, Math.min(columns - 1, first[row] ?? 0));
    last[row] = Math.max(0, Math.min(columns - 1, last[row] ?? 0));
  }
  first[0] = 0;
  last[rows - 1] = columns - 1;
  for (let row = 1; row < rows; row += 1) {
    last[row] = Math.max(last[row] ?? 0, last[row - 1] ?? 0);
  }
  for (let row = rows - 2; row >= 0; row -= 1) {
    first[row] = Math.min(first[row] ?? 0, first[row + 1] ?? 0);
  }
  return { first, last };
}

function costOfWaiting(distance: number): number {
  return waiting + distance - (distance > 0 ? aloneBonus : 0);
}

/** @param unlike the distance above which it does not count how far two frames are apart */
function warp(old: Features, now: Features, { first, last }: Band, unlike: number): Alignment {
  const moves: Uint8Array[] = [];
  let above: Float64Array = new Float64Array();
  let aboveFirst = 0;
  for (let row = 0; row < old.length; row += 1) {
    const from = first[row] ?? 0;
    const width = (last[row] ?? 0) - from + 1;
    const costs = new Float64Array(width);
    const ways = new Uint8Array(width);
    for (let index = 0; index < width; index += 1) {
      const column = from + index;
      const exact = distanceOf(old[row] as Uint8Array, now[column] as Uint8Array);
      const distance = Math.min(exact, unlike);
      const wait = costOfWaiting(distance);
      const up = above[column - aboveFirst] ?? Infinity;
      const left = index > 0 ? (costs[index - 1] as number) : Infinity;
      const diagonal = above[column - aboveFirst - 1] ?? Infinity;
      const isStart = row === 0 && column === 0;
      let best = isStart ? distance : diagonal + distance;
      let way = both;
      // Of ways that cost the same, waiting late is taken: what is left over is at the end.
      if (up + wait <= best) {
        best = up + wait;
        way = oldAlone;
      }
      if (left + wait <= best) {
        best = left + wait;
        way = newAlone;
      }
      costs[index] = best;
      ways[index] = way;
    }
    moves.push(ways);
    above = costs;
    aboveFirst = from;
  }
  return trace(moves, first, old.length - 1, now.length - 1);
}

function trace(
  moves: Uint8Array[],
  first: Int32Array,
  lastOld: number,
  lastNew: number,
): Alignment {
  const old: number[] = [lastOld];
  const now: number[] = [lastNew];
  let row = lastOld;
  let column = lastNew;
  while (row > 0 || column > 0) {
    const way = moves[row]?.[column - (first[row] ?? 0)] ?? both;
    if (column > 0 && (way === newAlone || row === 0)) column -= 1;
    else if (row > 0 && (way === oldAlone || column === 0)) row -= 1;
    else {
      row -= 1;
      column -= 1;
    }
    old.push(row);
    now.push(column);
  }
  return { old: Int32Array.from(old.reverse()), new: Int32Array.from(now.reverse()) };
}
