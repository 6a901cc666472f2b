import { expect, test } from "vitest";
import { parseByteSize } from "../src/byte-size.js";
import { formatDuration, parseDuration } from "../src/duration.js";
import { toPrintable } from "../src/printable.js";

test.each([
  ["1048576", 2 ** 20],
  ["2 GiB", 2 ** 31],
  ["1.5kb", 1500],
  ["500MB", 5e8],
  ["0", undefined],
  ["-1", undefined],
  ["1 parsec", undefined],
  ["", undefined],
  ["99999999TiB", undefined],
])("%s says %s bytes", (text, bytes) => {
  expect(parseByteSize(text)).toBe(bytes);
});

test.each([
  [40, "0.0 s"],
  [940, "0.9 s"],
  [9_960, "10 s"],
  [59_600, "1 min 0 s"],
  [185_000, "3 min 5 s"],
  [7_380_000, "2 h 3 min"],
])("%d ms are written as %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test.each([
  ["90", 90_000],
  ["90s", 90_000],
  ["1.5m", 90_000],
  ["2h", 7_200_000],
  ["0", undefined],
  ["soon", undefined],
  ["9999h", undefined],
])("%s says %s ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test("what moves the cursor or turns the text around is replaced", () => {
  expect(toPrintable("a\u001b[2J\n\u0085\u202eb ö 日本")).toBe(
    "a\ufffd[2J\ufffd\ufffd\ufffdb ö 日本",
  );
});
