import type { BatchMeter, FoundFile } from "@clipcourier/batch";
import type { BatchProgress } from "@clipcourier/core";

/** Shows on stderr how far a batch is. */
export interface ProgressView extends Disposable {
  /** Shows what the meter says now, after this event. */
  update(progress: BatchProgress): void;
  /** Makes room for a line that somebody else prints. */
  clear(): void;
  /** Prints a line that is no result. */
  print(text: string): void;
}

/** What is shown. */
export interface ShownBatch {
  files: readonly FoundFile[];
  meter: BatchMeter;
}
