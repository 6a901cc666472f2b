import { checkChapters } from "@clipcourier/core/wire";
import { expect, test } from "vitest";
import { findChapters } from "../src/chapters.js";
import type { TimedResult } from "../src/moments.js";

type Step = TimedResult["steps"][number];

/** A step of the test, in milliseconds from its start. */
function step(title: string, start: number, duration = 100, more: Partial<Step> = {}): Step {
  return {
    ...{ title, category: "test.step", startTime: new Date(1e12 + start), duration, steps: [] },
    ...more,
  };
}

const bad = { message: "Error: bad", stack: "Error: bad\n    at shop.spec.ts:9:1" };
/** The video begins at the second second. */
const opening = step("Before Hooks", 0, 2000, {
  category: "hook",
  steps: [step("Create page", 500, 1500, { category: "pw:api" })],
});

function chaptersOf(steps: Step[], { hasFailed = false, opens = opening } = {}) {
  const attachments = [{ name: "video", contentType: "video/webm", path: "/out/video.webm" }];
  const chapters = findChapters(
    { steps: [opens, ...steps], errors: [bad], attachments },
    0,
    hasFailed,
  );
  // Whatever they are made of, a client takes them.
  expect(checkChapters(chapters)).toEqual({ chapters });
  return chapters;
}

test("the steps at the top of the test, from when the video begins", () => {
  const within = step("types", 4100, 100);
  const steps = [
    step("Click", 2500, 100, { category: "pw:api" }),
    step("signs in", 4000, 900, { steps: [within] }),
    step("pays", 6250.4, 1000),
  ];
  expect(chaptersOf(steps)).toEqual([
    { start: 2, title: "signs in" },
    { start: 4.25, title: "pays" },
  ]);
});

test("a step that was over before the video began is none, one that goes on then begins with it", () => {
  expect(chaptersOf([step("seeds", 100, 500), step("opens", 700, 9000)])).toEqual([
    { start: 0, title: "opens" },
  ]);
});

test("the step that has failed, within one of the others or beside them", () => {
  const failing = step('Expect "toHaveText"', 5000, 900, { category: "expect", error: bad });
  const around = step("adds up", 4000, 2000, { steps: [failing], error: bad });
  const failed = { start: 3, title: 'Failed: Expect "toHaveText"' };
  for (const steps of [[around], [step("adds up", 4000, 500), failing]]) {
    expect(chaptersOf(steps, { hasFailed: true })).toEqual([
      { start: 2, title: "adds up" },
      failed,
    ]);
  }
  expect(chaptersOf([around])).toEqual([{ start: 2, title: "adds up" }]);
});

test("one of the steps that has failed says so itself, and an error between steps is at their end", () => {
  const own = step("pays", 3000, 100, { error: bad });
  expect(chaptersOf([own], { hasFailed: true })).toEqual([{ start: 1, title: "Failed: pays" }]);
  const after = step("After Hooks", 9000, 10, { category: "hook" });
  expect(chaptersOf([after], { hasFailed: true })).toEqual([{ start: 7, title: "Failed" }]);
});

test("what was typed into a page is not told", () => {
  const failing = step('Fill "hunter2" getByLabel("Password")', 3000, 100, {
    ...{ category: "pw:api", error: bad },
  });
  expect(chaptersOf([failing], { hasFailed: true })).toEqual([{ start: 1, title: "Failed: Fill" }]);
});

test("steps that begin at once are apart, and a title is a line of the length that a service takes", () => {
  const long = `${"a".repeat(198)}\u{1f600}b`;
  const titles = ["\u001b[31mred\u001b[39m\n\tline", " \u0000 ", long, "\ud800"];
  expect(chaptersOf(titles.map((title) => step(title, 3000)))).toEqual([
    { start: 1, title: "red line" },
    { start: 1.001, title: "Step" },
    { start: 1.002, title: `${"a".repeat(198)}\ufffd…` },
    { start: 1.003, title: "\ufffd" },
  ]);
});

test("of very many steps the rest is counted, and the one that has failed is there", () => {
  const steps = Array.from({ length: 250 }, (_, index) => step(`step ${index}`, 3000 + 10 * index));
  expect(chaptersOf(steps).slice(-2)).toEqual([
    { start: 2.97, title: "step 197" },
    { start: 2.98, title: "… and 52 more steps" },
  ]);
  steps[230] = { ...step("pays", 5300), error: bad };
  expect(chaptersOf(steps, { hasFailed: true }).slice(-2)).toEqual([
    { start: 2.98, title: "… and 51 more steps" },
    { start: 3.3, title: "Failed: pays" },
  ]);
});

test("none where it is not known when the video began", () => {
  const opens = step("Before Hooks", 0, 2000, { category: "hook" });
  expect(chaptersOf([step("pays", 3000)], { opens })).toEqual([]);
});
