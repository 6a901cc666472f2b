import { setTimeout as sleep } from "node:timers/promises";
import { createAbortError, DirectUploadError, isDirectUploadError } from "../errors.js";
import { longestTimer } from "../options.js";
import type { Failures, Peer, RetryBudget } from "./retry-budget.js";
import type { RetryEvent } from "./retry-options.js";

export interface RetryContext {
  /** For a person: `part 3 of 12`. */
  what: string;
  peer: Peer;
  budget: RetryBudget;
  signal?: AbortSignal | undefined;
  onRetry?: ((event: RetryEvent) => void) | undefined;
  /** How often the same has failed before. Default: 0. */
  failed?: number | undefined;
  /** Whether to leave a failure to the caller, although it may pass. Default: never. */
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
  const { what, peer, budget, signal, onRetry, isFinal, failed = 0 } = context;
  const failures: Failures = { count: failed, refusals: 0 };
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
      if (delay === undefined)
        throw giveUp(error, what, failures.count, budget.measureOutage(peer));
      const attempts = budget.boundAttempts(error);
      onRetry?.({ what, attempt: failures.count, attempts, delay, reason: error });
      await pause(delay, signal);
    }
  }
}

/** Adds a failure to the count. */
function countFailure(failures: Failures, error: DirectUploadError, budget: RetryBudget): void {
  failures.count++;
  if (budget.boundAttempts(error) !== undefined) failures.refusals++;
}

/**
 * The same error with how often it was tried.
 *
 * @param outage milliseconds for which the peer has been out of reach, where it has
 */
export function giveUp(
  error: DirectUploadError,
  what: string,
  attempts: number,
  outage: number | undefined,
): DirectUploadError {
  if (attempts === 1) return error;
  const { code, message, status, retryable, retryAfter, requestId, cause } = error;
  const time = outage === undefined ? "" : ` in ${Math.round(outage / 1000)} s`;
  return new DirectUploadError(code, `${message} (${what}: tried ${attempts} times${time})`, {
    status,
    retryable,
    retryAfter,
    requestId,
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
