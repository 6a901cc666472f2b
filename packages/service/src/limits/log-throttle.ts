import { AsyncLocalStorage } from "node:async_hooks";

// Kinds of lines that are told apart at once; all others count as one kind.
const maxKinds = 1000;

/** Writes a line; `suppressed` is how many more of its kind were not written since the last one. */
type WriteLine = (suppressed: number) => void;

/**
 * Keeps a flood out of the log: of each kind of line the first is written at once, and then, for as
 * long as more come, one per interval that says how many there were.
 */
export class LogThrottle {
  readonly #interval: number;
  readonly #kinds = new Map<string, { suppressed: number; write: WriteLine }>();

  /** @param interval seconds */
  constructor(interval: number) {
    this.#interval = interval * 1000;
  }

  write(kind: string, write: WriteLine): void {
    const key = this.#kinds.has(kind) || this.#kinds.size < maxKinds ? kind : "";
    const known = this.#kinds.get(key);
    if (known) {
      known.suppressed += 1;
      // The line is of this request, and not of the one that has started the interval.
      known.write = AsyncLocalStorage.bind(write);
      return;
    }
    write(0);
    this.#kinds.set(key, { suppressed: 0, write });
    this.#endIntervalLater(key);
  }

  #endIntervalLater(key: string): void {
    // The log must not keep a process alive.
    setTimeout(() => this.#endInterval(key), this.#interval).unref();
  }

  #endInterval(key: string): void {
    const kind = this.#kinds.get(key);
    if (!kind || kind.suppressed === 0) {
      this.#kinds.delete(key);
      return;
    }
    // The line itself is of the last one, so it is not among those that were left out.
    kind.write(kind.suppressed - 1);
    kind.suppressed = 0;
    this.#endIntervalLater(key);
  }
}
