import { setTimeout as sleep } from "node:timers/promises";

/**
 * A limit on the speed of everything that shares it.
 *
 * @returns a function to await with the number of bytes that are about to leave
 */
export function createThrottle(bytesPerSecond: number): (bytes: number) => Promise<void> {
  // When the line is free again.
  let free = 0;
  return async (bytes) => {
    const now = performance.now();
    const start = Math.max(now, free);
    free = start + (bytes / bytesPerSecond) * 1000;
    if (start > now) await sleep(start - now);
  };
}
