import { describe, expect, test } from "vitest";
import { isChosen, listVideos } from "../src/attempts.js";

const attempts = {
  passed: { status: "passed", retry: 0 },
  "failed at first": { status: "failed", retry: 0 },
  "passed then": { status: "passed", retry: 1 },
  "failed at last": { status: "timedOut", retry: 2 },
  skipped: { status: "skipped", retry: 0 },
} as const;

describe("the videos are uploaded of", () => {
  test.each([
    ["all", Object.keys(attempts)],
    ["failed", ["failed at first", "failed at last"]],
    ["retried", ["failed at first", "passed then", "failed at last"]],
  ] as const)("%s attempts", (upload, expected) => {
    const test = { expectedStatus: "passed", retries: 2 } as const;
    const chosen = Object.entries(attempts).filter(([, result]) => isChosen(upload, test, result));
    expect(chosen.map(([name]) => name)).toEqual(expected);
  });

  test("no attempt that fails as it should, nor one that is not tried again", () => {
    const { "failed at first": failed } = attempts;
    expect(isChosen("failed", { expectedStatus: "failed", retries: 0 }, failed)).toBe(false);
    expect(isChosen("retried", { expectedStatus: "passed", retries: 0 }, failed)).toBe(false);
  });
});

test("videos are attachments of a video type that have a path or bytes", () => {
  const body = Buffer.from("bytes");
  const attachments = [
    { name: "trace", contentType: "application/zip", path: "trace.zip" },
    { name: "video", contentType: "video/webm", path: "video.webm" },
    { name: "video", contentType: "video/webm" },
    { name: "screen", contentType: "video/mp4", body },
  ];
  expect(listVideos({ attachments })).toEqual([
    { path: "video.webm", index: 0, recording: 0 },
    { body, index: 1, recording: undefined },
  ]);
});

test("recordings are those of Playwright, by the number in their names", () => {
  const own = { name: "video", contentType: "video/mp4", path: "/out/video.mp4" };
  const attach = (path: string) => ({ name: "video", contentType: "video/webm", path });
  const listed = (paths: string[]) =>
    listVideos({ attachments: [own, ...paths.map(attach)] }).map(({ recording }) => recording);
  expect(listed(["/out/video-1.webm", "/out/video.webm"])).toEqual([undefined, 1, 0]);
  // A merged report has them by their content.
  expect(listed(["/blob/a1.webm"])).toEqual([undefined, 0]);
  expect(listed(["/blob/a1.webm", "/blob/b2.webm"])).toEqual([undefined, undefined, undefined]);
});
