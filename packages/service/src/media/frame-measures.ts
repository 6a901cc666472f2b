import type { RawFrame } from "./engine/engine.js";

/** A small picture of how bright each place of a frame is, from 0 to 255. */
export interface Luma {
  width: number;
  height: number;
  data: Uint8Array;
}

/** The longer side of what is measured, in pixels. */
const side = 160;

/** A difference below this is noise of compression. */
const noise = 8;

/** How bright a frame is, in one value for each place. */
export function lumaOf({ width, height, data }: RawFrame): Luma {
  const step = Math.max(1, Math.floor(Math.max(width, height) / side));
  const columns = Math.floor(width / step);
  const rows = Math.floor(height / step);
  const luma = new Uint8Array(columns * rows);
  let index = 0;
  for (let row = 0; row < rows; row += 1) {
    let from = row * step * width * 3;
    for (let column = 0; column < columns; column += 1) {
      // BT.709's weights, in 256ths.
      luma[index] =
        ((data[from] ?? 0) * 54 + (data[from + 1] ?? 0) * 183 + (data[from + 2] ?? 0) * 19) >> 8;
      index += 1;
      from += step * 3;
    }
  }
  return { width: columns, height: rows, data: luma };
}

/** How much there is to see in a frame. */
export interface Interest {
  /** Brightness, from 0 (black) to 255. */
  mean: number;
  /** Of brightness, from 0 (one colour) to 127. */
  deviation: number;
  /** The mean difference of neighbours, from 0 (blurred) to 255. */
  detail: number;
  /** How many shades there are: bits, from 0 to 6. */
  shades: number;
}

export function measureInterest({ width, height, data }: Luma): Interest {
  let sum = 0;
  let squares = 0;
  let differences = 0;
  const histogram = new Uint32Array(64);
  for (let index = 0; index < data.length; index += 1) {
    const value = data[index] ?? 0;
    sum += value;
    squares += value * value;
    histogram[value >> 2] = (histogram[value >> 2] ?? 0) + 1;
    if (index % width > 0) differences += Math.abs(value - (data[index - 1] ?? 0));
    if (index >= width) differences += Math.abs(value - (data[index - width] ?? 0));
  }
  const count = Math.max(1, width * height);
  const mean = sum / count;
  return {
    mean,
    deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)),
    detail: differences / (2 * count),
    shades: entropyOf(histogram, count),
  };
}

function entropyOf(histogram: Uint32Array, count: number): number {
  let entropy = 0;
  for (const bin of histogram) {
    if (bin > 0) entropy -= (bin / count) * Math.log2(bin / count);
  }
  return entropy;
}

/** Whether a frame shows nothing: one colour, or nearly. */
export function isFlat({ deviation, detail }: Interest): boolean {
  return deviation < 5 && detail < 0.6;
}

/** How much differs between two frames of one size, from 0 to 255. */
export function movementBetween(before: Luma, after: Luma): number {
  let sum = 0;
  for (let index = 0; index < before.data.length; index += 1) {
    const difference = Math.abs((before.data[index] ?? 0) - (after.data[index] ?? 0));
    if (difference > noise) sum += difference;
  }
  return sum / Math.max(1, before.data.length);
}
