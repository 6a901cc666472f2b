import pixelmatch from "pixelmatch";
import { type ComparedPicture, cellSide, toCompared } from "../diff/compared-picture.js";
import { groupWindows } from "../diff/group-windows.js";
import { PictureComparison } from "../diff/picture-comparison.js";
import type { Size } from "../picture-size.js";
import type { PhotoPixels } from "./photo-pixels.js";

/** What of two pictures of one size is not the same. */
export interface ChangedPixels extends Size {
  /** 1 for each pixel that has changed. */
  changed: Uint8Array;
  /** Whether most of the two has nothing in common. */
  isUnlike: boolean;
}

/**
 * The distance of two colours, where that of black and white is 1, from which on they are two: six steps of
 * a light grey of 8 bits. Where nothing was compressed, nothing is noise.
 */
const colourThreshold = 0.02;

/** The share of the structured places without anything in common. */
const unlikePlaces = 0.6;

/**
 * Finds the pixels of two pictures that were stored without loss. What merely is smoothed in another way
 * at an edge has not changed.
 */
export function findExactChanges(
  old: PhotoPixels,
  now: PhotoPixels,
  mask: Uint8Array | null,
  tolerance: number,
): ChangedPixels {
  const { width, height } = old;
  const drawn = new Uint8Array(old.data.length);
  const count = pixelmatch(align(old.data), align(now.data), drawn, width, height, {
    threshold: Math.min(1, colourThreshold * tolerance),
    diffMask: true,
    ...(mask && { ignoreMask: mask }),
  });
  const changed = new Uint8Array(width * height);
  if (count === 0) return { width, height, changed, isUnlike: false };
  for (let pixel = 0; pixel < changed.length; pixel += 1) {
    if (drawn[pixel * 4 + 3] !== 0) changed[pixel] = 1;
  }
  const { unlike } = compareWindows(old, now, mask, tolerance).found;
  return { width, height, changed, isUnlike: unlike >= unlikePlaces };
}

/** Pixels are read as integers of 32 bits, which have to begin at a multiple of their size. */
function align(data: Uint8Array): Uint8Array {
  return data.byteOffset % 4 === 0 ? data : Uint8Array.from(data);
}

/** The share of the windows from which on a faint change counts, as of the colours of everything. */
const wideShare = 0.02;

/**
 * How many times the threshold a window has to differ by to count by itself: what a JPEG of low quality
 * leaves around text reaches 3.5.
 */
const strongScore = 4;

/** Windows overlap by half, so that what has changed is in several. */
const fewestStrong = 2;

/** How many times the difference of brightness of a window a pixel of it has to differ by. */
const pixelFactor = 2;

/** Finds what has changed between two pictures of which compression has changed most pixels. */
export function findVisibleChanges(
  old: PhotoPixels,
  now: PhotoPixels,
  mask: Uint8Array | null,
  tolerance: number,
): ChangedPixels {
  const { width, height } = old;
  const { comparison, one, other, found } = compareWindows(old, now, mask, tolerance);
  const { columns, rows, thresholds } = comparison;
  const changed = new Uint8Array(width * height);
  const wide = wideShare * columns * rows;
  for (const group of groupWindows(found.windows.keys(), columns)) {
    const strong = group.filter((window) => (found.windows.get(window) ?? 0) > strongScore);
    if (strong.length < fewestStrong && group.length < wide) continue;
    const least = thresholds.brightness * pixelFactor;
    for (const window of group) markWindow(changed, { width, height }, one, other, window, least);
  }
  return { width, height, changed, isUnlike: found.unlike >= unlikePlaces };
}

/** Marks the pixels of a window that differ, or all of it where only their mean or colour does. */
function markWindow(
  changed: Uint8Array,
  { width, height }: Size,
  one: ComparedPicture,
  other: ComparedPicture,
  window: number,
  least: number,
): void {
  const padded = toCells(width);
  const left = (window % (padded / cellSide)) * cellSide;
  const top = Math.floor(window / (padded / cellSide)) * cellSide;
  const right = Math.min(width, left + 2 * cellSide);
  const bottom = Math.min(height, top + 2 * cellSide);
  let marked = 0;
  for (const isWhole of [false, true]) {
    if (marked > 0) return;
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        const at = y * padded + x;
        const difference = Math.abs((one.luma[at] as number) - (other.luma[at] as number));
        if (!isWhole && difference < least) continue;
        changed[y * width + x] = 1;
        marked += 1;
      }
    }
  }
}

function compareWindows(
  old: PhotoPixels,
  now: PhotoPixels,
  mask: Uint8Array | null,
  tolerance: number,
) {
  const size = { width: toCells(old.width), height: toCells(old.height) };
  const comparison = new PictureComparison(size, tolerance, true);
  const [one, other] = [toWindows(old, size, mask), toWindows(now, size, mask)];
  return { comparison, one, other, found: comparison.compare(one, other) };
}

/** Windows have two cells along each side. */
function toCells(length: number): number {
  return Math.max(2 * cellSide, Math.ceil(length / cellSide) * cellSide);
}

/** Red, green and blue under what is transparent: a colour that hardly any picture has. */
const ground = [0x9a, 0x7b, 0xa8] as const;

/** Black where it is ignored, and to the right of it and below. */
function toWindows(
  { width, height, data }: PhotoPixels,
  size: Size,
  mask: Uint8Array | null,
): ComparedPicture {
  const opaque = new Uint8Array(size.width * size.height * 3);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const pixel = y * width + x;
      if (mask?.[pixel] === 1) continue;
      const from = pixel * 4;
      const to = (y * size.width + x) * 3;
      const alpha = data[from + 3] as number;
      for (let color = 0; color < 3; color += 1) {
        const under = (255 - alpha) * (ground[color] as number);
        opaque[to + color] = ((data[from + color] as number) * alpha + under) / 255;
      }
    }
  }
  return toCompared({ at: 0, ...size, data: opaque }, null);
}
