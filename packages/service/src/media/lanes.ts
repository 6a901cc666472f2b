/**
 * Runs a fixed number of jobs at once, and one more of an owner for whom none is running: slow jobs of
 * one owner do not hold up everybody. The others wait: owners take turns, and the jobs of one owner
 * keep their order.
 */
export class Lanes {
  readonly #count: number;
  /** The owners of the jobs that are running. */
  readonly #running: string[] = [];
  /** By owner; the one whose turn it is comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(count: number) {
    this.#count = count;
  }

  /** Runs `work` when a lane is free and it is the owner's turn. */
  async run<T>(owner: string, work: () => Promise<T>): Promise<T> {
    if (this.#hasLaneFor(owner)) this.#running.push(owner);
    else await new Promise<void>((resolve) => this.#wait(owner, resolve));
    try {
      return await work();
    } finally {
      this.#running.splice(this.#running.indexOf(owner), 1);
      this.#next();
    }
  }

  #hasLaneFor(owner: string): boolean {
    const { length } = this.#running;
    return length < this.#count || (length === this.#count && !this.#running.includes(owner));
  }

  #wait(owner: string, start: () => void): void {
    const queue = this.#waiting.get(owner);
    if (queue) queue.push(start);
    else this.#waiting.set(owner, [start]);
  }

  #next(): void {
    for (const [owner, [start, ...others]] of this.#waiting) {
      if (!this.#hasLaneFor(owner)) continue;
      // To the end of the row.
      this.#waiting.delete(owner);
      if (others.length > 0) this.#waiting.set(owner, others);
      this.#running.push(owner);
      start?.();
      return;
    }
  }
}
