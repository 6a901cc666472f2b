import { formatBytes, type UploadProgress } from "@clipcourier/core";
import { BatchProgress } from "./batch-progress.js";
import type { FoundFile } from "./find-files.js";
import { toPrintable } from "./printable.js";
import type { ProgressView } from "./progress-view.js";

const interval = 5_000;

/** For logs: a line when a file starts, and one every five seconds. */
export class LinesView implements ProgressView {
  readonly #batch: BatchProgress;
  readonly #stream: NodeJS.WritableStream;
  readonly #started = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(files: readonly FoundFile[], stream: NodeJS.WritableStream) {
    this.#batch = new BatchProgress(files);
    this.#stream = stream;
    this.#timer = setInterval(() => this.#tellState(), interval);
    this.#timer.unref();
  }

  update(progress: UploadProgress): void {
    this.#batch.update(progress);
    const { file, size } = progress;
    if (this.#started.has(file)) return;
    this.#started.add(file);
    this.tell(`${toPrintable(file)}: ${formatBytes(size)}`);
  }

  finish(file: string): void {
    this.#batch.finish(file);
  }

  tell(text: string): void {
    this.#stream.write(`${text}\n`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #tellState(): void {
    if (this.#started.size === 0) return;
    const { label, done, total, details } = this.#batch.describe();
    this.tell(`${label}: ${Math.floor((100 * done) / total)} %, ${details}`);
  }
}
