import type { BatchMeter, FoundFile } from "@clipcourier/batch";
import type { BatchProgress } from "@clipcourier/core";

/** Shows on stderr how far a batch is. */
export interface ProgressView extends Disposable {
  /** Called after the meter has taken this event. */
  update(progress: BatchProgress): void;
  /** Removes what is drawn, so that a line can be printed. */
  clear(): void;
  /** Prints a line that is not a result. */
  print(text: string): void;
}

/** What a view shows. */
export interface ShownBatch {
  files: readonly FoundFile[];
  meter: BatchMeter;
}
