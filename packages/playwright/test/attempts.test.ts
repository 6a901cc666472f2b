import { describe, expect, test } from "vitest";
import { isChosen, listScreenshots, listVideos } from "../src/attempts.js";

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

test("screenshots are attachments of a picture's type, numbered where their names are equal", () => {
  const attachments = [
    { name: "screenshot", contentType: "image/png", path: "/out/test-failed-1.png" },
    { name: "drawing", contentType: "image/svg+xml", path: "/out/drawing.svg" },
    { name: "screenshot", contentType: "image/jpeg", body: Buffer.from("x") },
    { name: "lost", contentType: "image/png" },
    { name: "screenshot", contentType: "image/PNG", path: "/out/second.png" },
    { name: "trace", contentType: "application/zip", path: "/out/trace.zip" },
  ];
  expect(listScreenshots({ attachments })).toEqual([
    { title: "screenshot", index: 0, extension: ".png", path: "/out/test-failed-1.png" },
    { title: "screenshot", index: 0, extension: ".jpeg", body: Buffer.from("x") },
    { title: "screenshot", index: 1, extension: ".png", path: "/out/second.png" },
  ]);
});

test("a screenshot that was attached as a file has that name without its extension", () => {
  const attach = (name: string, contentType = "image/png") => ({ name, contentType, path: name });
  const attachments = [
    attach("cart-actual.png"),
    attach("cart-actual"),
    attach("v1.2"),
    attach("photo.jpg", "image/jpeg"),
    attach(".png"),
  ];
  expect(
    listScreenshots({ attachments }).map(({ title, index, extension }) => [
      title,
      index,
      extension,
    ]),
  ).toEqual([
    ["cart-actual", 0, ".png"],
    ["cart-actual", 1, ".png"],
    ["v1.2", 0, ".png"],
    ["photo", 0, ".jpeg"],
    [".png", 0, ".png"],
  ]);
});
