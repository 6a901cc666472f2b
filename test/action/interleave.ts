import type { GitHubApi } from "./github-api.ts";

/** A generator of numbers from 0 to 1 that depends on the seed alone (mulberry32). */
function startRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Runs the writers at the same time, and lets the API take one request, or give one answer, at a
 * time: when every writer waits, the next one is drawn by the seed. So a request can arrive, and an
 * answer can be given, after all others are done; and the same seed is always the same order.
 */
export async function interleave(
  api: GitHubApi,
  seed: number,
  writers: readonly (() => Promise<unknown>)[],
): Promise<void> {
  const random = startRandom(seed);
  const waiting: (() => void)[] = [];
  const left = [...writers];
  let running = 0;
  await new Promise<void>((resolve, reject) => {
    const start = (writer: () => Promise<unknown>) => {
      running++;
      writer().then(() => {
        running--;
        go();
      }, reject);
    };
    const go = () => {
      if (waiting.length < running) return;
      const next = left.shift();
      if (next !== undefined) start(next);
      else if (running === 0) resolve();
      else waiting.splice(Math.floor(random() * waiting.length), 1)[0]?.();
    };
    api.hold = () =>
      new Promise((proceed) => {
        waiting.push(proceed);
        go();
      });
    go();
  });
  api.hold = undefined;
}
