import type { Frame } from "./frames.ts";

/** The brightness of a picture: mean, and how far pixels lie from it on average, both of 255. */
export function brightness(frame: Frame): { mean: number; deviation: number } {
  const { data } = greyOf(frame);
  let sum = 0;
  let squares = 0;
  for (const value of data) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / data.length;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / data.length - mean * mean)) };
}

/** How much there is to see: the mean difference of neighbours, along rows and columns, of 255. */
export function detail(frame: Frame): number {
  const { data, width, height } = greyOf(frame);
  let sum = 0;
  for (let y = 1; y < height; y++) {
    for (let x = 1; x < width; x++) {
      const at = y * width + x;
      const value = data[at] ?? 0;
      sum += Math.abs(value - (data[at - 1] ?? 0)) + Math.abs(value - (data[at - width] ?? 0));
    }
  }
  return sum / Math.max(1, (width - 1) * (height - 1) * 2);
}

/** How much a row differs from the next, of 255: high where the fields of two times are woven. */
export function rowDifference(frame: Frame): number {
  const { data, width } = greyOf(frame);
  let sum = 0;
  for (let at = width; at < data.length; at++) {
    sum += Math.abs((data[at] ?? 0) - (data[at - width] ?? 0));
  }
  return sum / (data.length - width);
}

/** The mean of saturation, 0 to 1, as HSV has it. */
export function saturation({ data }: Frame): number {
  let sum = 0;
  for (let at = 0; at < data.length; at += 3) {
    const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3);
    const most = Math.max(red, green, blue);
    sum += most === 0 ? 0 : (most - Math.min(red, green, blue)) / most;
  }
  return sum / (data.length / 3);
}

/** The mean absolute difference of two pictures of one size, of 255. */
export function difference(one: Frame, other: Frame): number {
  assertAlike(one, other);
  let sum = 0;
  for (let at = 0; at < one.data.length; at++) {
    sum += Math.abs((one.data[at] ?? 0) - (other.data[at] ?? 0));
  }
  return sum / one.data.length;
}

/** The structural similarity of the brightness of two pictures of one size; 1 for equal ones. */
export function ssim(one: Frame, other: Frame): number {
  const [a, b] = [greyOf(one), greyOf(other)];
  assertAlike(a, b);
  const side = Math.min(8, a.width, a.height);
  const step = Math.max(1, side >> 1);
  let sum = 0;
  let count = 0;
  for (let y = 0; y + side <= a.height; y += step) {
    for (let x = 0; x + side <= a.width; x += step) {
      sum += blockSimilarity(a, b, y * a.width + x, side);
      count++;
    }
  }
  return sum / count;
}

function blockSimilarity(a: Frame, b: Frame, start: number, side: number): number {
  let [sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0];
  for (let row = 0; row < side; row++) {
    for (let at = start + row * a.width, end = at + side; at < end; at++) {
      const [p, q] = [a.data[at] as number, b.data[at] as number];
      sumA += p;
      sumB += q;
      squaresA += p * p;
      squaresB += q * q;
      products += p * q;
    }
  }
  const n = side * side;
  const [meanA, meanB] = [sumA / n, sumB / n];
  const covariance = products / n - meanA * meanB;
  const variances = squaresA / n - meanA ** 2 + (squaresB / n - meanB ** 2);
  // The constants of the paper by Wang et al., for 8 bits.
  const [c1, c2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
  const likeness = (2 * meanA * meanB + c1) * (2 * covariance + c2);
  return likeness / ((meanA ** 2 + meanB ** 2 + c1) * (variances + c2));
}

/** The colour in the middle of a region, as the mean of a small square; each channel of 255. */
export function colourAt({ data, width }: Frame, x: number, y: number, side = 5): number[] {
  const sums = [0, 0, 0];
  for (let row = y; row < y + side; row++) {
    for (let column = x; column < x + side; column++) {
      for (let c = 0; c < 3; c++)
        sums[c] = (sums[c] ?? 0) + (data[(row * width + column) * 3 + c] ?? 0);
    }
  }
  return sums.map((sum) => sum / side ** 2);
}

/** The frame of a list that differs least, and its place. */
export function nearest(
  frame: Frame,
  candidates: readonly Frame[],
): { index: number; error: number } {
  let best = { index: -1, error: Infinity };
  for (const [index, candidate] of candidates.entries()) {
    const error = difference(frame, candidate);
    if (error < best.error) best = { index, error };
  }
  return best;
}

function greyOf(frame: Frame): Frame {
  const { data, width, height, channels } = frame;
  if (channels === 1) return frame;
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at++) {
    const [red = 0, green = 0, blue = 0] = [data[at * 3], data[at * 3 + 1], data[at * 3 + 2]];
    grey[at] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  }
  return { width, height, channels: 1, data: grey };
}

function assertAlike(one: Frame, other: Frame): void {
  if (one.data.length === other.data.length && one.width === other.width) return;
  throw new Error(`${one.width}×${one.height} against ${other.width}×${other.height}`);
}
