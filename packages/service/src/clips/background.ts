/** Runs jobs after the response was sent, at most `limit` of them at once. */
export class Background {
  readonly #limit: number;
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #idle: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts `work` when its turn comes. `work` must handle its own errors. */
  add(work: () => Promise<void>): void {
    this.#waiting.push(work);
    this.#startNext();
  }

  /** Resolves when nothing is running or waiting. */
  settled(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #startNext(): void {
    while (this.#running < this.#limit) {
      const work = this.#waiting.shift();
      if (!work) break;
      this.#running += 1;
      void work().finally(() => this.#finish());
    }
  }

  #finish(): void {
    this.#running -= 1;
    this.#startNext();
    if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
