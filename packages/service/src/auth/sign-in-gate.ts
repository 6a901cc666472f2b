import { createHash, createHmac, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import PQueue from "p-queue";
import type { Logger } from "pino";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { HttpError } from "../http-error.js";
import type { Limits } from "../limits/limits.js";
import type { LogThrottle } from "../limits/log-throttle.js";

// Secrets that have signed in, of which the last ones are remembered.
const maxRemembered = 10_000;
const unknownAddress = "unknown";

/** Who asks to sign in. */
export interface Caller {
  /** Of `ClientAddresses`; `null` where it is unknown. */
  address: string | null;
  /** Aborted when the client has gone. */
  signal: AbortSignal;
}

/** A sign-in with a secret. */
export interface Attempt extends Caller {
  kind: "app" | "user";
  /** An app id or a username. */
  name: string;
  secret: string;
}

/** Why a sign-in is refused, for the log. */
interface Refusal {
  reason: string;
  app?: string;
}

export interface SignInGateOptions {
  limits: Limits;
  logger: Logger;
  throttle: LogThrottle;
}

/**
 * Lets sign-ins through in numbers that the service can bear. Checking a secret is slow on purpose,
 * and takes a thread that would otherwise read files.
 *
 * Secrets that have signed in since the start are let through before all others: whoever floods the
 * service from the same address, or with the same app id, cannot keep their owners out. They are
 * remembered only as hashes with a key of this process, and still checked each time.
 */
export class SignInGate {
  readonly #perAddress: RateLimiterMemory;
  readonly #failures: RateLimiterMemory;
  readonly #checks: PQueue;
  readonly #maxWaiting: number;
  /** Milliseconds. */
  readonly #refusalDelay: number;
  readonly #key = randomBytes(32);
  readonly #remembered = new Set<string>();
  readonly #logger: Logger;
  readonly #throttle: LogThrottle;

  constructor({ limits, logger, throttle }: SignInGateOptions) {
    const { signInBurst, signInRate } = limits;
    this.#perAddress = new RateLimiterMemory({
      points: signInBurst,
      // At most what a timer of Node can wait.
      duration: Math.min(signInBurst / signInRate, 2_000_000),
    });
    this.#failures = new RateLimiterMemory({ points: limits.failedSignIns, duration: 60 });
    this.#checks = new PQueue({ concurrency: limits.secretChecks });
    this.#maxWaiting = limits.waitingSignIns;
    this.#refusalDelay = limits.refusalDelay * 1000;
    this.#logger = logger;
    this.#throttle = throttle;
  }

  /** Counts a sign-in of an address. Throws 429. */
  async admit(caller: Caller): Promise<void> {
    const left = await consume(this.#perAddress, caller.address ?? unknownAddress);
    if (left === null) return;
    const answer = tooMany("Too many sign-ins from this address", left);
    await this.#refuse(caller, { reason: "too many from this address" }, answer);
  }

  /**
   * The account that `verify` finds, `null` where it finds none. Throws 429 for too many sign-ins
   * and 503 where too many wait.
   */
  async check(attempt: Attempt, verify: () => Promise<string | null>): Promise<string | null> {
    const mark = this.#markOf(attempt);
    const isKnown = this.#remembered.has(mark);
    if (!isKnown) await this.admit(attempt);
    const run = () => this.#runInTurn(attempt, isKnown, verify);
    const account = isKnown ? await run() : await this.#countFailure(attempt, run);
    this.#remembered.delete(mark);
    if (account === null) this.#log(attempt.address, { ...appOf(attempt), reason: "wrong" });
    else this.#remember(mark);
    return account;
  }

  /** Counts a failure in advance, and takes it back unless the secret turns out to be wrong. */
  async #countFailure(attempt: Attempt, run: () => Promise<string | null>): Promise<string | null> {
    const key = nameKey(attempt);
    const left = await consume(this.#failures, key);
    if (left !== null) {
      const facts = { ...appOf(attempt), reason: `too many with this ${attempt.kind}` };
      const answer = tooMany(`Too many failed sign-ins with this ${attempt.kind}`, left);
      return this.#refuse(attempt, facts, answer);
    }
    let isWrong = false;
    try {
      const account = await run();
      isWrong = account === null;
      return account;
    } finally {
      if (!isWrong) await this.#failures.reward(key);
    }
  }

  #runInTurn(
    attempt: Attempt,
    isKnown: boolean,
    verify: () => Promise<string | null>,
  ): Promise<string | null> {
    const { signal } = attempt;
    const priority = isKnown ? 1 : 0;
    if (this.#checks.sizeBy({ priority }) >= this.#maxWaiting) {
      const message = "Too many sign-ins are waiting. Try again in a moment.";
      const answer = new HttpError(503, message, { "Retry-After": "2" });
      return this.#refuse(attempt, { reason: "too many are waiting" }, answer);
    }
    // The signal is not given to the queue, which would start the next check while this one runs.
    const run = async () => {
      // Not the signal's reason: Node's adapter gives a text there, which is no error.
      if (signal.aborted) throw new Error("The client has gone.");
      return verify();
    };
    return this.#checks.add(run, { priority });
  }

  /** Throws the answer after a delay: a client that never waits could keep the service busy else. */
  async #refuse(caller: Caller, facts: Refusal, answer: HttpError): Promise<never> {
    this.#log(caller.address, facts);
    const { signal } = caller;
    await sleep(this.#refusalDelay, undefined, { signal }).catch(() => {});
    throw answer;
  }

  #remember(mark: string): void {
    this.#remembered.add(mark);
    const [oldest] = this.#remembered;
    if (this.#remembered.size > maxRemembered && oldest) this.#remembered.delete(oldest);
  }

  #markOf({ kind, name, secret }: Attempt): string {
    const text = JSON.stringify([kind, name, secret]);
    return createHmac("sha256", this.#key).update(text).digest("base64");
  }

  #log(address: string | null, facts: Refusal): void {
    this.#throttle.write(`${address} ${facts.reason}`, (suppressed) => {
      this.#logger.warn({ address, ...facts, suppressed }, "sign-in refused");
    });
  }
}

/** Milliseconds until the next point where there is none left, or else `null`. */
async function consume(limiter: RateLimiterMemory, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (error) {
    if (error instanceof RateLimiterRes) return error.msBeforeNext;
    throw error;
  }
}

function tooMany(what: string, milliseconds: number): HttpError {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  return new HttpError(429, `${what}. Try again in ${seconds} s.`, {
    "Retry-After": String(seconds),
  });
}

/** Hashed, because a name that somebody made up can be of any length. */
function nameKey({ kind, name }: Attempt): string {
  return createHash("sha256").update(`${kind}:${name}`).digest("base64");
}

/** Usernames are not logged: people type their password there. */
function appOf({ kind, name }: Attempt): { app?: string } {
  return kind === "app" ? { app: name.slice(0, 64) } : {};
}
