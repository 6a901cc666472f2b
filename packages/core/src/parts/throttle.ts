import { pause } from "../http/retry.js";

/** Waits until this many bytes may be sent. */
export type Pace = (bytes: number, signal?: AbortSignal) => Promise<void>;

/**
 * A limit on the speed of everything that shares it.
 *
 * @returns a function to await with the number of bytes that are about to leave
 */
export function createThrottle(bytesPerSecond: number): Pace {
  // The time at which everything that was let through has been sent.
  let free = 0;
  return async (bytes, signal) => {
    const now = performance.now();
    const start = Math.max(now, free);
    free = start + (bytes / bytesPerSecond) * 1000;
    if (start > now) await pause(start - now, signal);
  };
}
