import type { BatchProgress } from "@clipcourier/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BatchMeter } from "../src/batch-meter.js";

/** How far a file is, of which nothing has happened but what is given. */
function progress(index: number, state: Partial<BatchProgress>): BatchProgress {
  const figures = { size: 100, hashed: 0, acknowledged: 0, reused: 0, inFlight: 0, attempts: 0 };
  return { file: "same.mp4", phase: "upload", ...figures, ...state, index };
}

describe("what is acknowledged", () => {
  test("is nothing at first, of all files together", () => {
    const view = new BatchMeter([100, 300]).view();
    expect(view).toMatchObject({ file: 1, count: 2, acknowledged: 0, total: 400, percent: 0 });
    expect(view).toMatchObject({ isSending: false, isProcessing: false });
  });

  test("is summed up, the latest figure of each file, also where names are the same", () => {
    const meter = new BatchMeter([100, 300]);
    meter.update(progress(0, { acknowledged: 10 }));
    meter.update(progress(0, { acknowledged: 50 }));
    meter.update(progress(1, { acknowledged: 100 }));
    expect(meter.view()).toMatchObject({ acknowledged: 150, total: 400, percent: 37 });
  });

  test("does not count what is in flight", () => {
    const meter = new BatchMeter([100]);
    meter.update(progress(0, { acknowledged: 20, inFlight: 80 }));
    expect(meter.view()).toMatchObject({ acknowledged: 20, percent: 20, isSending: true });
  });

  test("is the whole of a file that has ended, and never more than all", () => {
    const meter = new BatchMeter([100, 300]);
    meter.update(progress(0, { acknowledged: 40 }));
    meter.end(0);
    expect(meter.view()).toMatchObject({ file: 2, acknowledged: 100, percent: 25 });
    meter.end(1);
    expect(meter.view()).toMatchObject({ file: 2, acknowledged: 400, percent: 100 });
  });

  test("is nothing of a batch without bytes or files", () => {
    expect(new BatchMeter([0]).view()).toMatchObject({ file: 1, count: 1, total: 0, percent: 0 });
    expect(new BatchMeter([]).view()).toMatchObject({ file: 0, count: 0, total: 0, percent: 0 });
  });
});

describe("what a batch is about", () => {
  test("is reading until something leaves this machine", () => {
    const meter = new BatchMeter([100]);
    meter.update(progress(0, { phase: "fingerprint", hashed: 100 }));
    expect(meter.view().isSending).toBe(false);
    // What was there already has not been sent.
    meter.update(progress(0, { acknowledged: 60, reused: 60 }));
    expect(meter.view().isSending).toBe(false);
    meter.update(progress(0, { acknowledged: 60, reused: 60, inFlight: 1 }));
    expect(meter.view().isSending).toBe(true);
  });

  test.each(["finalize", "processing"] as const)("is the service's work in %s", (phase) => {
    const meter = new BatchMeter([100, 100]);
    meter.end(0);
    meter.update(progress(1, { phase, acknowledged: 100 }));
    expect(meter.view().isProcessing).toBe(true);
    meter.end(1);
    expect(meter.view().isProcessing).toBe(false);
  });

  test("is not the service's work while any file is read, is sent or has not begun", () => {
    const meter = new BatchMeter([100, 100]);
    meter.update(progress(0, { phase: "processing", acknowledged: 100 }));
    expect(meter.view().isProcessing).toBe(false);
    meter.update(progress(1, { phase: "fingerprint" }));
    expect(meter.view().isProcessing).toBe(false);
    meter.update(progress(1, { phase: "upload", inFlight: 100 }));
    expect(meter.view().isProcessing).toBe(false);
  });
});

describe("the speed", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("is that of what leaves this machine, acknowledged or not", () => {
    const meter = new BatchMeter([1_000]);
    expect(meter.view()).toMatchObject({ bytesPerSecond: undefined, secondsLeft: undefined });
    vi.advanceTimersByTime(1_000);
    meter.update(progress(0, { inFlight: 100 }));
    // What is in flight is not there yet, so that the whole is left.
    expect(meter.view()).toMatchObject({ bytesPerSecond: 100, secondsLeft: 10 });
    vi.advanceTimersByTime(1_000);
    meter.update(progress(0, { acknowledged: 200 }));
    expect(meter.view()).toMatchObject({ bytesPerSecond: 100, secondsLeft: 8 });
  });

  test("has no part in what was in storage already", () => {
    const meter = new BatchMeter([1_000]);
    meter.view();
    vi.advanceTimersByTime(1_000);
    meter.update(progress(0, { acknowledged: 900, reused: 900 }));
    expect(meter.view().bytesPerSecond).toBe(0);
    vi.advanceTimersByTime(1_000);
    meter.update(progress(0, { acknowledged: 950, reused: 900 }));
    const { bytesPerSecond, secondsLeft } = meter.view();
    expect(bytesPerSecond).toBeGreaterThan(0);
    expect(bytesPerSecond).toBeLessThanOrEqual(50);
    expect(secondsLeft).toBeCloseTo(50 / (bytesPerSecond ?? 0));
  });
});
