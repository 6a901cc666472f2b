import type { Engine, RawFrame } from "../engine/engine.js";
import { shownSize } from "../facts.js";
import { pictureFilter, sequentialFilter } from "../picture-filter.js";
import { fitInto, type Size } from "../picture-size.js";
import { type Attempt, encodePreview } from "../preview.js";
import { settleFrames } from "../settle-frames.js";
import type { Comparison } from "./compare-videos.js";
import type { FrameSeries } from "./frame-series.js";
import { maskOf } from "./ignore-mask.js";
import type { DiffOptions } from "./options.js";
import type { FoundRange } from "./ranges.js";

/** The longer side of each of the three pictures, in pixels, and what is between them. */
const panelSide = 320;
const gap = 4;

/** Frames a second, and seconds at most. */
const rate = 10;
const mostSeconds = 3;

/** Seconds that are shown before and after a change. */
const margin = 0.3;

/** A difference of one of the colours above this is marked. */
const markedDifference = 24;

/** How the whole is made smaller, step by step. */
const attempts: readonly Attempt[] = [
  { side: 3 * panelSide + 2 * gap, quality: 256 },
  { side: 3 * panelSide + 2 * gap, quality: 64 },
  { side: 720, quality: 64 },
  { side: 480, quality: 32 },
];

/**
 * Draws the range that changed most, as a GIF that loops: old, new, and the difference in red. `null`
 * where there is no such range.
 */
export async function drawDifference(
  engine: Engine,
  { ranges, series, pairs }: Comparison,
  { ignore = [] }: DiffOptions,
): Promise<Uint8Array | null> {
  const range = chooseRange(ranges);
  if (!range || !series || !pairs) return null;
  const shown = shownSize(series.old.source.video.probe.video);
  if (!shown) return null;
  const size = fitInto(panelSide, shown);
  const wanted = choosePairs(range, pairs.old.length, series.old.source.rate);
  const [old, now] = [
    await takeSteps(
      series.old,
      wanted.map((pair) => pairs.old[pair] ?? 0),
      size,
    ),
    await takeSteps(
      series.now,
      wanted.map((pair) => pairs.new[pair] ?? 0),
      size,
    ),
  ];
  const mask = maskOf(ignore, shown, size);
  const [oldSettled, newSettled] = [settleFrames(old), settleFrames(now)];
  const frames = oldSettled.flatMap((frame, index) => {
    const other = newSettled[index];
    return other ? [composePanels(frame, other, markDifference(frame, other, mask))] : [];
  });
  return frames.length === 0 ? null : encodePreview(engine, { frames, rate }, "gif", attempts);
}

function chooseRange(ranges: readonly FoundRange[]): FoundRange | null {
  const weigh = ({ share, first, last }: FoundRange): number => share * (last - first + 1);
  return ranges.toSorted((one, other) => weigh(other) - weigh(one))[0] ?? null;
}

/** Pairs of steps from a little before the range on, about as many a second as are shown. */
function choosePairs(
  { first, last }: Pick<FoundRange, "first" | "last">,
  count: number,
  steps: number,
): number[] {
  const stride = steps / rate;
  const from = Math.max(0, first - margin * steps);
  const until = Math.min(count - 1, last + margin * steps, from + mostSeconds * steps);
  const chosen: number[] = [];
  for (let pair = from; pair <= until; pair += stride) chosen.push(Math.round(pair));
  return chosen.filter((pair) => pair < count);
}

/** What a video shows at some steps, which do not go back. */
async function takeSteps(
  { source: { video, rate: steps } }: FrameSeries,
  wanted: readonly number[],
  size: Size,
): Promise<RawFrame[]> {
  const first = wanted[0] ?? 0;
  const count = (wanted.at(-1) ?? 0) - first + 1;
  const passage = { start: first / steps, length: count / steps, rate: steps };
  const { probe } = video;
  const filters = {
    filter: pictureFilter(probe.video, size),
    sequential: sequentialFilter(probe.video),
  };
  const taken: RawFrame[] = [];
  let step = first;
  let last: RawFrame | null = null;
  for await (const frame of video.frames({ ...passage, ...filters, ...size, effort: "full" })) {
    last = frame;
    while (wanted[taken.length] === step) taken.push(frame);
    step += 1;
  }
  // A passage up to the end may give a frame less.
  while (last && taken.length < wanted.length) taken.push(last);
  return taken;
}

/** Puts three pictures of one size beside each other, or below each other where they are wide. */
export function composePanels(old: RawFrame, now: RawFrame, difference: Uint8Array): RawFrame {
  const { width, height } = old;
  const isWide = width >= height * 2;
  const whole = isWide
    ? { width, height: 3 * height + 2 * gap }
    : { width: 3 * width + 2 * gap, height };
  const data = new Uint8Array(whole.width * whole.height * 3).fill(0xff);
  for (const [index, panel] of [old.data, now.data, difference].entries()) {
    const left = isWide ? 0 : index * (width + gap);
    const top = isWide ? index * (height + gap) : 0;
    for (let row = 0; row < height; row += 1) {
      const line = panel.subarray(row * width * 3, (row + 1) * width * 3);
      data.set(line, ((top + row) * whole.width + left) * 3);
    }
  }
  return { at: now.at, ...whole, data };
}

/** The new picture, faint, and what differs in red. */
function markDifference(old: RawFrame, now: RawFrame, mask: Uint8Array | null): Uint8Array {
  return markPixels(now, (pixel) => mask?.[pixel] !== 1 && differsAt(old, now, pixel));
}

/** A picture, faint, and some of its pixels in red. */
export function markPixels(
  { data: shown }: RawFrame,
  isMarked: (pixel: number) => boolean,
): Uint8Array {
  const data = new Uint8Array(shown.length);
  for (let pixel = 0; pixel * 3 < data.length; pixel += 1) {
    const at = pixel * 3;
    const faint = 200 + ((shown[at + 1] ?? 0) >> 3);
    const marked = isMarked(pixel);
    data[at] = marked ? 220 : faint;
    data[at + 1] = marked ? 40 : faint;
    data[at + 2] = marked ? 60 : faint;
  }
  return data;
}

/** Whether two pictures of one size differ at a pixel so much that it is marked. */
export function differsAt(old: RawFrame, now: RawFrame, pixel: number): boolean {
  return greatestDifference(old.data, now.data, pixel * 3) > markedDifference;
}

function greatestDifference(one: Uint8Array, other: Uint8Array, at: number): number {
  let greatest = 0;
  for (let index = at; index < at + 3; index += 1) {
    greatest = Math.max(greatest, Math.abs((one[index] ?? 0) - (other[index] ?? 0)));
  }
  return greatest;
}
