import { describe, expect, test } from "vitest";
import { nameFile } from "../src/file-name.js";

describe("a clip is named by its test", () => {
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
    expect(nameFile(name, video, ".webm")).toBe(expected);
  });

  test("in at most 200 bytes, which differ where the names do", () => {
    const names = ["one", "two"].map((end) =>
      nameFile(`${"ü€😀".repeat(60)}${end}`, { index: 1 }, ".webm"),
    );
    for (const name of names) {
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
      expect(name).toMatch(/… [0-9a-f]{8} \(2\)\.webm$/);
      expect(name.isWellFormed()).toBe(true);
    }
    expect(names[0]).not.toBe(names[1]);
  });
});
