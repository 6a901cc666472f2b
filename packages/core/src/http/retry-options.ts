import type { DirectUploadError } from "../errors.js";
import { requireMilliseconds, requirePositive } from "../options.js";

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
