import { expect, test, vi } from "vitest";
import { createThrottle } from "../src/parts/throttle.js";

const pauses: number[] = [];
vi.mock("../src/http/retry.js", () => ({
  async pause(milliseconds: number) {
    pauses.push(milliseconds);
  },
}));

test("all that share a limit are let through at its speed, and time that was not used is lost", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const pace = createThrottle(1000);
  for (const bytes of [500, 250, 250]) await pace(bytes);
  expect(pauses).toEqual([500, 750]);
  vi.advanceTimersByTime(900);
  await pace(1000);
  expect(pauses).toEqual([500, 750, 100]);
  vi.advanceTimersByTime(60_000);
  for (const bytes of [1000, 1000]) await pace(bytes);
  expect(pauses).toEqual([500, 750, 100, 1000]);
  vi.useRealTimers();
});
