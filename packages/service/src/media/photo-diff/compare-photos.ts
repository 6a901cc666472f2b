import type { ComparedVideo, DiffBox, IgnoreBox } from "@clipcourier/core/wire";
import { maskOf } from "../diff/ignore-mask.js";
import { type DiffOptions, defaultOptions } from "../diff/options.js";
import type { OpenedPhoto } from "../photo/open-photo.js";
import type { Size } from "../picture-size.js";
import { usualPixels } from "../pixel-limits.js";
import { type ChangedPixels, findExactChanges, findVisibleChanges } from "./changed-pixels.js";
import { findRegions, findStrips, overlapOf, type Strip } from "./changed-regions.js";
import { areEqual, crop, readPixels } from "./photo-pixels.js";
import { isExact } from "./stored-exactly.js";

/** What the comparison of two photos has found, in pixels of the new one. */
export interface PhotoFindings {
  facts: { old: ComparedVideo; new: ComparedVideo };
  /** The largest first. */
  regions: DiffBox[];
  /** What one of both alone has, as they lie on each other at the upper left. */
  strips: Strip[];
  /** How much of both together the regions and strips cover, from 0 to 1. */
  share: number;
  /** Whether all bytes of all pixels are equal. */
  isEqual: boolean;
  /** Whether most of the two has nothing in common. */
  isUnlike: boolean;
  /** Whether one is the other, enlarged or made smaller. */
  isScaled: boolean;
}

/** Nothing can be told. */
interface Untold {
  reason: string;
}

/** Two photos that are compared, each as large as it is shown. */
interface Pair {
  old: OpenedPhoto;
  now: OpenedPhoto;
  oldSize: Size;
  newSize: Size;
  settings: Required<DiffOptions>;
}

/** Compares the first pictures of two photos. */
export async function comparePhotos(
  old: OpenedPhoto,
  now: OpenedPhoto,
  options: DiffOptions,
): Promise<PhotoFindings | Untold> {
  const settings = { ...defaultOptions, ...options };
  const [oldSize, newSize] = [old.size, now.size];
  if (!oldSize) return { reason: "the old picture does not say how large it is" };
  if (!newSize) return { reason: "the new picture does not say how large it is" };
  const pair = { old, now, oldSize, newSize, settings };
  if (haveOneShape(oldSize, newSize)) {
    const scaled = await compareScaled(pair);
    if ("reason" in scaled || !scaled.isUnlike) return scaled;
  }
  return compareAligned(pair);
}

/** Whether two sizes differ by a factor, with a pixel for rounding. */
function haveOneShape(old: Size, now: Size): boolean {
  if (old.width === now.width || old.height === now.height) return false;
  const factor = now.width / old.width;
  return Math.abs(old.height * factor - now.height) <= Math.max(1, factor);
}

/** Compares a picture with one that may be the same at another size, at the size of the smaller one. */
async function compareScaled(pair: Pair): Promise<PhotoFindings | Untold> {
  const { oldSize, newSize } = pair;
  const smaller = oldSize.width < newSize.width ? oldSize : newSize;
  const size = scale(smaller, reduction(smaller));
  const found = await compareAt(pair, { old: size, new: size, part: size, haveOneScale: false });
  if ("reason" in found) return found;
  const factor = newSize.width / size.width;
  return { ...conclude(pair, found, factor, []), isScaled: true };
}

/** Lays two pictures on each other at the upper left: what is longer goes on below. */
async function compareAligned(pair: Pair): Promise<PhotoFindings | Untold> {
  const { oldSize, newSize, settings } = pair;
  const factor = reduction(oldSize, newSize);
  const sizes = { old: scale(oldSize, factor), new: scale(newSize, factor) };
  const part = overlapOf(sizes.old, sizes.new);
  const found = await compareAt(pair, { ...sizes, part, haveOneScale: true });
  if ("reason" in found) return found;
  const strips = findStrips(oldSize, newSize);
  const isIgnored = (strip: Strip) => isCovered(strip, settings.ignore, oldSize);
  const telling = strips.filter((strip) => !isIgnored(strip));
  return { ...conclude(pair, found, 1 / factor, telling), isScaled: false };
}

/** By how much pictures are made smaller, so that their pixels fit into the memory for them. */
function reduction(...sizes: readonly Size[]): number {
  const most = Math.max(...sizes.map(({ width, height }) => width * height));
  return Math.min(1, Math.sqrt(usualPixels / most));
}

function scale({ width, height }: Size, factor: number): Size {
  const side = (length: number) => Math.max(1, Math.round(length * factor));
  return { width: side(width), height: side(height) };
}

/** How much more two renderings at two scales may differ than two encodings. */
const scaledTolerance = 1.5;

/** The sizes at which two photos are compared, and which part of both. */
interface Layout {
  old: Size;
  new: Size;
  part: Size;
  /** Whether a pixel is as large in both. */
  haveOneScale: boolean;
}

type Found = ChangedPixels & { isEqual: boolean };

async function compareAt(
  { old, now, oldSize, settings }: Pair,
  { old: oldAt, new: newAt, part, haveOneScale }: Layout,
): Promise<Found | Untold> {
  const mask = maskAt(settings.ignore, oldSize, oldAt, part);
  if (mask?.every((isIgnored) => isIgnored === 1)) {
    return { reason: "the parts that are ignored cover the whole picture" };
  }
  const oldPixels = await readPixels(old, oldAt);
  if (!oldPixels) return { reason: "the old picture cannot be decoded" };
  const newPixels = await readPixels(now, newAt);
  if (!newPixels) return { reason: "the new picture cannot be decoded" };
  const [one, other] = [crop(oldPixels, part), crop(newPixels, part)];
  if (areEqual(one, other, mask)) {
    const changed = new Uint8Array(part.width * part.height);
    return { ...part, changed, isUnlike: false, isEqual: true };
  }
  const canBeExact = isExact(old.stream) && isExact(now.stream) && haveOneScale;
  const find = canBeExact ? findExactChanges : findVisibleChanges;
  const tolerance = settings.tolerance * (haveOneScale ? 1 : scaledTolerance);
  return { ...find(one, other, mask, tolerance), isEqual: false };
}

/** What is ignored of a part of the old picture, which is compared at some size. */
function maskAt(boxes: readonly IgnoreBox[], shown: Size, at: Size, part: Size): Uint8Array | null {
  const factor = at.width / shown.width;
  const pixels = boxes.map((box) => toPixels(box, shown, factor));
  return maskOf(pixels, part, part);
}

/** A box in pixels of the old picture, after it was made smaller by a factor. */
function toPixels(box: IgnoreBox, shown: Size, factor = 1): IgnoreBox {
  const [across, down] = box.unit === "share" ? [shown.width, shown.height] : [1, 1];
  return {
    x: box.x * across * factor,
    y: box.y * down * factor,
    width: box.width * across * factor,
    height: box.height * down * factor,
    unit: "pixel",
  };
}

/** Whether one of the boxes that are ignored has all of a strip. */
function isCovered(strip: DiffBox, boxes: readonly IgnoreBox[], shown: Size): boolean {
  return boxes.some((each) => {
    const box = toPixels(each, shown);
    return (
      box.x <= strip.x &&
      box.y <= strip.y &&
      box.x + box.width >= strip.x + strip.width &&
      box.y + box.height >= strip.y + strip.height
    );
  });
}

/** @param factor pixels of the new picture to one that was compared */
function conclude(
  { old, now, oldSize, newSize }: Pair,
  { isEqual, isUnlike, ...pixels }: Found,
  factor: number,
  strips: Strip[],
): Omit<PhotoFindings, "isScaled"> {
  const boxes = findRegions(pixels);
  const compared = pixels.width * pixels.height * factor ** 2;
  const outside = strips.reduce((sum, strip) => sum + areaOf(strip), 0);
  const inside = boxes.reduce((sum, box) => sum + areaOf(box), 0) * factor ** 2;
  return {
    facts: { old: factsOf(old, oldSize), new: factsOf(now, newSize) },
    regions: boxes.map((box) => enlarge(box, factor, newSize)),
    strips,
    share: Math.min(1, (inside + outside) / (compared + outside)),
    isEqual,
    isUnlike,
  };
}

function areaOf({ width, height }: DiffBox): number {
  return width * height;
}

/** The box of whole pixels around a box of larger ones. */
function enlarge(box: DiffBox, factor: number, within: Size): DiffBox {
  const [x, y] = [Math.floor(box.x * factor), Math.floor(box.y * factor)];
  const right = Math.min(within.width, Math.ceil((box.x + box.width) * factor));
  const bottom = Math.min(within.height, Math.ceil((box.y + box.height) * factor));
  return { x, y, width: Math.max(1, right - x), height: Math.max(1, bottom - y) };
}

function factsOf({ stream }: OpenedPhoto, size: Size): ComparedVideo {
  return { duration: 0, ...size, codec: stream.codec, rate: null };
}
