import { expect, test } from "vitest";
import { formatShare } from "../src/index.js";

test.each([
  [0, "0 %"],
  [0.00006, "under 0.1 %"],
  [0.00099, "under 0.1 %"],
  [0.001, "0.1 %"],
  [0.0044, "0.4 %"],
  [0.0098, "1 %"],
  [0.056, "6 %"],
  [1, "100 %"],
])("%d of the picture is told as %s", (share, text) => {
  expect(formatShare(share)).toBe(text);
});
