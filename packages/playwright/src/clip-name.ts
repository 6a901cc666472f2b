import { createHash } from "node:crypto";
import path from "node:path";
import type { TestCase, TestResult } from "@playwright/test/reporter";

// Bytes. File systems take 255, and browsers add to a name that is taken.
const mostBytes = 200;

type NamedTest = Pick<TestCase, "titlePath" | "repeatEachIndex">;

/**
 * The name of a test for people: `intro › signs in [chromium] (retry 1)`. The same test has the same name in
 * every run.
 */
export function nameAttempt(test: NamedTest, { retry }: Pick<TestResult, "retry">): string {
  // The root, the project, the file, then what the file has nested.
  const [, project = "", file = "", ...titles] = test.titlePath();
  const source = file.replace(/(\.(spec|test))?\.[cm]?[jt]sx?$/, "").split(/[\\/]/);
  const name = [...source, ...titles].join(" › ");
  const details = [
    project === "" ? "" : ` [${project}]`,
    test.repeatEachIndex > 0 ? ` (repeat ${test.repeatEachIndex})` : "",
    retry > 0 ? ` (retry ${retry})` : "",
  ].join("");
  return `${name}${details}`;
}

/** What a video of an attempt is called: `intro › signs in [chromium].webm`. */
export function nameClip(attempt: string, video: { path?: string; index: number }): string {
  const extension = path.extname(video.path ?? "").toLowerCase();
  const number = video.index > 0 ? ` (${video.index + 1})` : "";
  const ending = `${number}${/^\.\w{1,5}$/.test(extension) ? extension : ".webm"}`;
  return `${shorten(toSafe(attempt), mostBytes - Buffer.byteLength(ending))}${ending}`;
}

/** Without what file systems refuse, and what changes how a line is read. */
function toSafe(name: string): string {
  return name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, " ")
    .replace(/[\\/:*?"<>|]+/g, "-")
    .replace(/\s+/g, " ")
    .replace(/^[. ]+|[. ]+$/g, "");
}

/** What is cut off stands for itself in a few digits, so that two long names stay two. */
function shorten(name: string, bytes: number): string {
  if (Buffer.byteLength(name) <= bytes) return name;
  const mark = `… ${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
  let short = "";
  let left = bytes - Buffer.byteLength(mark);
  for (const character of name) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    short += character;
  }
  return `${short.trimEnd()}${mark}`;
}
