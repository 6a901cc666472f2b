import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LogThrottle } from "../src/limits/log-throttle.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const lines: string[] = [];
  const throttle = new LogThrottle(60);
  const write = (kind: string, text = kind) =>
    throttle.write(kind, (suppressed) => lines.push(`${text} ${suppressed}`));
  return { lines, write };
}

it("writes the first line of a kind, and then one per minute with the number of the others", () => {
  const { lines, write } = start();
  for (let index = 0; index < 100; index += 1) write("a", `a${index}`);
  write("b");
  expect(lines).toEqual(["a0 0", "b 0"]);
  vi.advanceTimersByTime(60_000);
  expect(lines).toEqual(["a0 0", "b 0", "a99 98"]);
  write("a", "later");
  vi.advanceTimersByTime(60_000);
  expect(lines.slice(3)).toEqual(["later 0"]);
});

it("is at once again when a kind was quiet for a minute", () => {
  const { lines, write } = start();
  write("a");
  vi.advanceTimersByTime(60_000);
  write("a");
  expect(lines).toEqual(["a 0", "a 0"]);
});

it("keeps a thousand kinds apart, and counts all others as one", () => {
  const { lines, write } = start();
  for (let index = 0; index < 5_000; index += 1) write(`kind ${index}`);
  expect(lines.length).toBe(1_001);
  vi.advanceTimersByTime(60_000);
  // Each of the 5,000 was written or is counted in this line.
  expect(lines.slice(1_001)).toEqual(["kind 4999 3998"]);
});
