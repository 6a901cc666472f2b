import type { VideoStream } from "./engine/engine.js";

/** Pixels of a frame up to which a video is decoded as usual: three times those of 4K. */
export const usualPixels = 25e6;

/** Pixels of a frame up to which key frames are decoded, one at a time: more than twice those of 8K. */
export const mostPixels = 80e6;

/** What may be done with a video, and a sentence about what may not. */
export interface EffortPlan {
  effort: "full" | "cheap" | "none";
  note: string | null;
}

/** Decides by the size that the container states, before any memory is spent on a frame. */
export function planEffort({ width, height }: VideoStream): EffortPlan {
  const size = `${width}×${height}`;
  if (isTooLarge(width, height)) {
    return { effort: "none", note: `no pictures: a frame of ${size} is too large to be decoded` };
  }
  if (!isLarge(width, height)) return { effort: "full", note: null };
  const note = `the pictures show key frames alone, because a frame of ${size} takes much memory`;
  return { effort: "cheap", note };
}

/** Whether a frame takes so much memory that few may be held at once. */
function isLarge(width: number, height: number): boolean {
  return width * height > usualPixels;
}

/** Whether a frame is not to be decoded at all. */
export function isTooLarge(width: number, height: number): boolean {
  return width * height > mostPixels;
}
