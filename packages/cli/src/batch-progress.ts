import { createSpeedometer, formatBytes, type Speed, type UploadProgress } from "@clipcourier/core";
import { formatDuration } from "./duration.js";
import type { FoundFile } from "./find-files.js";
import { toPrintable } from "./printable.js";

/** How far a batch is. */
export interface BatchState {
  /** The file's name, or how many of the files are done. */
  label: string;
  /** Bytes on their way or in storage, or read, while nothing is sent. */
  done: number;
  /** Bytes. */
  total: number;
  /** `4.1 of 12.0 MiB, 8.0 MiB/s, 1 s left` */
  details: string;
}

/** Adds up how far the files of a batch are. */
export class BatchProgress {
  readonly #files: ReadonlyMap<string, FoundFile>;
  readonly #active = new Map<string, UploadProgress>();
  readonly #finished = new Set<string>();
  readonly #measure: (done: number, total: number) => Speed;

  /** @param now milliseconds; for tests */
  constructor(files: readonly FoundFile[], now?: () => number) {
    this.#files = new Map(files.map((file) => [file.path, file]));
    this.#measure = createSpeedometer(now);
  }

  update(progress: UploadProgress): void {
    this.#active.set(progress.file, progress);
  }

  finish(file: string): void {
    this.#active.delete(file);
    this.#finished.add(file);
  }

  describe(): BatchState {
    const active = [...this.#active.values()];
    const total = this.#sum([...this.#files.keys()]);
    const finished = this.#sum([...this.#finished]);
    const read = finished + add(active, (file) => file.hashed);
    const sent = finished + add(active, countSent);
    const phases = new Set(active.map(({ phase }) => phase));
    const state = { label: this.#label(), total };
    if (phases.has("upload")) {
      return { ...state, done: sent, details: describeSending(sent, total, this.#measure) };
    }
    if (phases.has("fingerprint")) {
      return { ...state, done: read, details: `reading ${describeAmount(read, total)}` };
    }
    const details = phases.has("finalize") ? "finalizing" : "waiting for the clip";
    return { ...state, done: sent, details };
  }

  #label(): string {
    const [first] = this.#files.keys();
    if (this.#files.size === 1) return toPrintable(first ?? "");
    return `${this.#finished.size} of ${this.#files.size} files`;
  }

  #sum(paths: readonly string[]): number {
    return paths.reduce((sum, path) => sum + (this.#files.get(path)?.size ?? 0), 0);
  }
}

function countSent({ phase, size, acknowledged, inFlight }: UploadProgress): number {
  // Content that the service knew already is there without having been sent.
  if (phase === "finalize" || phase === "processing") return size;
  return Math.min(size, acknowledged + inFlight);
}

function add(files: readonly UploadProgress[], count: (file: UploadProgress) => number): number {
  return files.reduce((sum, file) => sum + count(file), 0);
}

function describeSending(
  sent: number,
  total: number,
  measure: (done: number, total: number) => Speed,
): string {
  const { bytesPerSecond, secondsLeft } = measure(sent, total);
  const parts = [describeAmount(sent, total)];
  if (bytesPerSecond !== undefined) parts.push(`${formatBytes(Math.round(bytesPerSecond))}/s`);
  if (secondsLeft !== undefined) parts.push(`${formatDuration(secondsLeft * 1000)} left`);
  return parts.join(", ");
}

function describeAmount(done: number, total: number): string {
  return `${formatBytes(done)} of ${formatBytes(total)}`;
}
