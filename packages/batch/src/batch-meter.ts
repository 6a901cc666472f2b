import {
  type BatchProgress,
  createSpeedometer,
  type Speed,
  type UploadPhase,
} from "@clipcourier/core";

/**
 * What a batch is doing: `upload` while any file is being sent; else `fingerprint` while any is
 * being read or has not begun; else `finalize` or `processing` while the service works on the rest;
 * `done` when every file has finished.
 */
export type BatchPhase = UploadPhase | "done";

/** How far a batch has come, all its files together. Amounts are bytes. */
export interface BatchView extends Speed {
  phase: BatchPhase;
  /** How many files there are. */
  count: number;
  /** How many of them have become clips or failed. */
  finished: number;
  /** How many of those have failed. */
  failed: number;
  total: number;
  /** Read and hashed. */
  read: number;
  /** Acknowledged by storage or on the way there. */
  sent: number;
  /** Acknowledged by storage. */
  acknowledged: number;
  /** What grows in the present phase: `read` while files are only read, else `sent`. */
  current: number;
  /** How many of the files are with the service, which makes clips of them. */
  waiting: number;
  /**
   * How many other clips the service verifies before the first of those; `undefined` where it does
   * not tell it.
   */
  queuePosition: number | undefined;
}

/** What a file has become. */
export type FileEnd = "clip" | "failed";

/** A file that has finished. */
export interface FinishedFile {
  /** The last progress event of the file; `undefined` where there was none. */
  last: BatchProgress | undefined;
  /** The time from the first progress event of the file until it finished. */
  milliseconds: number;
  /** The same without the time in which the service makes the clip. */
  sendingMilliseconds: number;
}

interface FileState {
  /** Bytes. */
  size: number;
  last?: BatchProgress;
  /** When the first progress event came. */
  begun?: number;
  /** When storage had acknowledged all of it. */
  stored?: number;
  end?: FileEnd;
}

/** Sums over all files, in bytes. */
interface Sums extends Pick<BatchView, "total" | "read" | "sent" | "acknowledged"> {
  /** What has left this machine: not what was in storage already. */
  moved: number;
  /** What is going to be sent. */
  left: number;
}

/**
 * Sums up the progress events of a batch. Files are known by their places in the batch, so that two
 * sources may have the same name. A file that became a clip counts completely, one that failed with what
 * storage has of it.
 *
 * @example
 * const meter = new BatchMeter(files.map(({ size }) => size));
 * const paths = files.map(({ path }) => path);
 * const onProgress = (progress: BatchProgress) => {
 *   meter.update(progress);
 *   console.log(describeBatch(meter.view()));
 * };
 * for await (const { index, error } of client.uploadAll(paths, { onProgress })) {
 *   meter.finish(index, error ? "failed" : "clip");
 * }
 */
export class BatchMeter {
  readonly #files: readonly FileState[];
  readonly #now: () => number;
  readonly #measure: (done: number, total: number) => Speed;
  /** For how long files were being sent, in milliseconds. */
  #sendingTime = 0;
  /** When that was looked at last. */
  #looked: number | undefined;
  #speed: Speed = { bytesPerSecond: undefined, secondsLeft: undefined };

  /**
   * @param sizes bytes of each file, in the order of the batch
   * @param now milliseconds, from any start. Default: `performance.now`
   */
  constructor(sizes: readonly number[], now: () => number = () => performance.now()) {
    this.#files = sizes.map((size) => ({ size }));
    this.#now = now;
    // While files are read or the service makes clips, nothing is sent, and that says nothing about
    // the network: the time left would grow and fall again.
    this.#measure = createSpeedometer(() => this.#sendingTime);
  }

  /** Takes a progress event of `uploadAll`. */
  update(progress: BatchProgress): void {
    const file = this.#files[progress.index];
    if (file === undefined) return;
    this.#passTime();
    file.begun ??= this.#now();
    if (isStored(progress)) file.stored ??= this.#now();
    file.last = progress;
    // A file can have grown since it was found.
    file.size = progress.size;
    this.#measureSpeed(this.#sum());
  }

  /**
   * Call this when a file has become a clip or failed.
   */
  finish(index: number, end: FileEnd): FinishedFile {
    this.#passTime();
    const now = this.#now();
    const file = this.#files[index];
    if (file !== undefined) file.end = end;
    const { last, begun = now, stored = now } = file ?? {};
    return { last, milliseconds: now - begun, sendingMilliseconds: stored - begun };
  }

  view(): BatchView {
    this.#passTime();
    const sums = this.#sum();
    this.#measureSpeed(sums);
    const { total, read, sent, acknowledged } = sums;
    const phase = this.#findPhase();
    const waiting = this.#findWaiting();
    return {
      ...{ phase, count: this.#files.length },
      finished: this.#files.filter(({ end }) => end !== undefined).length,
      failed: this.#files.filter(({ end }) => end === "failed").length,
      ...{ total, read, sent, acknowledged },
      current: phase === "fingerprint" ? read : sent,
      ...{ waiting: waiting.length, queuePosition: findFirstPosition(waiting) },
      ...this.#speed,
    };
  }

  #sum(): Sums {
    const sums = { total: 0, read: 0, sent: 0, acknowledged: 0, moved: 0, left: 0 };
    for (const { size, last, end } of this.#files) {
      const { hashed = 0, acknowledged = 0, inFlight = 0, reused = 0 } = last ?? {};
      // Content that the service knew already is in storage and was not sent.
      const isWhole = end === "clip" || (last !== undefined && isStored(last));
      const sent = end === "failed" ? acknowledged : Math.min(size, acknowledged + inFlight);
      sums.total += size;
      sums.read += isWhole ? size : hashed;
      sums.sent += isWhole ? size : sent;
      sums.acknowledged += isWhole ? size : acknowledged;
      sums.moved += acknowledged - reused + inFlight;
      sums.left += isWhole || end === "failed" ? 0 : size - acknowledged;
    }
    return sums;
  }

  /**
   * The speed is that of what leaves this machine: on a slow line the next acknowledgement may be a
   * minute away. What is left is everything that is not acknowledged.
   */
  #measureSpeed({ moved, left }: Sums): void {
    this.#speed = this.#measure(moved, moved + left);
  }

  /** Takes the time since the last call, before anything changes. */
  #passTime(): void {
    const now = this.#now();
    if (this.#findPhase() === "upload") this.#sendingTime += now - (this.#looked ?? now);
    this.#looked = now;
  }

  #findWaiting(): BatchProgress[] {
    return this.#files.flatMap(({ last, end }) =>
      end === undefined && last?.phase === "processing" ? [last] : [],
    );
  }

  #findPhase(): BatchPhase {
    const running = this.#files.filter(({ end }) => end === undefined);
    const phases = new Set(running.map(({ last }) => last?.phase ?? "fingerprint"));
    const order = ["upload", "fingerprint", "finalize", "processing"] as const;
    return order.find((phase) => phases.has(phase)) ?? "done";
  }
}

function findFirstPosition(waiting: readonly BatchProgress[]): number | undefined {
  const positions = waiting.flatMap(({ queuePosition }) => queuePosition ?? []);
  return positions.length === 0 ? undefined : Math.min(...positions);
}

function isStored({ phase }: BatchProgress): boolean {
  return phase === "finalize" || phase === "processing";
}
