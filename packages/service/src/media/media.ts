import { availableParallelism } from "node:os";
import { diffInChild } from "./diff/diff-in-child.js";
import { haveSameBytes } from "./diff/same-bytes.js";
import { identical } from "./diff/verdict.js";
import { inspectInChildren } from "./inspect-in-children.js";
import { Lanes } from "./lanes.js";
import { inspectPhotoInChild } from "./photo/photo-in-child.js";
import { renderInChild } from "./render-in-child.js";
import type { ChildLimits } from "./run-child.js";
import { toSentence } from "./sentence.js";
import type { Media, Unavailable } from "./types.js";
import { type NotDone, Workshop } from "./workshop.js";

/**
 * What the inspection of a file may cost. Over a limit, what was found out is kept, and the missing
 * pictures are made of key frames alone; a file of which not even the facts are known is
 * `unavailable`, with the reason.
 */
export interface MediaOptions {
  /**
   * Milliseconds for one file. A third of them is given again for missing pictures.
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
   * @default the number of processors
   */
  concurrency?: number;
  /**
   * The path of a program `ffmpeg`, which has its `ffprobe` beside it.
   *
   * @default the package `node-av` where it is installed and works, or else an `ffmpeg` on the PATH
   */
  ffmpeg?: string;
  /**
   * What a rendition may cost; `false` for a service that makes none.
   *
   * @default {}
   */
  renditions?: RenditionLimits | false;
  /**
   * Milliseconds for the comparison of two videos, or two photos. Over it, the verdict is `cannot-tell`.
   *
   * @default 300_000 (5 minutes)
   */
  comparisonTimeLimit?: number;
}

/** What the making of one MP4 for browsers may cost. Over a limit, there is none, with the reason. */
export interface RenditionLimits {
  /**
   * Milliseconds.
   *
   * @default 900_000 (15 minutes)
   */
  timeLimit?: number;
  /**
   * Bytes of the file.
   *
   * @default 2 ** 31 (2 GiB)
   */
  byteLimit?: number;
  /**
   * How many are made at once, beside the inspections.
   *
   * @default 1
   */
  concurrency?: number;
}

/**
 * Makes thumbnails, previews and facts with FFmpeg, in one child process for each file. Where there is
 * no FFmpeg that can be used, every file is `unavailable`, and the reason says what to do.
 *
 * @example
 * ```ts
 * const media = createMedia({ timeLimit: 120_000, concurrency: 2 });
 * ```
 */
export function createMedia(options: MediaOptions = {}): Media {
  const { timeLimit = 60_000, memoryLimit = 2 ** 30, renditions = {} } = options;
  const inspections = new Lanes(options.concurrency ?? availableParallelism());
  const workshop = new Workshop(options.ffmpeg);
  return {
    findEngine: async () => (await workshop.choose()).engine,
    async inspect(source, { account, ...wishes }, signal) {
      const limits = { time: timeLimit, memory: memoryLimit };
      const result = await workshop.run(inspections, account, signal, (engine, stop) =>
        inspectInChildren({ engine, source, options: wishes }, limits, stop),
      );
      return "failure" in result ? toUnavailable(result, result.failure) : result;
    },
    async inspectPhoto(source, { account, type }, signal) {
      const limits = { time: timeLimit, memory: memoryLimit };
      const result = await workshop.run(inspections, account, signal, (engine, stop) =>
        inspectPhotoInChild({ engine, source, type }, limits, stop),
      );
      return "failure" in result ? toUnavailable(result, result.failure) : result;
    },
    compare: createCompare(workshop, {
      time: options.comparisonTimeLimit ?? 300_000,
      memory: memoryLimit,
    }),
    render: renditions ? createRender(workshop, memoryLimit, renditions) : null,
    close: () => workshop.close(),
  };
}

function createRender(
  workshop: Workshop,
  memory: number,
  { timeLimit = 900_000, byteLimit = 2 ** 31, concurrency = 1 }: RenditionLimits,
): NonNullable<Media["render"]> {
  // Lanes of their own: a rendition takes minutes, for which nobody's pictures wait.
  const lanes = new Lanes(concurrency);
  return async (source, output, account, signal, onBegin) => {
    const limits = { time: timeLimit, memory };
    const result = await workshop.run(lanes, account, signal, async (engine, stop) => {
      await onBegin?.();
      return renderInChild({ engine, source, output, byteLimit }, limits, stop);
    });
    if (!("failure" in result)) return result;
    return toUnavailable(result, toSentence(result.failure));
  };
}

function createCompare(workshop: Workshop, limits: ChildLimits): NonNullable<Media["compare"]> {
  // Lanes of their own: a comparison takes longer than pictures, for which people wait.
  const lanes = new Lanes(1);
  return async (old, now, { account, picture = false, ...options }, signal, onBegin) => {
    // A file that cannot be read is told by the process that compares the two.
    if (await haveSameBytes(old, now).catch(() => false))
      return { outcome: "ready", diff: identical(), picture: null };
    const result = await workshop.run(lanes, account, signal, async (engine, stop) => {
      await onBegin?.();
      return diffInChild({ engine, old, new: now, options, hasPicture: picture }, limits, stop);
    });
    return "failure" in result ? toUnavailable(result, toSentence(result.failure)) : result;
  };
}

function toUnavailable({ detail }: NotDone, reason: string): Unavailable {
  return { outcome: "unavailable", reason, ...(detail !== undefined && { detail }) };
}
