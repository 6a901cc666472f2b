import type { DirectUploadError } from "../errors.js";
import type { RetryOptions } from "./retry-options.js";

// Milliseconds. A header must not make an upload wait for days.
export const longestRetryAfter = 120_000;

/** Whether the same request may succeed later. 503 is also what S3 answers as SlowDown. */
export function isRetryableStatus(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status);
}

/**
 * Milliseconds before the next attempt: exponential with full jitter, so that clients which failed
 * together do not come back together; never less than the peer asked for.
 *
 * @param attempt the attempt that failed, from 1
 * @param random a number from 0 up to 1
 */
export function computeDelay(
  attempt: number,
  { minDelay = 250, maxDelay = 15_000 }: RetryOptions = {},
  retryAfter = 0,
  random = Math.random(),
): number {
  const jittered = random * Math.min(maxDelay, minDelay * 2 ** (attempt - 1));
  return Math.round(Math.max(jittered, limitRetryAfter(retryAfter)));
}

/**
 * Whether a peer that refuses for the time being, such as until the next day, asks for a longer wait
 * than all attempts that are left make together: each of them would be in vain.
 *
 * @param left how many attempts are left
 */
export function outlastsRetries(
  { status, retryAfter = 0 }: Pick<DirectUploadError, "status" | "retryAfter">,
  left: number,
): boolean {
  return status === 429 && retryAfter > left * longestRetryAfter;
}

/** What is honoured of the milliseconds that a peer asked to wait. */
export function limitRetryAfter(retryAfter = 0): number {
  return Math.min(retryAfter, longestRetryAfter);
}

/**
 * The milliseconds that a `Retry-After` header asks for, in either of its forms (seconds, or an
 * HTTP date); `undefined` where there is none that can be read.
 */
export function parseRetryAfter(value: string | undefined, now = Date.now()): number | undefined {
  if (value === undefined || value.trim() === "") return undefined;
  const seconds = Number(value);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1000;
  return Number.isNaN(milliseconds) ? undefined : Math.max(0, milliseconds);
}
