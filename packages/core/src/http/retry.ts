import { setTimeout as sleep } from "node:timers/promises";
import { createAbortError, DirectUploadError, isDirectUploadError } from "../errors.js";
import { longestTimer, requireMilliseconds, requirePositive } from "../options.js";
import type { Failures, RetryBudget } from "./retry-budget.js";

/**
 * How failed requests are made again: with exponential, jittered delays, and no sooner than a
 * `Retry-After` asks. What cannot succeed later (a refused key, a wrong size) is not made again.
 */
export interface RetryOptions {
  /**
   * How often one request is made in all, whatever it fails with; 1 never retries. A whole number.
   *
   * @default 6, and as often as fits into `outage` while a peer is out of reach
   * @example { attempts: 1 }
   */
  attempts?: number | undefined;
  /**
   * Milliseconds for which the service or the storage may be out of reach (no connection, one that
   * breaks, 502, 503, 504) before the work is given up, counted from the first failure since it
   * last answered. 0 gives up at once. Without effect where `attempts` is given. An address that
   * cannot be reached at first contact is given up sooner, after three attempts.
   *
   * @default 60_000
   */
  outage?: number | undefined;
  /**
   * Milliseconds before the first retry at most; the bound doubles with each.
   *
   * @default 250
   */
  minDelay?: number | undefined;
  /**
   * Milliseconds that a delay grows to at most.
   *
   * @default 15_000
   */
  maxDelay?: number | undefined;
}

/** A request that failed and is going to be made again. */
export interface RetryEvent {
  /** The path or name of the upload's source; `undefined` for a call outside of an upload. */
  file?: string;
  /** What is tried again, for a person: `part 3 of 12`, `finalizing`. */
  what: string;
  /** The attempt that failed, from 1. */
  attempt: number;
  /** How many attempts there are in all; `undefined` where `outage` is what bounds them. */
  attempts: number | undefined;
  /** Milliseconds until the next attempt. */
  delay: number;
  /** Why the attempt failed. */
  reason: DirectUploadError;
}

/** Throws `invalid_option`, with the option's name, for numbers that cannot be meant. */
export function checkRetryOptions(options: RetryOptions): void {
  const { attempts, outage, minDelay, maxDelay } = options;
  if (attempts !== undefined) requirePositive("retry.attempts", attempts, { isInteger: true });
  if (outage !== undefined && outage !== 0) requireMilliseconds("retry.outage", outage);
  for (const [name, value] of Object.entries({ minDelay, maxDelay })) {
    if (value !== undefined && value !== 0) requireMilliseconds(`retry.${name}`, value);
  }
}

export interface RetryContext {
  /** For a person: `part 3 of 12`. */
  what: string;
  /** The host that is asked. */
  peer: string;
  budget: RetryBudget;
  signal?: AbortSignal | undefined;
  onRetry?: ((event: RetryEvent) => void) | undefined;
  /** Whether to leave a failure to the caller, although it might pass. Default: none. */
  isFinal?: ((error: DirectUploadError, attempt: number) => boolean) | undefined;
}

/**
 * Runs `attempt`, with its number from 1, until it succeeds, fails with an error that is not
 * retryable, or the budget is spent.
 */
export async function retry<T>(
  context: RetryContext,
  attempt: (number: number) => Promise<T>,
): Promise<T> {
  const { what, peer, budget, signal, onRetry, isFinal } = context;
  const failures: Failures = { count: 0, refusals: 0 };
  for (;;) {
    try {
      const result = await attempt(failures.count + 1);
      budget.succeed(peer);
      return result;
    } catch (error) {
      if (signal?.aborted) throw createAbortError(signal);
      if (!isDirectUploadError(error)) throw error;
      countFailure(failures, error, budget);
      const delay = error.retryable ? budget.fail(peer, error, failures) : undefined;
      if (!error.retryable || isFinal?.(error, failures.count)) throw error;
      if (delay === undefined) throw giveUp(error, what, failures.count);
      const attempts = budget.boundAttempts(error);
      onRetry?.({ what, attempt: failures.count, attempts, delay, reason: error });
      await pause(delay, signal);
    }
  }
}

/** Adds a failure to the count. */
export function countFailure(
  failures: Failures,
  error: DirectUploadError,
  budget: RetryBudget,
): void {
  failures.count++;
  if (budget.boundAttempts(error) !== undefined) failures.refusals++;
}

/** The same error with how often it was tried. */
export function giveUp(
  error: DirectUploadError,
  what: string,
  attempts: number,
): DirectUploadError {
  if (attempts === 1) return error;
  const { code, message, status, retryable, retryAfter, cause } = error;
  return new DirectUploadError(code, `${message} (${what}: tried ${attempts} times)`, {
    status,
    retryable,
    retryAfter,
    cause,
  });
}

/** Waits, unless the signal ends it. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(
      Math.min(milliseconds, longestTimer),
      undefined,
      signal === undefined ? {} : { signal },
    );
  } catch (error) {
    if (signal?.aborted) throw createAbortError(signal);
    throw error;
  }
}
