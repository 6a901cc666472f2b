import type { TestError, TestResult, TestStep } from "@playwright/test/reporter";
import { isRecording } from "./attempts.js";

type Failure = Pick<TestError, "message" | "stack">;
export type Step = Pick<TestStep, "title" | "category" | "startTime" | "duration"> & {
  error?: Failure;
  steps: readonly Step[];
};
export interface TimedResult extends Pick<TestResult, "attachments"> {
  errors: readonly Failure[];
  steps: readonly Step[];
}

// Seconds. People want to see what came before it.
const lead = 1;

// What Playwright calls the step that opens a page, now and before version 1.54.
const opensPage = /^(Create page|New page|browserContext\.newPage|browser\.newPage)$/;

/**
 * The second of a video at which the failing step begins, a little before it; `undefined` where nothing has
 * failed, or it is not known when the video began.
 *
 * Playwright says nowhere when a video begins. Its first picture is that of the new page, so it begins when
 * the step ends that opened the page: right to about a quarter of a second, as measured.
 *
 * @param index which of Playwright's recordings: the first is that of the page that was opened first
 */
export function findFailure(result: TimedResult, index: number): number | undefined {
  const start = findVideoStart(result, index);
  const failed = findFailedStep(result)?.startTime.getTime();
  if (start === undefined || failed === undefined) return undefined;
  const seconds = (failed - start) / 1000 - lead;
  return Math.max(0, Math.round(10 * seconds) / 10);
}

/**
 * Milliseconds since 1970. A page can be opened without a video, as by `browser.newPage()`, and a video be of
 * a page that no step has opened, as a pop-up: where their numbers differ, no video is known to be of a page.
 */
export function findVideoStart(
  { steps, attachments }: TimedResult,
  index: number,
): number | undefined {
  const opened = [...walk(steps)].filter(
    ({ title, category, error }) =>
      category === "pw:api" && opensPage.test(title) && error === undefined,
  );
  if (opened.length !== attachments.filter(isRecording).length) return undefined;
  const step = opened[index];
  return step && step.startTime.getTime() + Math.max(0, step.duration);
}

function* walk(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    yield* walk(step.steps);
  }
}

/**
 * Where the first error that ended the test came about: the innermost step with that error. A step can fail
 * and its error be caught: then it is none of the test's. An error that no step has was thrown between steps,
 * and the hooks after the test begin then.
 */
export function findFailedStep({ steps, errors }: TimedResult): Step | undefined {
  if (errors.length === 0) return undefined;
  const all = [...walk(steps)];
  return (
    errors
      .map((error) => all.findLast((step) => step.error && isSame(step.error, error)))
      .find((step) => step !== undefined) ??
    steps.find(({ title, category }) => category === "hook" && title === "After Hooks") ??
    all.findLast(({ error }) => error !== undefined)
  );
}

const isSame = (one: Failure, other: Failure) =>
  one.message === other.message && one.stack === other.stack;
