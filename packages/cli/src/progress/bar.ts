import { describeBatch, toPercent } from "@clipcourier/batch";
import cliProgress from "cli-progress";
import { labelBatch } from "./label.js";
import type { ProgressView, ShownBatch } from "./view.js";

const barWidth = 24;

/** What the bar shows. */
export interface BarState {
  /** The file's name, or how many of the files have finished. */
  label: string;
  /** 0 to 100. */
  percent: number;
  /** `4.1 MiB of 12.0 MiB, 8.0 MiB/s, 1.0 s left` */
  details: string;
}

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
    const percent = toPercent(view.current, view.total);
    const state = { label: labelBatch(this.#batch, view), percent, details: describeBatch(view) };
    if (!this.#bar.isActive) this.#bar.start(100, percent, state);
    this.#bar.update(percent, state);
  }

  clear(): void {
    this.#bar.stop();
  }

  print(text: string): void {
    this.#bar.stop();
    this.#stream.write(`${text}\n`);
  }

  [Symbol.dispose](): void {
    this.#bar.stop();
  }
}

/** One line of at most `columns` characters. */
export function renderBar({ label, percent, details }: BarState, columns: number): string {
  const filled = Math.floor((percent / 100) * barWidth);
  const bar = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
  const figure = `${percent} %`.padStart(5);
  const rest = `${bar} ${figure}  ${details}`;
  const room = columns - rest.length - 2;
  // In a narrow window there is room for the figures only.
  if (room < 8) return `${figure.trim()}  ${details}`.slice(0, columns);
  return `${shorten(label, room)}  ${rest}`;
}

// The end of a path, which has the file name, is kept.
function shorten(text: string, length: number): string {
  return text.length <= length ? text : `…${text.slice(text.length - length + 1)}`;
}
