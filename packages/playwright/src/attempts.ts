import type { TestCase, TestResult } from "@playwright/test/reporter";
import type { ReporterOptions } from "./options.js";

/** A video of an attempt at a test, as a file or as bytes. */
export interface Video {
  path?: string;
  body?: Buffer;
  /** Which of the attempt's videos it is, from 0. */
  index: number;
  /** Which of Playwright's own recordings it is, from 0; `undefined` where that is not known. */
  recording: number | undefined;
}

type Attachment = TestResult["attachments"][number];

/** What the attempt has attached as videos. */
export function listVideos({ attachments }: Pick<TestResult, "attachments">): Video[] {
  const recordings = attachments.filter(isRecording);
  return attachments
    .filter(({ contentType }) => /^video\//i.test(contentType))
    .filter(({ path, body }) => path !== undefined || body !== undefined)
    .map((attachment, index) => {
      const { path, body } = attachment;
      const isOwn = !recordings.includes(attachment);
      return {
        ...(path !== undefined ? { path } : body !== undefined ? { body } : {}),
        index,
        recording: isOwn ? undefined : findNumber(attachment, recordings),
      };
    });
}

/** A picture that an attempt has attached, as a file or as bytes. */
export interface Screenshot extends Pick<Video, "path" | "body"> {
  /** What it was attached as, without the extension of a picture. */
  title: string;
  /** Which of those with this title and this extension it is, from 0. */
  index: number;
  /** That of its type, with the dot. */
  extension: string;
}

/** The pictures that the attempt has attached, such as Playwright's own screenshots. */
export function listScreenshots({ attachments }: Pick<TestResult, "attachments">): Screenshot[] {
  const counts = new Map<string, number>();
  return attachments.flatMap(({ name, contentType, path, body }) => {
    const type = /^image\/(png|jpeg|webp|avif|gif)$/i.exec(contentType)?.[1];
    const content = path !== undefined ? { path } : body !== undefined ? { body } : undefined;
    if (type === undefined || content === undefined) return [];
    const extension = `.${type.toLowerCase()}`;
    // Those of `toHaveScreenshot` are attached as `cart-actual.png`.
    const title = name.replace(/(?<=.)\.(png|jpe?g|webp|avif|gif)$/i, "");
    const fullName = `${title}${extension}`;
    const index = counts.get(fullName) ?? 0;
    counts.set(fullName, index + 1);
    return [{ ...content, title, index, extension }];
  });
}

/** Whether it is a recording of Playwright's own, and not a video that the test has attached. */
export function isRecording({ name, contentType, path }: Attachment): boolean {
  return name === "video" && contentType === "video/webm" && path !== undefined;
}

// Playwright saves those of a test at once and attaches each when it is saved. It numbers them before, in the
// order of their pages: video.webm, video-1.webm.
const numbered = /[\\/]video(?:-(\d+))?\.webm$/;

/** Which of the recordings it is, from 0, by the page; `undefined` where that is not known. */
function findNumber({ path = "" }: Attachment, recordings: readonly Attachment[]) {
  if (recordings.length === 1) return 0;
  const found = numbered.exec(path);
  return found === null ? undefined : Number(found[1] ?? 0);
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
