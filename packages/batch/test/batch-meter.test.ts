import type { BatchProgress } from "@clipcourier/core";
import { describe, expect, test } from "vitest";
import { BatchMeter } from "../src/batch-meter.js";

/** A progress event with the given figures; the others are 0. */
function progress(index: number, state: Partial<BatchProgress>): BatchProgress {
  const figures = { size: 100, hashed: 0, acknowledged: 0, reused: 0, inFlight: 0, attempts: 0 };
  return { file: "same.mp4", phase: "upload", ...figures, ...state, index };
}

describe("the amounts", () => {
  test("are 0 at first, and the total is that of all files", () => {
    expect(new BatchMeter([100, 300]).view()).toMatchObject({
      ...{ count: 2, finished: 0, total: 400, read: 0, sent: 0, acknowledged: 0, current: 0 },
      ...{ bytesPerSecond: undefined, secondsLeft: undefined },
    });
  });

  test("add up the latest event of each file, also where names are the same", () => {
    const meter = new BatchMeter([100, 300]);
    meter.update(progress(0, { hashed: 100, acknowledged: 10 }));
    meter.update(progress(0, { hashed: 100, acknowledged: 50, inFlight: 20 }));
    meter.update(progress(1, { hashed: 300, size: 300, acknowledged: 100 }));
    expect(meter.view()).toMatchObject({ total: 400, read: 400, sent: 170, acknowledged: 150 });
  });

  test("count a file that became a clip completely", () => {
    const meter = new BatchMeter([100, 300]);
    meter.update(progress(0, { acknowledged: 40 }));
    meter.finish(0, "clip");
    const whole = { read: 100, sent: 100, acknowledged: 100 };
    expect(meter.view()).toMatchObject({ ...whole, finished: 1, total: 400 });
  });

  test("count of a file that has failed what storage has of it, and nothing more is left of it", () => {
    let time = 0;
    const meter = new BatchMeter([100, 300], () => time);
    meter.update(progress(1, { size: 300 }));
    time = 1_000;
    meter.update(progress(0, { hashed: 100, acknowledged: 40, inFlight: 20 }));
    meter.update(progress(1, { size: 300, acknowledged: 100 }));
    meter.finish(0, "failed");
    const view = meter.view();
    const amounts = { total: 400, sent: 140, acknowledged: 140 };
    expect(view).toMatchObject({ finished: 1, failed: 1, ...amounts });
    expect(view.secondsLeft).toBeCloseTo(200 / (view.bytesPerSecond ?? 0));
  });

  test("count known content completely", () => {
    const meter = new BatchMeter([100]);
    meter.update(progress(0, { phase: "processing", hashed: 100 }));
    expect(meter.view()).toMatchObject({ sent: 100, acknowledged: 100 });
  });

  test("follow a file that has grown since it was found", () => {
    const meter = new BatchMeter([100]);
    meter.update(progress(0, { size: 150, acknowledged: 120 }));
    expect(meter.view()).toMatchObject({ total: 150, sent: 120 });
  });

  test("are 0 for a batch without bytes or files", () => {
    expect(new BatchMeter([0]).view()).toMatchObject({ count: 1, total: 0, phase: "fingerprint" });
    expect(new BatchMeter([]).view()).toMatchObject({ count: 0, total: 0, phase: "done" });
  });
});

describe("the phase", () => {
  test("is fingerprint until something is sent, and again when nothing is", () => {
    const meter = new BatchMeter([100, 100]);
    expect(meter.view().phase).toBe("fingerprint");
    meter.update(progress(0, { phase: "fingerprint", hashed: 60 }));
    expect(meter.view()).toMatchObject({ phase: "fingerprint", current: 60 });
    meter.update(progress(0, { hashed: 100, inFlight: 10 }));
    expect(meter.view()).toMatchObject({ phase: "upload", current: 10 });
    meter.finish(0, "clip");
    // The second file has not begun.
    expect(meter.view()).toMatchObject({ phase: "fingerprint", current: 100 });
  });

  test.each(["finalize", "processing"] as const)("is %s when nothing else is left", (phase) => {
    const meter = new BatchMeter([100, 100]);
    meter.finish(0, "clip");
    meter.update(progress(1, { phase, acknowledged: 100 }));
    expect(meter.view().phase).toBe(phase);
    meter.finish(1, "clip");
    expect(meter.view().phase).toBe("done");
  });

  test("is finalize while some files are finalized and others are awaited", () => {
    const meter = new BatchMeter([100, 100]);
    meter.update(progress(0, { phase: "processing" }));
    meter.update(progress(1, { phase: "finalize" }));
    expect(meter.view().phase).toBe("finalize");
  });
});

describe("the speed", () => {
  function startMeter(size: number) {
    let time = 0;
    const meter = new BatchMeter([size], () => time);
    const update = (at: number, state: Partial<BatchProgress>) => {
      time = at;
      meter.update(progress(0, { size, ...state }));
      return meter.view();
    };
    return { meter, update, turnTo: (at: number) => (time = at) };
  }

  test("is that of what leaves this machine, and what is not acknowledged is left", () => {
    const { update } = startMeter(1_000);
    expect(update(0, {})).toMatchObject({ bytesPerSecond: undefined, secondsLeft: undefined });
    expect(update(1_000, { inFlight: 100 })).toMatchObject({
      bytesPerSecond: 100,
      secondsLeft: 10,
    });
    expect(update(2_000, { acknowledged: 200 })).toMatchObject({
      ...{ bytesPerSecond: 100, secondsLeft: 8 },
    });
  });

  test("does not count the time in which the first file is read", () => {
    const { update } = startMeter(1_000);
    update(0, { phase: "fingerprint" });
    update(60_000, { phase: "fingerprint", hashed: 1_000 });
    update(60_100, { hashed: 1_000 });
    expect(update(61_100, { inFlight: 100 }).bytesPerSecond).toBe(100);
  });

  test("does not count what was in storage already", () => {
    const { update } = startMeter(1_000);
    update(0, {});
    expect(update(1_000, { acknowledged: 900, reused: 900 }).bytesPerSecond).toBe(0);
    const { bytesPerSecond, secondsLeft } = update(2_000, { acknowledged: 950, reused: 900 });
    expect(bytesPerSecond).toBeGreaterThan(0);
    expect(bytesPerSecond).toBeLessThanOrEqual(50);
    expect(secondsLeft).toBeCloseTo(50 / (bytesPerSecond ?? 0));
  });

  test.each(["finalize", "processing"] as const)(
    "and the time left stay while nothing can be sent, in the phase %s",
    (phase) => {
      let time = 0;
      const meter = new BatchMeter([1_000, 1_000], () => time);
      const update = (at: number, index: number, state: Partial<BatchProgress>) => {
        time = at;
        meter.update(progress(index, { size: 1_000, ...state }));
        return meter.view();
      };
      update(0, 0, {});
      update(10_000, 0, { acknowledged: 1_000 });
      update(10_000, 0, { phase, acknowledged: 1_000 });
      // The second file begins when the first is a clip.
      time = 40_000;
      meter.finish(0, "clip");
      const steady = { bytesPerSecond: 100, secondsLeft: 10 };
      expect(meter.view()).toMatchObject(steady);
      update(40_000, 1, { phase: "fingerprint" });
      expect(update(60_000, 1, { phase: "fingerprint", hashed: 1_000 })).toMatchObject(steady);
      expect(update(60_000, 1, {})).toMatchObject(steady);
      expect(update(65_000, 1, { acknowledged: 500 })).toMatchObject({
        ...{ bytesPerSecond: 100, secondsLeft: 5 },
      });
    },
  );

  test("falls while nothing is sent, also without an event", () => {
    const { meter, update, turnTo } = startMeter(1_000);
    update(0, {});
    update(1_000, { inFlight: 100 });
    turnTo(11_000);
    expect(meter.view().bytesPerSecond).toBeLessThan(20);
  });
});

describe("a file that has finished", () => {
  test("is reported with its last event and its times", () => {
    let time = 500;
    const meter = new BatchMeter([100, 100], () => time);
    meter.update(progress(1, { phase: "fingerprint" }));
    time = 2_500;
    const last = progress(1, { phase: "processing", acknowledged: 100 });
    meter.update(last);
    time = 9_500;
    const times = { milliseconds: 9_000, sendingMilliseconds: 2_000 };
    expect(meter.finish(1, "clip")).toEqual({ last, ...times });
  });

  test("took no time where there was no event of it", () => {
    const none = { last: undefined, milliseconds: 0, sendingMilliseconds: 0 };
    expect(new BatchMeter([100]).finish(0, "clip")).toEqual(none);
  });
});
