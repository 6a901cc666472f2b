import { type TimedFrame, tolerance } from "./frame-cursor.js";
import type { Steps } from "./steps.js";
import { toSeconds } from "./time.js";

/** Decoded frames in the order of display, each of which the caller frees. */
export interface FrameSource {
  next(): Promise<TimedFrame | null>;
  putBack(timed: TimedFrame): void;
}

/**
 * The frame that is displayed at each step. It stays the source's, and is valid until the next one is
 * asked for. A passage after the end of the video gives its last frame once.
 */
export async function* steadyFrames(
  source: FrameSource,
  { start, length, rate }: Steps,
): AsyncGenerator<TimedFrame> {
  const total = Math.max(1, Math.round(length * rate));
  let count = 0;
  let shown: TimedFrame | null = null;
  let span = 0;
  try {
    for (let coming = await source.next(); coming; coming = await source.next()) {
      for (; shown && count < total && start + count / rate < coming.at - tolerance; count += 1) {
        yield shown;
      }
      if (count >= total) return source.putBack(coming);
      // WebM often has no durations: then the last frame counts as long as the one before.
      span = coming.at - (shown?.at ?? coming.at);
      shown?.frame.free();
      shown = coming;
    }
    if (!shown) return;
    const end = shown.at + (toSeconds(shown.frame.duration, shown.frame.timeBase) || span);
    const left = Math.round((Math.min(end, start + length) - start) * rate);
    for (; count < Math.max(1, Math.min(left, total)); count += 1) yield shown;
  } finally {
    if (shown) source.putBack(shown);
  }
}
