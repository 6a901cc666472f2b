import { findPackageJSON } from "node:module";
import { Lanes } from "./lanes.js";
import { inspectInChild } from "./run-child.js";
import type { Media, MediaResult, MediaSource } from "./types.js";

/** What the inspection of a file may cost. A file over a limit is `unavailable`, with the reason. */
export interface MediaOptions {
  /**
   * Milliseconds for one file.
   *
   * @default 60_000
   */
  timeLimit?: number;
  /**
   * Bytes of resident memory for one file.
   *
   * @default 2 ** 30 (1 GiB)
   */
  memoryLimit?: number;
  /**
   * How many files are inspected at once, each in a process of its own.
   *
   * @default 1
   */
  concurrency?: number;
}

const remedy = "run `npm install node-av` next to the service and start it again";

/**
 * Makes thumbnails, previews and facts with the package `node-av`, in one child process for each
 * file. Without that package every file is `unavailable`, and the reason says how to install it.
 *
 * @example
 * ```ts
 * const media = createMedia({ timeLimit: 120_000, concurrency: 2 });
 * ```
 */
export function createMedia(options: MediaOptions = {}): Media {
  const { timeLimit = 60_000, memoryLimit = 2 ** 30, concurrency = 1 } = options;
  const limits = { time: timeLimit, memory: memoryLimit };
  const lanes = new Lanes(concurrency);
  const closing = new AbortController();
  const running = new Set<Promise<MediaResult>>();
  let missing = isInstalled() ? null : `the package node-av is not installed: ${remedy}`;

  const look = async (source: MediaSource, signal: AbortSignal): Promise<MediaResult> => {
    if (signal.aborted) return unavailable("the work was stopped");
    if (missing) return unavailable(missing);
    const answer = await inspectInChild(source, limits, signal);
    if (answer.kind === "result") return answer.result;
    missing = `the package node-av does not work here: ${remedy} (${answer.detail.trim()})`;
    return unavailable(missing);
  };

  return {
    async inspect(source, signal) {
      const stop = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
      const work = lanes.run(() => look(source, stop));
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
      }
    },
    async close() {
      closing.abort();
      await Promise.allSettled(running);
    },
  };
}

function isInstalled(): boolean {
  try {
    return findPackageJSON("node-av", import.meta.url) !== undefined;
  } catch {
    return false;
  }
}

function unavailable(reason: string): MediaResult {
  return { outcome: "unavailable", reason };
}
