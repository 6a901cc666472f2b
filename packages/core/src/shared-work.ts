import { createAbortError } from "./errors.js";
import { untilAborted } from "./signals.js";

/** What {@link SharedWork} hands to the work. */
export interface SharedWorkContext<Event> {
  /** Ends when nobody waits for the work any more. */
  signal: AbortSignal;
  /** Passes an event to everybody who waits. */
  report(event: Event): void;
}

/**
 * Work that several callers wait for. It runs under a signal of its own, so that a caller who stops
 * waiting, or whose time is over, ends neither the work nor the wait of the others.
 */
export class SharedWork<T, Event> {
  readonly #controller = new AbortController();
  readonly #listeners = new Set<((event: Event) => void) | undefined>();
  readonly #work: Promise<T>;
  #waiting = 0;
  #isSettled = false;

  constructor(work: (context: SharedWorkContext<Event>) => Promise<T>) {
    const { signal } = this.#controller;
    this.#work = work({ signal, report: (event) => this.#report(event) }).finally(() => {
      this.#isSettled = true;
    });
    // Whoever waits is given the failure; it must not end a program in which nobody waits any more.
    this.#work.catch(() => {});
  }

  /** Calls back when the work has succeeded. */
  onSuccess(callback: () => void): void {
    this.#work.then(callback, () => {});
  }

  /** Calls back when the work has failed. */
  onFailure(callback: () => void): void {
    this.#work.catch(callback);
  }

  /** Whether everybody stopped waiting before the end, so that there will be no result. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /**
   * The result of the work.
   *
   * @param signal ends this wait alone
   * @param onEvent called with what the work reports during this wait
   */
  async wait(signal?: AbortSignal, onEvent?: (event: Event) => void): Promise<T> {
    if (signal?.aborted) throw createAbortError(signal);
    // A function of its own for each caller: two may give the same one.
    const listener = onEvent && ((event: Event) => onEvent(event));
    this.#waiting++;
    if (listener) this.#listeners.add(listener);
    try {
      return await untilAborted(this.#work, signal);
    } finally {
      this.#listeners.delete(listener);
      this.#waiting--;
      if (this.#waiting === 0 && !this.#isSettled) this.#controller.abort();
    }
  }

  #report(event: Event): void {
    for (const listener of this.#listeners) listener?.(event);
  }
}
