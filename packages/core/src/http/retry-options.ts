import type { DirectUploadError } from "../errors.js";
import { requireMilliseconds, requirePositive } from "../options.js";

/**
 * How failed requests are made again: after exponential, jittered delays, and not before the time
 * that `Retry-After` asks for; where a 429 asks for more than all of them would wait, as until the next
 * day, none is made. A request that cannot succeed later (a refused key, a wrong size) is
 * not made again.
 */
export interface RetryOptions {
  /**
   * How often one request is made in all, a whole number; 1 means no retries. Where it is given, it
   * also limits the requests that are made during an outage.
   *
   * @default 6; during an outage, as many as `outage` has time for
   * @example { attempts: 1 }
   */
  attempts?: number | undefined;
  /**
   * Milliseconds for which the service or the storage may be out of reach (no connection, one that
   * breaks, 502, 503, 504) before the work is given up, counted from the first failure since it
   * last answered. 0 gives up at once. It has no effect where `attempts` is given. An address that
   * cannot be reached and has never answered is given up sooner, after three attempts.
   *
   * @default 60_000
   * @example { outage: 10 * 60_000 }
   */
  outage?: number | undefined;
  /**
   * The longest delay before the first retry, in milliseconds. It doubles with each further retry.
   *
   * @default 250
   */
  minDelay?: number | undefined;
  /**
   * The longest delay before any retry, in milliseconds.
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
  /** How many attempts there are in all; `undefined` during an outage, which `outage` limits. */
  attempts: number | undefined;
  /** Milliseconds until the next attempt. */
  delay: number;
  /** Why the attempt failed. */
  reason: DirectUploadError;
}

/** Throws `invalid_option`, with the option's name, for an invalid number. */
export function checkRetryOptions(options: RetryOptions): void {
  const { attempts, outage, minDelay, maxDelay } = options;
  if (attempts !== undefined) requirePositive("retry.attempts", attempts, { isInteger: true });
  if (outage !== undefined && outage !== 0) requireMilliseconds("retry.outage", outage);
  for (const [name, value] of Object.entries({ minDelay, maxDelay })) {
    if (value !== undefined && value !== 0) requireMilliseconds(`retry.${name}`, value);
  }
}
