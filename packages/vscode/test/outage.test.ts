import type { BatchView } from "@clipcourier/batch";
import { DirectUploadError, type RetryEvent } from "@clipcourier/core";
import { beforeEach, expect, test, vi } from "vitest";
import { Outage } from "../src/upload/outage.js";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

const view: BatchView = {
  ...{
    phase: "upload",
    count: 2,
    finished: 0,
    failed: 0,
    total: 100,
    read: 100,
    sent: 20,
    acknowledged: 10,
  },
  ...{ current: 20, waiting: 0, queuePosition: undefined },
  ...{ bytesPerSecond: undefined, secondsLeft: undefined },
};

/** A request that is made again because nothing was reached. */
const failure: RetryEvent = {
  ...{ what: "part 1 of 2", attempt: 2, attempts: undefined, delay: 4_000 },
  reason: new DirectUploadError("network", "The connection failed.", { retryable: true }),
};

function startOutage() {
  const onChange = vi.fn();
  const outage = new Outage(onChange);
  outage.fail(failure, view);
  return { outage, onChange };
}

test("it begins with the second failure of a request", () => {
  const outage = new Outage(() => {});
  outage.fail({ ...failure, attempt: 1 }, view);
  expect(outage.isOn).toBe(false);
  outage.fail(failure, view);
  expect(outage.isOn).toBe(true);
});

test("a refusal is none", () => {
  const outage = new Outage(() => {});
  outage.fail({ ...failure, attempts: 6 }, view);
  expect(outage.isOn).toBe(false);
});

test.each<[string, Partial<BatchView>]>([
  ["storage acknowledges bytes", { acknowledged: 30 }],
  ["a file finishes", { finished: 1 }],
  ["the batch reaches another phase", { phase: "finalize" }],
])("it is over when %s", (_, change) => {
  const { outage } = startOutage();
  // What is on the way is taken back when a request fails.
  outage.update({ ...view, sent: 10, current: 10 });
  expect(outage.isOn).toBe(true);
  outage.update({ ...view, ...change });
  expect(outage.isOn).toBe(false);
});

test("it is over when no other failure follows, and that is reported", () => {
  const { outage, onChange } = startOutage();
  vi.advanceTimersByTime(18_000);
  outage.fail(failure, view);
  vi.advanceTimersByTime(18_000);
  expect(outage.isOn).toBe(true);
  expect(onChange).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(1_000);
  expect(outage.isOn).toBe(false);
  expect(onChange).toHaveBeenCalledTimes(3);
});

test("nothing is reported after its end", () => {
  const { outage, onChange } = startOutage();
  outage[Symbol.dispose]();
  vi.runAllTimers();
  expect(outage.isOn).toBe(false);
  expect(onChange).toHaveBeenCalledTimes(1);
});
