import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DirectUploadError } from "../src/errors.js";
import { pause, retry } from "../src/http/retry.js";
import { RetryBudget } from "../src/http/retry-budget.js";
import type { RetryEvent, RetryOptions } from "../src/http/retry-options.js";
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
  [" ", undefined],
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

  test("leaves a failure to the caller as it is, once it is final", async () => {
    let calls = 0;
    const forbidden = new DirectUploadError("forbidden", "no");
    const failing = retry({ what: "x", peer, budget: createBudget() }, async () => {
      throw ++calls === 1 ? passing() : forbidden;
    });
    await expect(failing).rejects.toBe(forbidden);
    const broken = passing();
    const isFinal = (_: DirectUploadError, attempt: number) => attempt === 1;
    const left = retry({ what: "x", peer, budget: createBudget(), isFinal }, async () => {
      throw broken;
    });
    await expect(left).rejects.toBe(broken);
    const budget = createBudget({ attempts: 1 });
    const single = retry({ what: "x", peer, budget }, () => Promise.reject(broken));
    await expect(single).rejects.toBe(broken);
  });

  test("counts on from what has failed before", async () => {
    const numbers: number[] = [];
    await retry({ what: "x", peer, budget: createBudget(), failed: 2 }, async (attempt) => {
      numbers.push(attempt);
      if (attempt === 3) throw passing();
    });
    expect(numbers).toEqual([3, 4]);
  });

  test("what fails in an outage is none of the six refusals, and success ends the outage", async () => {
    const budget = createBudget({ ...quick, outage: 86_400_000 });
    let calls = 0;
    await retry({ what: "x", peer, budget }, async () => {
      calls++;
      if (calls <= 7) throw outOfReach();
      if (calls === 8) throw passing();
      if (calls === 9) throw outOfReach();
    });
    expect([calls, budget.isOut(peer)]).toEqual([10, false]);
    const refused = retry({ what: "x", peer, budget }, async (attempt) => {
      // More than there should be ends it, too.
      throw attempt > 20 ? new RangeError("too many") : passing();
    });
    await expect(refused).rejects.toThrow("broken (x: tried 6 times)");
  });

  test("says for how long an outage was waited for, and keeps what is known of the last failure", async () => {
    const clock = { now: 0 };
    const budget = createBudget({ ...quick, outage: 5000 }, [peer.host], () => clock.now);
    const facts = { status: 503, retryable: true, retryAfter: 1, requestId: "id" };
    const failing = retry({ what: "x", peer, budget }, async () => {
      clock.now += 3000;
      throw new DirectUploadError("server_error", "away", { ...facts, cause: "why" });
    });
    await expect(failing).rejects.toMatchObject({
      ...facts,
      code: "server_error",
      message: "away (x: tried 3 times in 6 s)",
      cause: "why",
    });
  });

  test("an abort during an attempt is no failure to try again", async () => {
    const controller = new AbortController();
    const events: RetryEvent[] = [];
    const context = { what: "x", peer, budget: createBudget(), signal: controller.signal };
    const failing = retry({ ...context, onRetry: (event) => events.push(event) }, async () => {
      controller.abort();
      throw passing();
    });
    await expect(failing).rejects.toMatchObject({ code: "aborted" });
    expect(events).toEqual([]);
  });

  test("pauses until the time is over or the signal says so", async () => {
    const first = await Promise.race([
      pause(300).then(() => "the pause"),
      sleep(1).then(() => "a timer that began later and is shorter"),
    ]);
    expect(first).toMatch("shorter");
    const controller = new AbortController();
    const pausing = pause(86_400_000, controller.signal);
    controller.abort();
    await expect(pausing).rejects.toMatchObject({ code: "aborted" });
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
