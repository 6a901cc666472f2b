import type { BatchView } from "@clipcourier/batch";
import type { RetryEvent } from "@clipcourier/core";

// The first failure is often over before it can be read.
const firstShown = 2;
// How much longer than its delay a try may take until it fails, in ms: connecting takes 10 s.
const longestTry = 15_000;

/** Whether a batch waits for a service, or for its storage, that is out of reach. */
export class Outage implements Disposable {
  readonly #onChange: () => void;
  #seen = "";
  #timer: NodeJS.Timeout | undefined;

  /** @param onChange called when it begins, and when it ends without any progress of the batch */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get isOn(): boolean {
    return this.#timer !== undefined;
  }

  /** Takes a failed request that is made again. */
  fail({ attempt, attempts, delay }: RetryEvent, view: BatchView): void {
    // What has a number of attempts was refused: an outage is bounded by time.
    if (attempts !== undefined || attempt < firstShown) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#onChange();
    }, delay + longestTry);
    this.#seen = describePlace(view);
    this.#onChange();
  }

  /** Takes how far the batch is. An outage is over when that changes. */
  update(view: BatchView): void {
    if (this.isOn && describePlace(view) !== this.#seen) this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function describePlace({ phase, acknowledged, finished }: BatchView): string {
  return JSON.stringify({ phase, acknowledged, finished });
}
