import { setTimeout as sleep } from "node:timers/promises";
import { createAbortError, DirectUploadError, isDirectUploadError } from "./errors.js";

export interface RetryOptions {
  /** How often one request is tried in all. Default 6; 1 never retries. */
  attempts?: number | undefined;
  /** Milliseconds before the first retry at most; the bound doubles with each. Default 250. */
  minDelay?: number | undefined;
  /** Milliseconds that a delay grows to at most. Default 20,000. */
  maxDelay?: number | undefined;
}

/** A request that failed and is going to be tried again. */
export interface RetryEvent {
  /** The path or name of the upload's source; `undefined` for a call outside of an upload. */
  file?: string;
  /** What is tried again, for a person: `part 3 of 12`, `finalizing`. */
  what: string;
  /** The attempt that failed, from 1. */
  attempt: number;
  /** How many attempts there are in all. */
  attempts: number;
  /** Milliseconds until the next attempt. */
  delay: number;
  /** Why the attempt failed. */
  reason: DirectUploadError;
}

/** How often one request is tried in all, unless the caller says otherwise. */
export const defaultAttempts = 6;

// What a peer may ask for is honoured up to here: a header must not put an upload to sleep for days.
const longestRetryAfter = 120_000;

/** HTTP answers that say "not now" rather than "no". 503 is also what S3 calls SlowDown. */
export function isRetryableStatus(status: number): boolean {
  return [408, 429, 500, 502, 503, 504].includes(status);
}

/**
 * Milliseconds before the next try: exponential with full jitter, so that clients which failed
 * together do not come back together; never sooner than the peer asked.
 *
 * @param attempt the attempt that failed, from 1
 * @param random a number from 0 up to 1
 */
export function computeDelay(
  attempt: number,
  { minDelay = 250, maxDelay = 20_000 }: RetryOptions = {},
  retryAfter = 0,
  random = Math.random(),
): number {
  const jittered = random * Math.min(maxDelay, minDelay * 2 ** (attempt - 1));
  return Math.round(Math.max(jittered, Math.min(retryAfter, longestRetryAfter)));
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

export interface RetryContext {
  /** For a person: `part 3 of 12`. */
  what: string;
  retry?: RetryOptions | undefined;
  signal?: AbortSignal | undefined;
  onRetry?: ((event: RetryEvent) => void) | undefined;
}

/**
 * Runs `attempt`, with its number from 1, until it succeeds, fails with an error that is not retryable, or has failed
 * `attempts` times.
 */
export async function retry<T>(
  { what, retry: options = {}, signal, onRetry }: RetryContext,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  const attempts = options.attempts ?? defaultAttempts;
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      if (signal?.aborted) throw createAbortError(signal);
      if (!isDirectUploadError(error) || !error.retryable) throw error;
      if (number >= attempts) throw giveUp(error, what, number);
      // A kept-alive connection that was closed meanwhile says nothing about the peer's health.
      const delay =
        number === 1 && isStaleConnection(error)
          ? 0
          : computeDelay(number, options, error.retryAfter);
      onRetry?.({ what, attempt: number, attempts, delay, reason: error });
      await pause(delay, signal);
    }
  }
}

function giveUp(error: DirectUploadError, what: string, attempts: number): DirectUploadError {
  if (attempts === 1) return error;
  const { code, message, status, retryable, retryAfter } = error;
  return new DirectUploadError(code, `${message} (${what}: tried ${attempts} times)`, {
    status,
    retryable,
    retryAfter,
    cause: error.cause ?? error,
  });
}

function isStaleConnection({ cause }: DirectUploadError): boolean {
  return cause instanceof Error && "reusedSocket" in cause;
}

/** Waits, unless the signal ends it. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted) throw createAbortError(signal);
    throw error;
  }
}
