import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createSpeedometer, ProgressMeter, type UploadProgress } from "../src/progress.js";

test("however often the figures change, at most ten events come in any second", async () => {
  const times: number[] = [];
  const told: UploadProgress[] = [];
  using meter = new ProgressMeter("a.mp4", 1000, (progress) => {
    times.push(performance.now());
    told.push(progress);
  });
  meter.enter("fingerprint");
  for (let step = 1; step <= 250; step++) {
    if (step === 80) meter.enter("upload");
    if (step === 160) meter.enter("finalize");
    meter.update({ acknowledged: step });
    await sleep(5);
  }
  await sleep(300);
  for (const [index, time] of times.entries()) {
    const within = times.slice(index).filter((other) => other < time + 1000);
    expect(within.length).toBeLessThanOrEqual(10);
  }
  expect(told.at(-1)?.acknowledged).toBe(250);
  expect(told.length).toBeGreaterThan(4);
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
