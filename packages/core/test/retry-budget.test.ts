import { describe, expect, test } from "vitest";
import { DirectUploadError } from "../src/errors.js";
import { RetryBudget } from "../src/http/retry-budget.js";
import { checkRetryOptions, type RetryOptions } from "../src/http/retry-options.js";
import { outlastsRetries } from "../src/http/retry-timing.js";

const peer = { host: "clips.example.com", role: "service" } as const;
const first = { count: 1, refusals: 1 };

function fails(status: number | undefined, retryAfter?: number) {
  const code = status === undefined ? "network" : "server_error";
  return new DirectUploadError(code, "broken", { status, retryable: true, retryAfter });
}

function outOfReach(code = "ECONNRESET") {
  const cause = Object.assign(new Error(code), { code });
  return new DirectUploadError("network", `no connection (${code})`, { retryable: true, cause });
}

/** A budget on a clock that the test turns. */
function createBudget(options: RetryOptions = {}, known: Set<string> = new Set([peer.host])) {
  const clock = { now: 1000 };
  return { clock, budget: new RetryBudget(options, known, () => clock.now) };
}

test("a host that has answered is remembered, and an outage of it is waited for", () => {
  const known = new Set<string>();
  const refused = outOfReach("ECONNREFUSED");
  const third = { count: 3, refusals: 0 };
  expect(createBudget({}, known).budget.fail(peer, refused, third)).toBe(undefined);
  createBudget({}, known).budget.succeed(peer);
  expect([...known]).toEqual([peer.host]);
  expect(createBudget({}, known).budget.fail(peer, refused, third)).toBeDefined();
});

test("an outage is measured from its first failure, and ends with any other answer", () => {
  const { budget, clock } = createBudget();
  expect(budget.measureOutage(peer)).toBe(undefined);
  budget.fail(peer, fails(undefined), first);
  clock.now += 2500;
  budget.fail(peer, fails(503), { count: 2, refusals: 0 });
  expect(budget.measureOutage(peer)).toBe(2500);
  budget.fail(peer, fails(500), { count: 3, refusals: 1 });
  expect([budget.isOut(peer), budget.measureOutage(peer)]).toEqual([false, undefined]);
});

test("no connection, 502, 503 and 504 are an outage, whose attempts nothing bounds", () => {
  const { budget } = createBudget();
  const bounds = [undefined, 502, 503, 504, 408, 429, 500].map((status) =>
    budget.boundAttempts(fails(status)),
  );
  expect(bounds).toEqual([undefined, undefined, undefined, undefined, 6, 6, 6]);
  const unreadable = new DirectUploadError("source_unreadable", "no bytes", { retryable: true });
  expect(budget.boundAttempts(unreadable)).toBe(6);
  const untrusted = new DirectUploadError("network", "unknown certificate");
  expect(budget.boundAttempts(untrusted)).toBe(6);
});

test("a wait that Retry-After asks for counts as part of an outage that the caller limits", () => {
  const failAfter = (outage: number | undefined, retryAfter: number) =>
    createBudget({ outage, minDelay: 0 }).budget.fail(peer, fails(503, retryAfter), first);
  expect(failAfter(10_000, 10_000)).toBe(10_000);
  expect(failAfter(10_000, 10_001)).toBe(undefined);
  // The usual minute is nobody's wish: what the peer says is better known.
  expect(failAfter(undefined, 90_000)).toBe(90_000);
});

test("a 429 that asks for more than all attempts that are left would wait is final", () => {
  const limited = (retryAfter: number) => ({ status: 429, retryAfter });
  expect(outlastsRetries(limited(240_000), 2)).toBe(false);
  expect(outlastsRetries(limited(240_001), 2)).toBe(true);
  expect(outlastsRetries({ status: 500, retryAfter: 240_001 }, 2)).toBe(false);
  const { budget } = createBudget({ attempts: 3, minDelay: 0 });
  expect(budget.fail(peer, fails(429, 240_000), first)).toBe(120_000);
  expect(budget.fail(peer, fails(429, 240_001), first)).toBe(undefined);
  expect(budget.fail(peer, fails(429, 120_001), { count: 2, refusals: 2 })).toBe(undefined);
});

test("rounds are bounded by their number: six, or the attempts that are allowed", () => {
  const { budget } = createBudget({ minDelay: 0 });
  const error = fails(500);
  expect([budget.failRound(error, 5), budget.failRound(error, 6)]).toEqual([0, undefined]);
  expect(budget.lastFailure).toBe(error);
  const { budget: bounded } = createBudget({ attempts: 2, minDelay: 0 });
  expect([bounded.failRound(error, 1), bounded.failRound(error, 2)]).toEqual([0, undefined]);
});

test("0 is allowed for an outage and for delays", () => {
  expect(() => checkRetryOptions({ outage: 0, minDelay: 0, maxDelay: 0 })).not.toThrow();
});

describe("an outage", () => {
  /**
   * Fails until the budget is spent, on a clock that the delays turn. Gives the number of attempts.
   */
  function tryUntilGivenUp(budget: RetryBudget, error: DirectUploadError, clock: { now: number }) {
    let count = 0;
    for (;;) {
      count++;
      const delay = budget.fail(peer, error, { count, refusals: 0 });
      if (delay === undefined) return count;
      clock.now += delay;
    }
  }

  test.each([
    outOfReach(),
    new DirectUploadError("server_error", "503", { status: 503, retryable: true }),
  ])("is waited for, a minute by default: %s", (error) => {
    const { budget, clock } = createBudget();
    const count = tryUntilGivenUp(budget, error, clock);
    expect(clock.now - 1000).toBe(60_000);
    expect(count).toBeGreaterThan(5);
  });

  test("lasts as long as the caller allows", () => {
    const { budget, clock } = createBudget({ outage: 600_000 });
    tryUntilGivenUp(budget, outOfReach(), clock);
    expect(clock.now - 1000).toBe(600_000);
    const { budget: none } = createBudget({ outage: 0 });
    expect(none.fail(peer, outOfReach(), { count: 1, refusals: 0 })).toBe(undefined);
  });

  test("is one for all requests of an upload, and over when the peer has answered", () => {
    const { budget, clock } = createBudget();
    budget.fail(peer, outOfReach(), { count: 2, refusals: 0 });
    clock.now += 59_000;
    expect(budget.fail(peer, outOfReach(), { count: 1, refusals: 0 })).toBeLessThanOrEqual(1000);
    budget.succeed(peer);
    expect(budget.isOut(peer)).toBe(false);
    clock.now = 100_000;
    expect(budget.fail(peer, outOfReach(), { count: 2, refusals: 0 })).toBeDefined();
    clock.now = 160_000;
    expect(budget.fail(peer, outOfReach(), { count: 3, refusals: 0 })).toBe(undefined);
  });

  test("is one of the service or one of the storage, also where they share a host", () => {
    const { budget } = createBudget();
    const storage = { ...peer, role: "storage" } as const;
    budget.fail(storage, outOfReach(), { count: 1, refusals: 0 });
    budget.succeed(peer);
    expect([budget.isOut(storage), budget.isOut(peer)]).toEqual([true, false]);
  });

  test.each(["ENOTFOUND", "ECONNREFUSED"])(
    "is not what %s means at first contact: three attempts",
    (code) => {
      const { budget, clock } = createBudget({}, new Set());
      expect(tryUntilGivenUp(budget, outOfReach(code), clock)).toBe(3);
      expect(clock.now - 1000).toBeLessThanOrEqual(750);
    },
  );

  test("is waited for where the only answer so far was a 503", () => {
    const { budget, clock } = createBudget({}, new Set());
    const busy = new DirectUploadError("server_error", "503", { status: 503, retryable: true });
    budget.fail(peer, busy, { count: 1, refusals: 0 });
    tryUntilGivenUp(budget, outOfReach("ECONNREFUSED"), clock);
    expect(clock.now - 1000).toBe(60_000);
  });

  test("is limited by attempts, where they are given", () => {
    const { budget, clock } = createBudget({ attempts: 2 });
    expect(tryUntilGivenUp(budget, outOfReach(), clock)).toBe(2);
  });

  test("is not assumed at the first reset, since an idle connection may have been closed", () => {
    const { budget } = createBudget();
    expect(budget.fail(peer, outOfReach(), { count: 1, refusals: 0 })).toBe(0);
  });
});

test.each([
  [{ attempts: Number.NaN }, "retry.attempts"],
  [{ attempts: 0 }, "retry.attempts"],
  [{ attempts: -1 }, "retry.attempts"],
  [{ attempts: 1.5 }, "retry.attempts"],
  [{ attempts: Number.POSITIVE_INFINITY }, "retry.attempts"],
  [{ outage: Number.NaN }, "retry.outage"],
  [{ outage: -1 }, "retry.outage"],
  [{ minDelay: Number.POSITIVE_INFINITY }, "retry.minDelay"],
  [{ maxDelay: -5 }, "retry.maxDelay"],
])("%j is refused by name", (options, name) => {
  expect(() => checkRetryOptions(options)).toThrow(name);
});
