import { expect, test } from "vitest";
import { formatCount, formatDuration, splitDuration, toPercent } from "../src/amounts.js";

test.each([
  [40, "0.0 s"],
  [940, "0.9 s"],
  [9_960, "10 s"],
  [59_600, "1 min 0 s"],
  [185_000, "3 min 5 s"],
  [7_380_000, "2 h 3 min"],
])("%d ms are written as %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test("a time is rounded before it is split", () => {
  expect(splitDuration(59_600)).toEqual({ hours: 0, minutes: 1, seconds: 0 });
  expect(splitDuration(3_723_400)).toEqual({ hours: 1, minutes: 2, seconds: 3 });
});

test("1 is singular, other counts are plural", () => {
  expect([0, 1, 2].map((count) => formatCount(count, "file"))).toEqual([
    "0 files",
    "1 file",
    "2 files",
  ]);
});

test.each([
  [0, 0, 0],
  [1, 3, 33],
  [999, 1000, 99],
  [7, 7, 100],
])("%d of %d are %d percent", (part, whole, percent) => {
  expect(toPercent(part, whole)).toBe(percent);
});
