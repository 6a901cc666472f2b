import type { DiffBox, VideoDiff } from "@clipcourier/core";
import { type Expected, rate, size } from "./pairs.ts";

/** A pair of videos or pictures. */
interface Pair {
  /** Which row of the table it counts in. */
  kind: string;
  name: string;
  expected: Expected;
}

/** How a comparison did on one pair. `null` where nothing of the kind is expected. */
export interface Judgement {
  pair: Pair;
  verdict: VideoDiff["verdict"];
  /** Whether it says that something has changed; `null` where it cannot tell. */
  saysChanged: boolean | null;
  /** Within a frame, at both ends, with no other passage. */
  isTimeRight: boolean | null;
  /** By how many pixels the box is off, at the side where it is off most. */
  offBy: number | null;
}

/** Pixels of these videos in a tile of the comparison, whose pictures are 480 pixels wide. */
export const tile = (8 * size.width) / 480;

export function judge(pair: Pair, diff: VideoDiff): Judgement {
  const { verdict } = diff;
  const saysSame = verdict === "same" || verdict === "re-encoded";
  const isFound = verdict === "changed";
  return {
    pair,
    verdict,
    saysChanged: verdict === "cannot-tell" ? null : !saysSame,
    isTimeRight: pair.expected.frames && isFound ? isTimeRight(diff, pair.expected) : null,
    offBy: isFound ? offBy(diff, pair.expected) : null,
  };
}

function isTimeRight({ ranges }: VideoDiff, { frames }: Expected): boolean {
  const [range] = ranges;
  if (!frames || !range || ranges.length > 1) return false;
  const off = [range.new.from * rate - frames.from, range.new.to * rate - frames.to];
  return off.every((by) => Math.abs(by) <= 1.01);
}

function offBy({ ranges }: VideoDiff, { box }: Expected): number | null {
  const region = surround(ranges.flatMap(({ regions }) => regions));
  if (!box || !region) return null;
  const sides = [
    region.x - box.x,
    region.y - box.y,
    region.x + region.width - (box.x + box.width),
    region.y + region.height - (box.y + box.height),
  ];
  return Math.max(...sides.map(Math.abs));
}

/** The smallest box that holds them all. */
function surround(boxes: readonly DiffBox[]): DiffBox | undefined {
  if (boxes.length === 0) return undefined;
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}
