import type { ComparedVideo, VideoDiff } from "@clipcourier/core/wire";
import type { OpenedVideo } from "../engine/engine.js";
import { shownSize } from "../facts.js";
import { fitInto, type Size } from "../picture-size.js";
import { planEffort } from "../pixel-limits.js";
import { type Alignment, align } from "./align.js";
import { compareSteps } from "./compare-steps.js";
import { bytesOf, cellSide } from "./compared-picture.js";
import { type FrameSeries, mostSteps, readSeries, type SeriesSource } from "./frame-series.js";
import { maskOf } from "./ignore-mask.js";
import { type DiffOptions, defaultOptions } from "./options.js";
import { type FoundRange, round, toRanges } from "./ranges.js";
import { findTracks } from "./tracks.js";
import { cannotTell, decide } from "./verdict.js";

/** The longer side of compared pictures, in pixels. */
const comparedSide = 480;

/** Bytes of pictures that are held, of both videos together; what takes more is decoded twice. */
const heldBytes = 192 * 1024 * 1024;

/** Steps a second at least: screens are often recorded with a frame only where something moves. */
const leastRate = 24;

/** The share of the picture from which on a faint change counts. */
const wideArea = 0.25;

/** What was found, and what a picture of it is made from. */
export interface Comparison {
  diff: VideoDiff;
  ranges: FoundRange[];
  series: { old: FrameSeries; now: FrameSeries } | null;
  pairs: Alignment | null;
}

/** Compares two videos. */
export async function compareVideos(
  oldVideo: OpenedVideo,
  newVideo: OpenedVideo,
  options: DiffOptions = {},
): Promise<Comparison> {
  const settings = { ...defaultOptions, ...options };
  const oldSize = sizeOf("old", oldVideo);
  if ("reason" in oldSize) return nothing(oldSize.reason);
  const newSize = sizeOf("new", newVideo);
  if ("reason" in newSize) return nothing(newSize.reason);
  const size = comparedSize(oldSize, newSize);
  const mask = maskOf(settings.ignore, oldSize, size);
  if (mask?.every((isIgnored) => isIgnored === 1)) {
    return nothing("the parts that are ignored cover the whole picture");
  }
  const { old, now } = await readBoth(oldVideo, newVideo, { size, mask });
  const { rate } = old.source;
  const facts = { old: factsOf(oldVideo, oldSize, old), new: factsOf(newVideo, newSize, now) };
  const damage = damageOf("old", oldVideo, old) ?? damageOf("new", newVideo, now);
  if (damage !== null) return { ...nothing(damage), diff: cannotTell(damage, facts) };
  const pairs = align(featuresOf(old), featuresOf(now), rate);
  const found = await compareSteps(old, now, pairs, { ...settings, size });
  const tiles = found.extents.across * found.extents.down;
  const limits = {
    smallArea: settings.smallArea * tiles,
    wideArea: wideArea * tiles,
    smallDuration: settings.smallDuration,
  };
  const tracks = findTracks(found.maps, pairs, found.extents.across, rate, limits);
  const context = { old, now, pairs, extents: found.extents, size, shown: newSize };
  const ranges = toRanges(tracks, context);
  const diff = decide({ ranges, pairs, found, facts, rate, settings });
  return { diff, ranges, series: { old, now }, pairs };
}

function nothing(reason: string): Comparison {
  return {
    diff: cannotTell(reason, { old: null, new: null }),
    ranges: [],
    series: null,
    pairs: null,
  };
}

function sizeOf(which: "old" | "new", { probe }: OpenedVideo): Size | { reason: string } {
  const size = shownSize(probe.video);
  if (!size) return { reason: `the ${which} video does not say how large its picture is` };
  if (!probe.video.isDecodable) return { reason: `FFmpeg has no decoder for the ${which} video` };
  if (planEffort(probe.video).effort === "full") return size;
  return { reason: `a frame of the ${which} video is too large to be compared` };
}

/** Both are scaled to the shape of the old one, and neither is enlarged. */
function comparedSize(old: Size, now: Size): Size {
  const side = Math.min(comparedSide, longer(old), longer(now));
  const { width, height } = fitInto(side, old);
  return { width: toCells(width), height: toCells(height) };
}

function longer({ width, height }: Size): number {
  return Math.max(width, height);
}

/** Windows have two cells along each side. */
function toCells(length: number): number {
  return Math.max(2 * cellSide, Math.round(length / cellSide) * cellSide);
}

/** Steps a second: each frame of both has one of its own, as far as the memory allows. */
function rateOf({ probe: old }: OpenedVideo, { probe: now }: OpenedVideo): number {
  const rate = Math.min(60, Math.max(old.video.rate ?? 30, now.video.rate ?? 30, 1));
  const steps = rate * Math.ceil(leastRate / rate);
  const seconds = Math.max(old.duration ?? 0, now.duration ?? 0);
  return Math.min(steps, mostSteps / Math.max(1, seconds));
}

/**
 * Reads both at the same rate: half as many steps a second as often as one that says no length turns out to be
 * too long for them.
 */
async function readBoth(
  oldVideo: OpenedVideo,
  newVideo: OpenedVideo,
  shared: Pick<SeriesSource, "size" | "mask">,
): Promise<{ old: FrameSeries; now: FrameSeries }> {
  const kept = Math.floor(heldBytes / 2 / bytesOf(shared.size));
  for (let rate = rateOf(oldVideo, newVideo); ; rate /= 2) {
    const old = await readSeries({ ...shared, rate, video: oldVideo }, kept);
    if (old.isCut) continue;
    const now = await readSeries({ ...shared, rate, video: newVideo }, kept);
    if (!now.isCut) return { old, now };
  }
}

function featuresOf({ pictureAt, features }: FrameSeries): Uint8Array[] {
  return Array.from(pictureAt, (number) => features[number] as Uint8Array);
}

function factsOf({ probe }: OpenedVideo, size: Size, { end }: FrameSeries): ComparedVideo {
  const { codec, rate } = probe.video;
  return { duration: round(end, 3), ...size, codec, rate: rate && round(rate, 3) };
}

/** The share of the stated duration below which a video was cut off: sound may be a little longer. */
const intactShare = 0.6;

function damageOf(
  which: "old" | "new",
  { probe }: OpenedVideo,
  { pictureAt, end }: FrameSeries,
): string | null {
  if (pictureAt.length === 0) return `no frame of the ${which} video can be decoded`;
  const { duration } = probe;
  if (duration === null || end >= duration * intactShare || duration - end < 1) return null;
  return `the ${which} video is damaged: it should last ${duration.toFixed(1)} s, and ends after ${end.toFixed(1)} s`;
}
