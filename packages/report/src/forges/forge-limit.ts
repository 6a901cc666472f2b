/** Ends what takes a forge longer than there is time for. */
export interface ForgeLimit extends Disposable {
  readonly signal: AbortSignal;
  /** Does work that does not count, after which the time begins anew. */
  pauseFor<T>(work: () => Promise<T>): Promise<T>;
}

/** @param milliseconds after which its signal aborts */
export function startForgeLimit(milliseconds: number): ForgeLimit {
  const controller = new AbortController();
  const start = () => setTimeout(() => controller.abort(), milliseconds);
  let timer = start();
  return {
    signal: controller.signal,
    async pauseFor(work) {
      clearTimeout(timer);
      try {
        return await work();
      } finally {
        timer = start();
      }
    },
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}
