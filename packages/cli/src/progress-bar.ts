import type { UploadProgress } from "@clipcourier/core";
import cliProgress from "cli-progress";
import { BatchProgress, type BatchState } from "./batch-progress.js";
import type { FoundFile } from "./find-files.js";
import type { ProgressView } from "./progress-view.js";

const barWidth = 24;

/** For terminals: one line that moves. It is gone whenever something else is printed. */
export class BarView implements ProgressView {
  readonly #batch: BatchProgress;
  readonly #stream: NodeJS.WriteStream;
  readonly #bar: cliProgress.SingleBar;

  constructor(files: readonly FoundFile[], stream: NodeJS.WriteStream) {
    this.#batch = new BatchProgress(files);
    this.#stream = stream;
    this.#bar = new cliProgress.SingleBar({
      stream,
      format: (_, { progress }, state: BatchState) =>
        renderBar(state, progress, stream.columns || 80),
      clearOnComplete: true,
      hideCursor: true,
      gracefulExit: false,
    });
  }

  update(progress: UploadProgress): void {
    this.#batch.update(progress);
    const state = this.#batch.describe();
    if (!this.#bar.isActive) this.#bar.start(state.total, state.done, state);
    this.#bar.update(state.done, state);
  }

  finish(file: string): void {
    this.#batch.finish(file);
    this.#bar.stop();
  }

  tell(text: string): void {
    this.#bar.stop();
    this.#stream.write(`${text}\n`);
  }

  [Symbol.dispose](): void {
    this.#bar.stop();
  }
}

/**
 * One line of at most `columns` characters.
 *
 * @param progress from 0 to 1
 */
export function renderBar(state: BatchState, progress: number, columns: number): string {
  const { label, details } = state;
  const share = Math.min(1, Math.max(0, progress));
  const filled = Math.floor(share * barWidth);
  const bar = `${"█".repeat(filled)}${"░".repeat(barWidth - filled)}`;
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const rest = `${bar} ${percent}  ${details}`;
  const room = columns - rest.length - 2;
  // A narrow window: the figures say more than the bar.
  if (room < 8) return `${percent.trim()}  ${details}`.slice(0, columns);
  return `${shorten(label, room)}  ${rest}`;
}

// The end of a path tells more than its beginning.
function shorten(text: string, length: number): string {
  return text.length <= length ? text : `…${text.slice(text.length - length + 1)}`;
}
