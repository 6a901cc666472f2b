import { setTimeout as sleep } from "node:timers/promises";

/**
 * Repeats a step until it returns something other than `undefined`.
 *
 * @param what the name of what is awaited, for the error message
 */
export async function waitUntil<T>(
  what: string,
  step: () => Promise<T | undefined>,
  milliseconds = 120_000,
): Promise<T> {
  const deadline = performance.now() + milliseconds;
  let reason: unknown;
  do {
    try {
      const found = await step();
      if (found !== undefined) return found;
    } catch (error) {
      reason = error;
    }
    await sleep(100);
  } while (performance.now() < deadline);
  throw new Error(`Waited ${milliseconds / 1000} s in vain for ${what}.`, { cause: reason });
}
