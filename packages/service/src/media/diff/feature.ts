import type { Size } from "../picture-size.js";
import { type ComparedPicture, cellSide } from "./compared-picture.js";

/** Cells of a compared picture that make one value of its feature, along each side. */
const cellsAside = 3;

/** A difference of brightness up to this is compression, and one above the other counts no more. */
const noise = 3;
const most = 48;

/** What is compared to find the frame of another video that corresponds: how bright each place is. */
export function featureOf({ sums }: ComparedPicture, { width, height }: Size): Uint8Array {
  const columns = width / cellSide;
  const rows = height / cellSide;
  const across = Math.ceil(columns / cellsAside);
  const totals = new Uint32Array(across * Math.ceil(rows / cellsAside));
  const counts = new Uint32Array(totals.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const at = Math.floor(row / cellsAside) * across + Math.floor(column / cellsAside);
      totals[at] = (totals[at] ?? 0) + (sums[row * columns + column] ?? 0);
      counts[at] = (counts[at] ?? 0) + cellSide ** 2;
    }
  }
  return Uint8Array.from(totals, (total, at) => total / Math.max(1, counts[at] ?? 1));
}

/** How much two frames differ: 0 for compression, more for each place that is another. */
export function distanceOf(one: Uint8Array, other: Uint8Array): number {
  if (one === other) return 0;
  let sum = 0;
  for (let index = 0; index < one.length; index += 1) {
    const difference = Math.abs((one[index] as number) - (other[index] as number));
    if (difference > noise) sum += Math.min(difference, most);
  }
  return sum;
}
