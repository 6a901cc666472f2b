import { listBatchFacts, measureShare } from "@clipcourier/batch";
import cliProgress from "cli-progress";
import { toLogText } from "../terminal/output.js";
import { type BarState, renderBar } from "./bar-line.js";
import { labelBatch } from "./label.js";
import type { ProgressView, ShownBatch } from "./view.js";

/** For terminals: one line that is redrawn, and removed before anything else is printed. */
export class BarView implements ProgressView {
  readonly #batch: ShownBatch;
  readonly #stream: NodeJS.WriteStream;
  readonly #bar: cliProgress.SingleBar;

  constructor(batch: ShownBatch, stream: NodeJS.WriteStream) {
    this.#batch = batch;
    this.#stream = stream;
    this.#bar = new cliProgress.SingleBar({
      stream,
      format: (_options, _params, state: BarState) => renderBar(state, stream.columns || 80),
      clearOnComplete: true,
      hideCursor: true,
      gracefulExit: false,
    });
  }

  update(): void {
    const view = this.#batch.meter.view();
    const percent = measureShare(view);
    const state = { label: labelBatch(this.#batch, view), percent, facts: listBatchFacts(view) };
    if (!this.#bar.isActive) this.#bar.start(100, percent ?? 100, state);
    this.#bar.update(percent ?? 100, state);
  }

  clear(): void {
    this.#bar.stop();
  }

  print(text: string): void {
    this.#bar.stop();
    this.#stream.write(`${toLogText(text)}\n`);
  }

  [Symbol.dispose](): void {
    this.#bar.stop();
  }
}
