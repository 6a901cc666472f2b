import { expect, test } from "vitest";
import { parseLinkTime } from "../src/private-links.js";

test.each([
  ["30m", 1_800_000],
  [" 12 H ", 43_200_000],
  ["30d", 2_592_000_000],
  ["720h", 2_592_000_000],
  ["31d", undefined],
  ["721h", undefined],
  ["43201m", undefined],
  ["60d", undefined],
  ["0d", undefined],
  ["soon", undefined],
])("a link for %j", (text, milliseconds) => {
  expect(parseLinkTime(text)).toBe(milliseconds);
});
