/** Work that goes on after the answer was given, a few pieces at a time. */
export class Background {
  readonly #limit: number;
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #idle: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Starts `work` when its turn comes. `work` handles its own errors. */
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
