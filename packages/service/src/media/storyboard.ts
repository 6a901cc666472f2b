import type { Engine, RawFrame } from "./engine/engine.js";
import { fitInto, type Size } from "./picture-size.js";
import { type Survey, tileSide } from "./survey.js";
import type { Storyboard } from "./types.js";

/** Tiles beside each other at most. */
const mostColumns = 10;

/** Seconds from one tile to the next at least, and the most tiles. */
const leastInterval = 0.5;
const mostTiles = 60;

/** On FFmpeg's scale for JPEG, from 2 (best) to 31. */
const quality = 6;

/** Puts frames of places across a video into one picture. */
export async function makeStoryboard(
  engine: Engine,
  survey: Survey,
  duration: number,
): Promise<Storyboard> {
  const { interval, frames } = chooseTiles(survey, duration);
  const [first] = frames;
  if (!first) throw new Error("no frame of it is intact");
  const tile = fitInto(tileSide, first);
  const columns = Math.min(mostColumns, frames.length);
  const image = await engine.encodeJpeg(joinTiles(frames, tile, columns), quality);
  const { width, height } = tile;
  return { image, interval, columns, count: frames.length, tileWidth: width, tileHeight: height };
}

/** One frame for each step of the storyboard, which may be several of the survey's. */
function chooseTiles({ samples, interval }: Survey, duration: number) {
  const every = Math.max(
    1,
    Math.ceil(Math.max(leastInterval, duration / mostTiles) / interval - 1e-6),
  );
  const frames = samples.filter((_, index) => index % every === 0).map(({ frame }) => frame);
  return { interval: interval * every, frames };
}

function joinTiles(frames: readonly RawFrame[], tile: Size, columns: number): RawFrame {
  const width = columns * tile.width;
  const height = Math.ceil(frames.length / columns) * tile.height;
  const data = new Uint8Array(width * height * 3);
  for (const [number, frame] of frames.entries()) {
    const left = (number % columns) * tile.width;
    const top = Math.floor(number / columns) * tile.height;
    const small = shrink(frame, tile);
    for (let row = 0; row < tile.height; row += 1) {
      const line = small.subarray(row * tile.width * 3, (row + 1) * tile.width * 3);
      data.set(line, ((top + row) * width + left) * 3);
    }
  }
  return { at: 0, width, height, data };
}

/** The frame at a smaller size: each pixel is the mean of those that it stands for. */
function shrink({ width, height, data }: RawFrame, size: Size): Uint8Array {
  if (width === size.width && height === size.height) return data;
  const small = new Uint8Array(size.width * size.height * 3);
  for (let row = 0; row < size.height; row += 1) {
    const top = Math.floor((row * height) / size.height);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / size.height));
    for (let column = 0; column < size.width; column += 1) {
      const left = Math.floor((column * width) / size.width);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / size.width));
      const to = (row * size.width + column) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 0;
        for (let y = top; y < bottom; y += 1) {
          for (let x = left; x < right; x += 1) sum += data[(y * width + x) * 3 + channel] ?? 0;
        }
        small[to + channel] = Math.round(sum / ((bottom - top) * (right - left)));
      }
    }
  }
  return small;
}
