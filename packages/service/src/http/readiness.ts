import { setTimeout as sleep } from "node:timers/promises";

// Milliseconds. Whoever asks, such as Kubernetes, gives up after a few seconds.
const longest = 5_000;

/** Answers whether the store can be used now. Any number of callers share one check. */
export class Readiness {
  readonly #check: () => Promise<void>;
  readonly #longest: number;
  #running: Promise<void> | null = null;
  #isEnding = false;

  /** @param check rejects when the store cannot be used */
  constructor(check: () => Promise<void>, { longest: given = longest } = {}) {
    this.#check = check;
    this.#longest = given;
  }

  /** Whether the service is about to end, so that requests had better go elsewhere. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  end(): void {
    this.#isEnding = true;
  }

  /** Rejects when the check fails or takes too long. */
  async check(): Promise<void> {
    // A check that hangs is not started again, so that no more than one ever does.
    this.#running ??= this.#run();
    const ending = new AbortController();
    const late = sleep(this.#longest, true, { signal: ending.signal }).catch(() => false);
    try {
      const isLate = await Promise.race([this.#running.then(() => false), late]);
      if (isLate) throw new Error(`The store has not answered within ${this.#longest} ms.`);
    } finally {
      ending.abort();
    }
  }

  async #run(): Promise<void> {
    try {
      await this.#check();
    } finally {
      this.#running = null;
    }
  }
}
