import { onTestFinished, vi } from "vitest";

/** A clock that stands still until the test turns it. */
export interface Clock {
  /** Turns it by so many milliseconds: the timers that are due then fire. */
  turn(milliseconds: number): void;
}

/**
 * Stops `Date` and the timers of `setTimeout` in this process until the test is over. Sockets, files
 * and the timers of `node:timers/promises` go on.
 *
 * @param timers `false` stops `Date` alone: the service's HTTP server needs its timers to refuse a
 *   request
 */
export function stopClock({ timers = true } = {}): Clock {
  vi.useFakeTimers({ toFake: timers ? ["setTimeout", "clearTimeout", "Date"] : ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  return { turn: (milliseconds) => void vi.advanceTimersByTime(milliseconds) };
}

/**
 * Lets `Date.now()` run ahead in this process until the test is over: each look finds it 200 ms
 * later, so that nothing is kept back in order to be told later.
 */
export function rushClock(): void {
  let time = Date.now();
  const now = vi.spyOn(Date, "now").mockImplementation(() => {
    time += 200;
    return time;
  });
  onTestFinished(() => now.mockRestore());
}
