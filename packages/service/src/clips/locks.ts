/** Runs work on the same name one after another, and work on different names in parallel. */
export class Locks {
  readonly #tails = new Map<string, Promise<unknown>>();

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const current = before.then(work, work);
    this.#tails.set(name, current);
    try {
      return await current;
    } finally {
      if (this.#tails.get(name) === current) this.#tails.delete(name);
    }
  }
}
