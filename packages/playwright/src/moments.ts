import type { TestResult, TestStep } from "@playwright/test/reporter";

type Step = Pick<TestStep, "title" | "category" | "startTime" | "duration"> & {
  error?: unknown;
  steps: readonly Step[];
};
export type TimedResult = Pick<TestResult, "errors"> & { steps: readonly Step[] };

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
 * @param index which of the attempt's videos: the first is that of the page that was opened first
 */
export function findFailure(result: TimedResult, index: number): number | undefined {
  const start = findVideoStart(result, index);
  const failed = findFailedStep(result.steps);
  if (start === undefined || failed === undefined) return undefined;
  const seconds = (failed.startTime.getTime() - start) / 1000 - lead;
  return Math.max(0, Math.round(10 * seconds) / 10);
}

/** Milliseconds since 1970. */
function findVideoStart({ steps }: TimedResult, index: number): number | undefined {
  const opened = [...walk(steps)].filter(
    ({ title, category }) => category === "pw:api" && opensPage.test(title),
  );
  const step = opened[index];
  return step && step.startTime.getTime() + Math.max(0, step.duration);
}

function* walk(steps: readonly Step[]): Generator<Step> {
  for (const step of steps) {
    yield step;
    yield* walk(step.steps);
  }
}

/** The innermost step that has failed first. */
function findFailedStep(steps: readonly Step[]): Step | undefined {
  const failed = steps.find(({ error }) => error !== undefined);
  return failed && (findFailedStep(failed.steps) ?? failed);
}
