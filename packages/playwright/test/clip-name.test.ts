import { describe, expect, test } from "vitest";
import { nameAttempt, nameClip } from "../src/clip-name.js";

const attempt = (titles: string[], { project = "chromium", retry = 0, repeatEachIndex = 0 } = {}) =>
  nameAttempt({ titlePath: () => ["", project, ...titles], repeatEachIndex }, { retry });

describe("an attempt is named by", () => {
  test.each([
    [
      "its file, titles and project",
      attempt(["intro.spec.ts", "signs in"]),
      "intro › signs in [chromium]",
    ],
    ["its folders", attempt(["shop/cart.test.mts", "a", "b"]), "shop › cart › a › b [chromium]"],
    ["no project where it has no name", attempt(["a.spec.ts", "b"], { project: "" }), "a › b"],
    ["its retry", attempt(["a.js", "b"], { retry: 2 }), "a › b [chromium] (retry 2)"],
    [
      "its repetition",
      attempt(["a.ts", "b"], { repeatEachIndex: 1 }),
      "a › b [chromium] (repeat 1)",
    ],
  ])("%s", (_, name, expected) => {
    expect(name).toBe(expected);
  });
});

describe("a clip is named by its attempt", () => {
  test.each([
    ["with the extension of its file", "a › b", { path: "/out/video.mp4", index: 0 }, "a › b.mp4"],
    ["as WebM where there is no file", "a", { index: 0 }, "a.webm"],
    ["with a number from the second video on", "a", { path: "x.webm", index: 1 }, "a (2).webm"],
    ["without what file systems refuse", `a/b: "c"?`, { index: 0 }, "a-b- -c-.webm"],
    [
      "without what moves a cursor or turns a line",
      "a\u001b[2J\nb\u202ec",
      { index: 0 },
      "a [2J b c.webm",
    ],
    ["without a dot at its start", "..a", { index: 0 }, "a.webm"],
  ])("%s", (_, name, video, expected) => {
    expect(nameClip(name, video)).toBe(expected);
  });

  test("in at most 200 bytes, which differ where the names do", () => {
    const names = ["one", "two"].map((end) => nameClip(`${"ü€😀".repeat(60)}${end}`, { index: 1 }));
    for (const name of names) {
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
      expect(name).toMatch(/… [0-9a-f]{8} \(2\)\.webm$/);
      expect(name.isWellFormed()).toBe(true);
    }
    expect(names[0]).not.toBe(names[1]);
  });
});
