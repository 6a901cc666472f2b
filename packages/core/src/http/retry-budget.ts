import type { DirectUploadError } from "../errors.js";
import { isAddressFailure, isConnectionReset } from "./network-failure.js";
import type { RetryOptions } from "./retry-options.js";
import { computeDelay, limitRetryAfter, outlastsRetries } from "./retry-timing.js";

// How often one request is made in all, unless the caller says otherwise.
const defaultAttempts = 6;
// Milliseconds for which a peer may be out of reach, unless the caller says otherwise.
const defaultOutage = 60_000;

// If a peer has never answered, its address is probably wrong.
const firstContactAttempts = 3;

/** Who a request is made to. The service and its storage may share a host and fail separately. */
export interface Peer {
  /** With its port. */
  host: string;
  role: "service" | "storage";
}

/** How often one request, or one round of several, has failed. */
export interface Failures {
  /** All failures, from 1. */
  count: number;
  /** Those that were not part of an outage: a refusal, a silence, a wrong answer. */
  refusals: number;
}

/**
 * What one piece of work, an upload with all its requests or a single call, may spend on retries.
 * All its requests share one outage for each peer, so that retries inside of retries add no time.
 */
export class RetryBudget {
  readonly options: RetryOptions;
  readonly #answered: Set<string>;
  readonly #now: () => number;
  /** When each peer that is out of reach was first found to be. */
  readonly #outages = new Map<Peer["role"], number>();
  /** The last failure, if nothing has succeeded since. */
  lastFailure: DirectUploadError | undefined;

  /**
   * @param answered the hosts that have answered this client before; this budget adds to them
   * @param now milliseconds; for tests
   */
  constructor(
    options: RetryOptions,
    answered: Set<string>,
    now: () => number = () => performance.now(),
  ) {
    this.options = options;
    this.#answered = answered;
    this.#now = now;
  }

  /**
   * How often a request that fails like this is made at most; `undefined` where `outage` is the
   * limit.
   */
  boundAttempts(error: DirectUploadError): number | undefined {
    return this.#sitsOut(error) ? undefined : (this.options.attempts ?? defaultAttempts);
  }

  /** The peer has done what it was asked for. */
  succeed({ host, role }: Peer): void {
    this.#answered.add(host);
    this.#outages.delete(role);
    this.lastFailure = undefined;
  }

  /** Whether the peer has been out of reach since it last answered. */
  isOut({ role }: Peer): boolean {
    return this.#outages.has(role);
  }

  /** Milliseconds for which the peer has been out of reach; `undefined` where it is not. */
  measureOutage({ role }: Pick<Peer, "role">): number | undefined {
    const began = this.#outages.get(role);
    return began === undefined ? undefined : this.#now() - began;
  }

  /**
   * Records a failure that may pass.
   *
   * @returns milliseconds until the next attempt; `undefined` when the budget is spent
   */
  fail(peer: Peer, error: DirectUploadError, failures: Failures): number | undefined {
    this.lastFailure = error;
    const { host, role } = peer;
    // Even an answer such as 503 shows that the address is right.
    if (error.status !== undefined) this.#answered.add(host);
    const isKnown = this.#answered.has(host);
    if (!isOutage(error)) {
      this.#outages.delete(role);
    } else if (!this.#outages.has(role)) {
      this.#outages.set(role, this.#now());
    }
    if (this.#sitsOut(error)) {
      if (!isKnown && isAddressFailure(error) && failures.count >= firstContactAttempts) {
        return undefined;
      }
      return this.#waitOutage(peer, error, failures);
    }
    const attempts = this.options.attempts ?? defaultAttempts;
    const spent = this.options.attempts === undefined ? failures.refusals : failures.count;
    return spent >= attempts || outlastsRetries(error, attempts - spent)
      ? undefined
      : computeDelay(failures.count, this.options, error.retryAfter);
  }

  /**
   * How many rounds of several requests may fail. Each has reached the service, so they are limited
   * by their number and not by the time of an outage.
   */
  get roundLimit(): number {
    return this.options.attempts ?? defaultAttempts;
  }

  /**
   * Records a round that failed.
   *
   * @param count how many rounds have failed
   * @returns milliseconds until the next one; `undefined` when there is none
   */
  failRound(error: DirectUploadError, count: number): number | undefined {
    this.lastFailure = error;
    return count >= this.roundLimit
      ? undefined
      : computeDelay(count, this.options, error.retryAfter);
  }

  #sitsOut(error: DirectUploadError): boolean {
    // `attempts`, where it is given, limits every request.
    return isOutage(error) && this.options.attempts === undefined;
  }

  #waitOutage({ role }: Peer, error: DirectUploadError, { count }: Failures): number | undefined {
    const { outage = defaultOutage } = this.options;
    const began = this.#outages.get(role) ?? this.#now();
    const left = began + outage - this.#now();
    if (left <= 0) return undefined;
    // An idle connection may have been closed meanwhile, which is no sign of an outage.
    if (count === 1 && isConnectionReset(error)) return 0;
    const retryAfter = limitRetryAfter(error.retryAfter);
    // A limit of the caller's own holds, whatever the peer asks for.
    if (this.options.outage !== undefined && retryAfter > left) return undefined;
    // The last attempt is made when the time is over, not before.
    const delay = Math.min(computeDelay(count, this.options), Math.ceil(left));
    return Math.max(delay, retryAfter);
  }
}

/** Whether the peer was not reached, or its answer says that it is out of service. */
function isOutage({ code, status, retryable }: DirectUploadError): boolean {
  if (status !== undefined) return [502, 503, 504].includes(status);
  return code === "network" && retryable;
}
