import { expect, test } from "vitest";
import { findFailure, type TimedResult } from "../src/moments.js";

type Step = TimedResult["steps"][number];

/** A step of the test, in milliseconds from its start. */
function step(title: string, start: number, duration: number, more: Partial<Step> = {}): Step {
  return {
    title,
    category: "test.step",
    startTime: new Date(1e12 + start),
    duration,
    steps: [],
    ...more,
  };
}

const opening = (start: number, duration: number) =>
  step("Before Hooks", 0, start + duration, {
    category: "hook",
    steps: [step("Create page", start, duration, { category: "pw:api" })],
  });
const failing = step("adds up", 6000, 3000, {
  error: {},
  steps: [
    step("fills in", 6000, 500),
    step("expects the sum", 7540, 1000, { category: "expect", error: {} }),
    step("After", 8600, 1, { error: {} }),
  ],
});

test("the innermost step that failed first, a second before it, from when the page was open", () => {
  expect(findFailure({ errors: [], steps: [opening(500, 1500), failing] }, 0)).toBe(4.5);
});

test("never before the start of the video", () => {
  expect(findFailure({ errors: [], steps: [opening(500, 7000), failing] }, 0)).toBe(0);
});

test("by the page that the video is of", () => {
  const steps = [opening(0, 1000), opening(2000, 1000), failing];
  expect(findFailure({ errors: [], steps }, 1)).toBe(3.5);
});

test.each([
  ["of a page that no step has opened", [opening(0, 1000), failing], 1],
  ["of a test without a failing step", [opening(0, 1000), step("adds up", 2000, 100)], 0],
  ["of a step of the test's own with that name", [step("Create page", 0, 1000), failing], 0],
])("not known %s", (_, steps, index) => {
  expect(findFailure({ errors: [], steps }, index)).toBeUndefined();
});
