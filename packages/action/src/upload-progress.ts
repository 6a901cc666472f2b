import { createSpeedometer, formatBytes, type Speed, type UploadProgress } from "@clipcourier/core";
import { formatSeconds } from "./amounts.js";
import type { FoundFile } from "./find-files.js";

export interface FinishedFile {
  /** The last that was heard of the file. */
  last: UploadProgress | undefined;
  milliseconds: number;
  /** Without the wait until the service has made the clip. */
  sendingMilliseconds: number;
}

/** Remembers how far the files of a batch are, and says it in a line. */
export class BatchProgress {
  readonly #sizes: ReadonlyMap<string, number>;
  readonly #started = new Map<string, number>();
  readonly #stored = new Map<string, number>();
  readonly #active = new Map<string, UploadProgress>();
  readonly #finished = new Set<string>();
  readonly #total: number;
  readonly #measure = createSpeedometer();
  #speed: Speed = { bytesPerSecond: undefined, secondsLeft: undefined };

  constructor(files: readonly FoundFile[]) {
    this.#sizes = new Map(files.map(({ path, size }) => [path, size]));
    this.#total = sum(files.map(({ size }) => size));
  }

  update(progress: UploadProgress): void {
    const { file } = progress;
    const now = performance.now();
    if (!this.#started.has(file)) this.#started.set(file, now);
    if (isStored(progress) && !this.#stored.has(file)) this.#stored.set(file, now);
    this.#active.set(file, progress);
    this.#speed = this.#measure(this.#countDone(), this.#total);
  }

  finish(file: string): FinishedFile {
    const last = this.#active.get(file);
    this.#active.delete(file);
    this.#finished.add(file);
    const now = performance.now();
    const started = this.#started.get(file) ?? now;
    const stored = this.#stored.get(file) ?? now;
    return { last, milliseconds: now - started, sendingMilliseconds: stored - started };
  }

  /** `2 of 12 files, 41 %: 120.3 MiB of 293.0 MiB, 25.1 MiB/s, 7 s left` */
  describe(): string {
    const total = this.#total;
    const done = this.#countDone();
    const { bytesPerSecond, secondsLeft } = this.#speed;
    const parts = [`${formatBytes(done)} of ${formatBytes(total)}`];
    if (bytesPerSecond) parts.push(`${formatBytes(bytesPerSecond)}/s`);
    if (secondsLeft) parts.push(`${formatSeconds(secondsLeft)} left`);
    const percent = total > 0 ? Math.floor((100 * done) / total) : 100;
    return `${this.#finished.size} of ${this.#sizes.size} files, ${percent} %: ${parts.join(", ")}`;
  }

  #countDone(): number {
    const finished = sum([...this.#finished].map((file) => this.#sizes.get(file) ?? 0));
    return finished + sum([...this.#active.values()].map(countSent));
  }
}

function isStored({ phase }: UploadProgress): boolean {
  return phase === "finalize" || phase === "processing";
}

function countSent(progress: UploadProgress): number {
  const { size, acknowledged, inFlight } = progress;
  // Content that the service knew already is there without having been sent.
  return isStored(progress) ? size : Math.min(size, acknowledged + inFlight);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
