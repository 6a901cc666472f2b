import { FilterAPI } from "node-av/api";
import type { TimedFrame } from "./frame-cursor.js";
import type { FrameSource } from "./steady-frames.js";
import { toSeconds } from "./time.js";

/** Frames that have gone through a filter which needs all of them in turn. */
export class FilteredFrames implements FrameSource, Disposable {
  readonly #source: FrameSource;
  readonly #filter: FilterAPI;
  readonly #queue: TimedFrame[] = [];
  /** Seconds by which the filter's times differ. */
  #offset: number | null = null;
  #hasEnded = false;

  constructor(source: FrameSource, filter: string) {
    this.#source = source;
    this.#filter = FilterAPI.create(filter);
  }

  async next(): Promise<TimedFrame | null> {
    for (;;) {
      const timed = this.#queue.shift();
      if (timed) return timed;
      if (this.#hasEnded) return null;
      await this.#filterMore();
    }
  }

  putBack(timed: TimedFrame): void {
    this.#queue.unshift(timed);
  }

  [Symbol.dispose](): void {
    for (const { frame } of this.#queue) frame.free();
    this.#filter.close();
  }

  async #filterMore(): Promise<void> {
    const coming = await this.#source.next();
    if (coming) {
      const { frame, at } = coming;
      this.#offset ??= at - toSeconds(frame.pts, frame.timeBase);
      this.#take(this.#filter.processAllSync(frame));
      frame.free();
    } else {
      this.#hasEnded = true;
      if (this.#filter.isFilterInitialized) this.#take([...this.#filter.flushFramesSync()]);
    }
  }

  #take(frames: TimedFrame["frame"][]): void {
    for (const frame of frames) {
      this.#queue.push({ frame, at: toSeconds(frame.pts, frame.timeBase) + (this.#offset ?? 0) });
    }
  }
}
