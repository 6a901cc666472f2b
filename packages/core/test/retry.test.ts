import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DirectUploadError } from "../src/errors.js";
import {
  computeDelay,
  isRetryableStatus,
  parseRetryAfter,
  type RetryEvent,
  retry,
} from "../src/retry.js";

const passing = () => new DirectUploadError("network", "broken", { retryable: true });
const quick = { minDelay: 1, maxDelay: 2 };

describe("computeDelay", () => {
  test("lies between nothing and the doubled bound, and never beyond the longest", () => {
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

test("408, 429, 500, 502, 503 and 504 are worth another try, refusals are not", () => {
  const statuses = [200, 301, 400, 401, 403, 404, 408, 409, 413, 429, 500, 501, 502, 503, 504];
  expect(statuses.filter(isRetryableStatus)).toEqual([408, 429, 500, 502, 503, 504]);
});

describe("retry", () => {
  test("tries until it works, and tells each failure with its reason", async () => {
    const events: RetryEvent[] = [];
    let calls = 0;
    const result = await retry(
      { what: "part 1 of 1", retry: quick, onRetry: (event) => events.push(event) },
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
    expect(events[0]?.reason.code).toBe("network");
  });

  test("gives up after the allowed attempts and says how many there were", async () => {
    let calls = 0;
    const failing = retry({ what: "part 1 of 1", retry: { ...quick, attempts: 3 } }, async () => {
      calls++;
      throw passing();
    });
    await expect(failing).rejects.toThrow("broken (part 1 of 1: tried 3 times)");
    expect(calls).toBe(3);
  });

  test("does not retry what is not retryable", async () => {
    let calls = 0;
    const failing = retry({ what: "x", retry: quick }, async () => {
      calls++;
      throw new DirectUploadError("forbidden", "no");
    });
    await expect(failing).rejects.toMatchObject({ code: "forbidden" });
    expect(calls).toBe(1);
  });

  test("an abort ends the wait between two tries at once", async () => {
    const controller = new AbortController();
    const start = performance.now();
    const waiting = retry(
      {
        what: "x",
        retry: { minDelay: 60_000, maxDelay: 60_000 },
        signal: controller.signal,
        onRetry: () => setTimeout(() => controller.abort(), 10),
      },
      async () => {
        throw new DirectUploadError("rate_limited", "slow", {
          retryable: true,
          retryAfter: 60_000,
        });
      },
    );
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});
