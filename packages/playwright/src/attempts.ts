import type { TestCase, TestResult } from "@playwright/test/reporter";
import type { ReporterOptions } from "./options.js";

/** A video of an attempt at a test, as a file or as bytes. */
export interface Video {
  path?: string;
  body?: Buffer;
  /** Which of the attempt's videos it is, from 0. */
  index: number;
}

/** What the attempt has attached as videos. */
export function listVideos({ attachments }: Pick<TestResult, "attachments">): Video[] {
  return attachments
    .filter(({ contentType }) => /^video\//i.test(contentType))
    .filter(({ path, body }) => path !== undefined || body !== undefined)
    .map(({ path, body }, index) => ({
      ...(path !== undefined ? { path } : body !== undefined ? { body } : {}),
      index,
    }));
}

type Outcome = Pick<TestCase, "expectedStatus" | "retries">;

/** Whether the attempt did not end as the test expects. */
export function isFailed(test: Outcome, { status }: Pick<TestResult, "status">): boolean {
  return status !== "skipped" && status !== test.expectedStatus;
}

/** Whether the videos of the attempt are uploaded. */
export function isChosen(
  upload: ReporterOptions["upload"],
  test: Outcome,
  result: Pick<TestResult, "status" | "retry">,
): boolean {
  const hasFailed = isFailed(test, result);
  if (upload === "failed") return hasFailed;
  if (upload !== "retried") return true;
  return result.retry > 0 || (hasFailed && result.retry < test.retries);
}
