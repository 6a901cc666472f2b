import type { RawFrame } from "../engine/engine.js";
import type { Size } from "../picture-size.js";

/** The side of a cell, in pixels of a compared picture: what is summed up at once. */
export const cellSide = 4;

/** A frame, small, in the way in which it is compared. */
export interface ComparedPicture {
  /** Brightness of each pixel, from 0 to 255. */
  luma: Uint8Array;
  /** Of each cell: the sum of its pixels, and of their squares. */
  sums: Uint16Array;
  squares: Uint32Array;
  /** Of each cell: its darkest and its lightest pixel. */
  darkest: Uint8Array;
  lightest: Uint8Array;
  /** Of each cell: sums of how much bluer and redder than grey it is. */
  blue: Int16Array;
  red: Int16Array;
}

/** Bytes that a picture of this size holds. */
export function bytesOf({ width, height }: Size): number {
  return width * height + ((width * height) / cellSide ** 2) * 12;
}

/**
 * Prepares a frame for comparison.
 *
 * @param mask 1 for each pixel that is ignored
 */
export function toCompared(frame: RawFrame, mask: Uint8Array | null): ComparedPicture {
  const { width, height } = frame;
  const cells = (width / cellSide) * (height / cellSide);
  const picture: ComparedPicture = {
    luma: new Uint8Array(width * height),
    sums: new Uint16Array(cells),
    squares: new Uint32Array(cells),
    darkest: new Uint8Array(cells),
    lightest: new Uint8Array(cells),
    blue: new Int16Array(cells),
    red: new Int16Array(cells),
  };
  let cell = 0;
  for (let top = 0; top < height; top += cellSide) {
    for (let left = 0; left < width; left += cellSide, cell += 1) {
      fillCell(picture, cell, frame, top * width + left, mask);
    }
  }
  return picture;
}

function fillCell(
  { luma, sums, squares, darkest, lightest, blue, red }: ComparedPicture,
  cell: number,
  { width, data }: RawFrame,
  start: number,
  mask: Uint8Array | null,
): void {
  let [sum, squared, reds, blues, least, most] = [0, 0, 0, 0, 255, 0];
  for (let row = 0; row < cellSide; row += 1) {
    const first = start + row * width;
    for (let pixel = first; pixel < first + cellSide; pixel += 1) {
      if (mask?.[pixel] === 1) continue;
      const r = data[pixel * 3] as number;
      const b = data[pixel * 3 + 2] as number;
      // BT.709's weights, in 256ths.
      const bright = (r * 54 + (data[pixel * 3 + 1] as number) * 183 + b * 19) >> 8;
      luma[pixel] = bright;
      if (bright < least) least = bright;
      if (bright > most) most = bright;
      sum += bright;
      squared += bright * bright;
      blues += b - bright;
      reds += r - bright;
    }
  }
  sums[cell] = sum;
  squares[cell] = squared;
  darkest[cell] = least;
  lightest[cell] = most;
  // As far from grey as the colour differences of BT.709 are.
  blue[cell] = (blues * 138) >> 8;
  red[cell] = (reds * 163) >> 8;
}
