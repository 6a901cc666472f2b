import { type BatchProgress, createSpeedometer, type Speed } from "@clipcourier/core";

/** How far a batch is, all files together. Bytes. */
export interface BatchView extends Speed {
  /** The file that is next to end, from 1. */
  file: number;
  count: number;
  /** In storage, as storage itself has said. */
  acknowledged: number;
  total: number;
  /** Of 100, of `acknowledged`. */
  percent: number;
  /** Whether something has left this machine, so that there is more to tell than the reading. */
  isSending: boolean;
  /** Whether all that is left is the service's own work. */
  isProcessing: boolean;
}

/** Sums up the progress of a batch's files. */
export class BatchMeter {
  readonly #sizes: readonly number[];
  readonly #files = new Map<number, BatchProgress>();
  readonly #ended = new Set<number>();
  readonly #measure = createSpeedometer();

  /** @param sizes bytes of each file, by its place in the batch */
  constructor(sizes: readonly number[]) {
    this.#sizes = sizes;
  }

  update(progress: BatchProgress): void {
    this.#files.set(progress.index, progress);
  }

  /** It is a clip, or it has failed: either way nothing of it is to come. */
  end(index: number): void {
    this.#ended.add(index);
  }

  view(): BatchView {
    const count = this.#sizes.length;
    const total = sum(this.#sizes);
    let acknowledged = 0;
    let sent = 0;
    for (const [index, size] of this.#sizes.entries()) {
      const progress = this.#files.get(index);
      acknowledged += this.#ended.has(index) ? size : (progress?.acknowledged ?? 0);
      sent += (progress?.acknowledged ?? 0) - (progress?.reused ?? 0) + (progress?.inFlight ?? 0);
    }
    const running = [...this.#files.values()].filter(({ index }) => !this.#ended.has(index));
    // What is in flight moves on a slow line, where the next part may be a minute away.
    const speed = this.#measure(sent, sent + total - acknowledged);
    return {
      ...speed,
      file: Math.min(this.#ended.size + 1, count),
      count,
      acknowledged,
      total,
      percent: total === 0 ? 0 : Math.floor((100 * acknowledged) / total),
      isSending: sent > 0,
      isProcessing:
        running.length > 0 &&
        // Of a large batch, some files have not begun.
        running.length + this.#ended.size === count &&
        running.every(({ phase }) => phase === "finalize" || phase === "processing"),
    };
  }
}

function sum(numbers: readonly number[]): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
