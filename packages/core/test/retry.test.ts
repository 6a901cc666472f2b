import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DirectUploadError } from "../src/errors.js";
import { retry } from "../src/http/retry.js";
import { RetryBudget } from "../src/http/retry-budget.js";
import {
  checkRetryOptions,
  type RetryEvent,
  type RetryOptions,
} from "../src/http/retry-options.js";
import { computeDelay, isRetryableStatus, parseRetryAfter } from "../src/http/retry-timing.js";

const peer = { host: "clips.example.com", role: "service" } as const;
const quick = { minDelay: 1, maxDelay: 2 };
const passing = () =>
  new DirectUploadError("server_error", "broken", { status: 500, retryable: true });

function outOfReach(code = "ECONNRESET") {
  const cause = Object.assign(new Error(code), { code });
  return new DirectUploadError("network", `no connection (${code})`, { retryable: true, cause });
}

function createBudget(options: RetryOptions = quick, known = [peer.host], now?: () => number) {
  return new RetryBudget(options, new Set(known), now);
}

describe("computeDelay", () => {
  test("is between 0 and the doubled bound, and never more than the longest", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const delay = computeDelay(attempt, { minDelay: 100, maxDelay: 5000 }, 0, random);
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(Math.min(5000, 100 * 2 ** (attempt - 1)));
        },
      ),
    );
  });

  test("is at least what the peer asked for, up to two minutes", () => {
    expect(computeDelay(1, {}, 3000, 0)).toBe(3000);
    expect(computeDelay(1, {}, 86_400_000, 0)).toBe(120_000);
  });
});

test.each([
  ["7", 7000],
  ["0", 0],
  ["Wed, 21 Oct 2026 07:28:10 GMT", 10_000],
  ["Wed, 21 Oct 2026 07:27:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
  [undefined, undefined],
])("Retry-After %j asks for %j ms", (value, expected) => {
  expect(parseRetryAfter(value, Date.parse("Wed, 21 Oct 2026 07:28:00 GMT"))).toBe(expected);
});

test("408, 429, 500, 502, 503 and 504 are tried again, refusals are not", () => {
  const statuses = [200, 301, 400, 401, 403, 404, 408, 409, 413, 429, 500, 501, 502, 503, 504];
  expect(statuses.filter(isRetryableStatus)).toEqual([408, 429, 500, 502, 503, 504]);
});

describe("retry", () => {
  test("tries until it works, and reports each failure with its reason", async () => {
    const events: RetryEvent[] = [];
    let calls = 0;
    const result = await retry(
      { what: "part 1 of 1", peer, budget: createBudget(), onRetry: (event) => events.push(event) },
      async () => {
        calls++;
        if (calls < 3) throw passing();
        return calls;
      },
    );
    expect(result).toBe(3);
    expect(events.map(({ attempt, attempts, what }) => [attempt, attempts, what])).toEqual([
      [1, 6, "part 1 of 1"],
      [2, 6, "part 1 of 1"],
    ]);
    expect(events[0]?.reason.code).toBe("server_error");
  });

  test("gives up after the allowed attempts and says how many there were", async () => {
    let calls = 0;
    const failing = retry(
      { what: "part 1 of 1", peer, budget: createBudget({ ...quick, attempts: 3 }) },
      async () => {
        calls++;
        throw passing();
      },
    );
    await expect(failing).rejects.toThrow("broken (part 1 of 1: tried 3 times)");
    expect(calls).toBe(3);
  });

  test("does not retry what is not retryable", async () => {
    let calls = 0;
    const failing = retry({ what: "x", peer, budget: createBudget() }, async () => {
      calls++;
      throw new DirectUploadError("forbidden", "no");
    });
    await expect(failing).rejects.toMatchObject({ code: "forbidden" });
    expect(calls).toBe(1);
  });

  test("an abort ends the wait between two tries", async () => {
    const controller = new AbortController();
    const waiting = retry(
      {
        ...{ what: "x", peer, signal: controller.signal },
        budget: createBudget({ minDelay: 86_400_000, maxDelay: 86_400_000 }),
        onRetry: () => controller.abort(),
      },
      async () => {
        throw new DirectUploadError("rate_limited", "slow", {
          retryable: true,
          retryAfter: 86_400_000,
        });
      },
    );
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
  });
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
    const clock = { now: 1000 };
    const count = tryUntilGivenUp(
      createBudget({}, [peer.host], () => clock.now),
      error,
      clock,
    );
    expect(clock.now - 1000).toBe(60_000);
    expect(count).toBeGreaterThan(5);
  });

  test("lasts as long as the caller allows", () => {
    const clock = { now: 0 };
    tryUntilGivenUp(
      createBudget({ outage: 600_000 }, [peer.host], () => clock.now),
      outOfReach(),
      clock,
    );
    expect(clock.now).toBe(600_000);
    expect(createBudget({ outage: 0 }).fail(peer, outOfReach(), { count: 1, refusals: 0 })).toBe(
      undefined,
    );
  });

  test("is one for all requests of an upload, and over when the peer has answered", () => {
    const clock = { now: 0 };
    const budget = createBudget({}, [peer.host], () => clock.now);
    budget.fail(peer, outOfReach(), { count: 2, refusals: 0 });
    clock.now = 59_000;
    expect(budget.fail(peer, outOfReach(), { count: 1, refusals: 0 })).toBeLessThanOrEqual(1000);
    budget.succeed(peer);
    expect(budget.isOut(peer)).toBe(false);
    clock.now = 100_000;
    expect(budget.fail(peer, outOfReach(), { count: 2, refusals: 0 })).toBeDefined();
    clock.now = 160_000;
    expect(budget.fail(peer, outOfReach(), { count: 3, refusals: 0 })).toBe(undefined);
  });

  test("is one of the service or one of the storage, also where they share a host", () => {
    const budget = createBudget({});
    const storage = { ...peer, role: "storage" } as const;
    budget.fail(storage, outOfReach(), { count: 1, refusals: 0 });
    budget.succeed(peer);
    expect([budget.isOut(storage), budget.isOut(peer)]).toEqual([true, false]);
  });

  test.each(["ENOTFOUND", "ECONNREFUSED"])(
    "is not what %s means at first contact: three attempts",
    (code) => {
      const clock = { now: 0 };
      const budget = createBudget({}, [], () => clock.now);
      expect(tryUntilGivenUp(budget, outOfReach(code), clock)).toBe(3);
      expect(clock.now).toBeLessThanOrEqual(750);
    },
  );

  test("is waited for where the only answer so far was a 503", () => {
    const clock = { now: 0 };
    const budget = createBudget({}, [], () => clock.now);
    const busy = new DirectUploadError("server_error", "503", { status: 503, retryable: true });
    budget.fail(peer, busy, { count: 1, refusals: 0 });
    tryUntilGivenUp(budget, outOfReach("ECONNREFUSED"), clock);
    expect(clock.now).toBe(60_000);
  });

  test("is limited by attempts, where they are given", () => {
    const clock = { now: 0 };
    const budget = createBudget({ attempts: 2 }, [peer.host], () => clock.now);
    expect(tryUntilGivenUp(budget, outOfReach(), clock)).toBe(2);
  });

  test("is not assumed at the first reset, since an idle connection may have been closed", () => {
    expect(createBudget({}).fail(peer, outOfReach(), { count: 1, refusals: 0 })).toBe(0);
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
