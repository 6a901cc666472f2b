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
const video = (count = 1) =>
  Array.from({ length: count }, () => ({
    ...{ name: "video", contentType: "video/webm", path: "/out/video.webm" },
  }));
const bad = { message: "Error: bad", stack: "Error: bad\n    at shop.spec.ts:9:1" };
const elsewhere = { ...bad, stack: "Error: bad\n    at shop.spec.ts:3:1" };
const caught = step("clicks", 4000, 100, { category: "pw:api", error: elsewhere });
const failing = step("adds up", 6000, 3000, {
  error: bad,
  steps: [
    step("fills in", 6000, 500),
    step("expects the sum", 7540, 1000, { category: "expect", error: bad }),
    step("After", 8600, 1, { error: elsewhere }),
  ],
});
const afterHooks = step("After Hooks", 20_000, 3000, { category: "hook" });

/** An attempt that this error ended. */
const ended = (steps: Step[], errors = [bad], attachments = video()): TimedResult => ({
  ...{ steps, errors, attachments },
});

test("the innermost step with the error of the test, a second before it, from when the page was open", () => {
  expect(findFailure(ended([opening(500, 1500), failing]), 0)).toBe(4.5);
});

test("not a step whose error was caught, before or after", () => {
  const steps = [
    opening(500, 1500),
    caught,
    failing,
    { ...caught, startTime: new Date(1e12 + 9e3) },
  ];
  expect(findFailure(ended(steps), 0)).toBe(4.5);
});

test("the last of steps with one error, which was caught before", () => {
  const steps = [opening(500, 1500), { ...caught, error: bad }, failing];
  expect(findFailure(ended(steps), 0)).toBe(4.5);
});

test("the step that waited when the time of the test was over, which Playwright puts into its hooks", () => {
  const hooks = { ...afterHooks, steps: [failing] };
  const late = { message: "Test timeout of 6000ms exceeded.", stack: "" };
  expect(findFailure(ended([opening(500, 1500), hooks], [late, bad]), 0)).toBe(4.5);
});

test("the end of the test where no step has its error", () => {
  expect(findFailure(ended([opening(500, 1500), caught, afterHooks]), 0)).toBe(17);
});

test("the last step that failed where nothing else is known", () => {
  expect(findFailure(ended([opening(500, 1500), caught]), 0)).toBe(1);
});

test("never before the start of the video", () => {
  expect(findFailure(ended([opening(500, 7000), failing]), 0)).toBe(0);
});

test("by the page that the video is of", () => {
  const steps = [opening(0, 1000), opening(2000, 1000), failing];
  expect(findFailure(ended(steps, [bad], video(2)), 1)).toBe(3.5);
});

test("whatever videos the test itself has attached, and pages that did not open", () => {
  const own = { name: "screen", contentType: "video/mp4", path: "/screen.mp4" };
  const refused = step("Create page", 0, 100, { category: "pw:api", error: elsewhere });
  const steps = [refused, opening(500, 1500), failing];
  expect(findFailure(ended(steps, [bad], [own, ...video()]), 0)).toBe(4.5);
});

test.each([
  ["of a page that no step has opened", ended([opening(0, 1000), failing], [bad], video(2)), 1],
  [
    "where a page was opened without a video",
    ended([opening(0, 500), opening(500, 500), failing]),
    0,
  ],
  ["of a test without an error", ended([opening(0, 1000), caught], []), 0],
  ["of a step of the test's own with that name", ended([step("Create page", 0, 9), failing]), 0],
])("not known %s", (_, result, index) => {
  expect(findFailure(result, index)).toBeUndefined();
});
