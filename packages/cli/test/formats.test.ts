import { expect, test } from "vitest";
import { parseByteSize } from "../src/settings/byte-size.js";
import { parseDuration } from "../src/settings/duration.js";

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
