import { expect, test } from "vitest";
import { stopClock } from "../../../test/clock.ts";
import { createSpeedometer, ProgressMeter, type UploadProgress } from "../src/progress.js";

test("however often the figures change, at most ten events come in any second", () => {
  const clock = stopClock();
  const times: number[] = [];
  const told: UploadProgress[] = [];
  using meter = new ProgressMeter("a.mp4", 1000, (progress) => {
    times.push(Date.now());
    told.push(progress);
  });
  meter.enter("fingerprint");
  for (let step = 1; step <= 500; step++) {
    if (step === 80) meter.enter("upload");
    if (step === 160) meter.enter("finalize");
    if (step === 165) meter.enter("processing");
    meter.update({ acknowledged: step });
    clock.turn(5);
  }
  clock.turn(300);
  const counts = times.map(
    (time) => times.filter((other) => other >= time && other < time + 1000).length,
  );
  expect(Math.max(...counts)).toBeLessThanOrEqual(10);
  // Five in each of the two and a half seconds, at least.
  expect(told.length).toBeGreaterThanOrEqual(12);
  expect(told.at(-1)?.acknowledged).toBe(500);
});

test("speed and time left are smoothed, and follow a change", () => {
  let now = 0;
  const measure = createSpeedometer(() => now);
  expect(measure(0, 1000)).toEqual({ bytesPerSecond: undefined, secondsLeft: undefined });
  for (let second = 1; second <= 5; second++) {
    now = second * 1000;
    expect(measure(second * 10, 1000).bytesPerSecond).toBeCloseTo(10);
  }
  now = 6000;
  const faster = measure(150, 1000);
  expect(faster.bytesPerSecond).toBeGreaterThan(10);
  expect(faster.bytesPerSecond).toBeLessThan(100);
  expect(faster.secondsLeft).toBeCloseTo(850 / (faster.bytesPerSecond ?? 0));
});
