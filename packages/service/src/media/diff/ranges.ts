import type { DiffBox, DiffRange, DiffSpan } from "@clipcourier/core/wire";
import type { Size } from "../picture-size.js";
import type { Alignment } from "./align.js";
import { type FrameSeries, startOf } from "./frame-series.js";
import { areaOf, type Extent, type TileExtents, unite } from "./tile-extents.js";
import type { Track } from "./tracks.js";

/** Seconds between two changes that are told as one. */
const joinedGap = 0.25;

/** Boxes of a range at most. */
export const mostRegions = 12;

/** Pixels of a compared picture between two boxes that are told as one. */
const joinedDistance = 8;

/** What a range is found with. */
export interface RangeContext {
  old: FrameSeries;
  now: FrameSeries;
  pairs: Alignment;
  extents: TileExtents;
  /** Of compared pictures. */
  size: Size;
  /** Of the new video as displayed. */
  shown: Size;
}

/** A range, and the pairs of steps that it is of, both included. */
export interface FoundRange extends DiffRange {
  first: number;
  last: number;
}

/** Joins tracks that are near in time, and tells when and where they are. */
export function toRanges(tracks: readonly Track[], context: RangeContext): FoundRange[] {
  const ordered = tracks.toSorted((one, other) => one.first - other.first);
  const gap = joinedGap * context.old.source.rate;
  const groups: Track[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const track of ordered) {
    if (track.first - last > gap) groups.push([]);
    groups.at(-1)?.push(track);
    last = Math.max(last, track.last);
  }
  return groups.map((group) => toRange(group, context));
}

function toRange(tracks: readonly Track[], context: RangeContext): FoundRange {
  const { old, now, pairs, size, shown } = context;
  const first = Math.min(...tracks.map((track) => track.first));
  const last = Math.max(...tracks.map((track) => track.last));
  const oldSteps = [pairs.old[first] ?? 0, pairs.old[last] ?? 0] as const;
  const newSteps = [pairs.new[first] ?? 0, pairs.new[last] ?? 0] as const;
  const kind = kindOf(oldSteps, newSteps);
  const extents = joinExtents(tracks.map((track) => extentOf(track, context.extents)));
  const covered = extents.reduce((sum, extent) => sum + areaOf(extent), 0);
  return {
    kind,
    old: kind === "added" ? placeOf(old, pairs.old, first) : spanOf(old, oldSteps),
    new: kind === "removed" ? placeOf(now, pairs.new, first) : spanOf(now, newSteps),
    share: round(Math.min(1, covered / (size.width * size.height)), 4),
    regions: extents.slice(0, mostRegions).map((extent) => toBox(extent, size, shown)),
    first,
    last,
  };
}

type Steps = readonly [first: number, last: number];

/** Where one video waits for all of the time, the other alone has something. */
function kindOf([oldFirst, oldLast]: Steps, [newFirst, newLast]: Steps): DiffRange["kind"] {
  const [oldSteps, newSteps] = [oldLast - oldFirst + 1, newLast - newFirst + 1];
  if (oldSteps === 1 && newSteps > 2) return "added";
  if (newSteps === 1 && oldSteps > 2) return "removed";
  return "changed";
}

function spanOf(series: FrameSeries, [first, last]: Steps): DiffSpan {
  return { from: round(startOf(series, first), 3), to: round(startOf(series, last + 1), 3) };
}

/** The place between two steps at which the other video has more: behind a step that was matched before. */
function placeOf(series: FrameSeries, steps: Int32Array, first: number): DiffSpan {
  const step = steps[first] ?? 0;
  const isBehind = first > 0 && steps[first - 1] === step;
  const place = round(startOf(series, isBehind ? step + 1 : step), 3);
  return { from: place, to: place };
}

/** The share of its pairs in which a tile that never differs strongly has to be a part of a track. */
const partShare = 0.3;

/**
 * Around the pixels that differ. Tiles that merely touch a window that does are left out, and so is
 * noise around it.
 */
function extentOf({ tiles, pairs }: Track, extents: TileExtents): Extent {
  const telling = [...tiles].flatMap(([tile, counts]) => {
    const isPart = counts.strongly > 0 || counts.pairs >= pairs * partShare;
    return isPart && extents.has(tile) ? [tile] : [];
  });
  const boxes = (telling.length > 0 ? telling : [...tiles.keys()]).map((tile) => extents.get(tile));
  return boxes.reduce(unite);
}

/** Joins boxes that overlap or nearly do; the largest comes first. */
export function joinExtents(extents: readonly Extent[]): Extent[] {
  const joined: Extent[] = [];
  for (const extent of extents) {
    let whole = extent;
    for (let index = joined.length - 1; index >= 0; index -= 1) {
      const other = joined[index];
      if (!other || !isNear(whole, other)) continue;
      whole = unite(whole, other);
      joined.splice(index, 1);
      index = joined.length;
    }
    joined.push(whole);
  }
  return joined.sort((one, other) => areaOf(other) - areaOf(one));
}

function isNear(one: Extent, other: Extent): boolean {
  return (
    one.left - joinedDistance < other.right &&
    other.left - joinedDistance < one.right &&
    one.top - joinedDistance < other.bottom &&
    other.top - joinedDistance < one.bottom
  );
}

function toBox({ left, top, right, bottom }: Extent, size: Size, shown: Size): DiffBox {
  const x = Math.floor((left * shown.width) / size.width);
  const y = Math.floor((top * shown.height) / size.height);
  return {
    x,
    y,
    width: Math.ceil((right * shown.width) / size.width) - x,
    height: Math.ceil((bottom * shown.height) / size.height) - y,
  };
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
