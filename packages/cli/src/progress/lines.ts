import { describeBatchShare, toPrintable } from "@clipcourier/batch";
import { type BatchProgress, formatBytes } from "@clipcourier/core";
import { toLogText } from "../terminal/output.js";
import { labelBatch } from "./label.js";
import type { ProgressView, ShownBatch } from "./view.js";

const interval = 5_000;

/** For logs: a line when a file begins, and a line of progress every five seconds. */
export class LinesView implements ProgressView {
  readonly #batch: ShownBatch;
  readonly #stream: NodeJS.WritableStream;
  /** The indexes of the files that have begun. */
  readonly #begun = new Set<number>();
  readonly #timer: NodeJS.Timeout;

  constructor(batch: ShownBatch, stream: NodeJS.WritableStream) {
    this.#batch = batch;
    this.#stream = stream;
    this.#timer = setInterval(() => this.#printProgress(), interval);
    this.#timer.unref();
  }

  update({ index, file, size }: BatchProgress): void {
    if (this.#begun.has(index)) return;
    this.#begun.add(index);
    this.print(`${toPrintable(file)}: ${formatBytes(size)}`);
  }

  clear(): void {}

  print(text: string): void {
    this.#stream.write(`${toLogText(text)}\n`);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #printProgress(): void {
    if (this.#begun.size === 0) return;
    const view = this.#batch.meter.view();
    this.print(`${labelBatch(this.#batch, view)}: ${describeBatchShare(view)}`);
  }
}
