import { expect, test } from "vitest";
import { findLineStarts, toLineAndCharacter } from "../src/renders/lines.js";

test("lines end as an editor ends them", () => {
  expect(findLineStarts("a\r\nbc\nd\re")).toEqual([0, 3, 6, 8]);
  expect(findLineStarts("")).toEqual([0]);
  expect(findLineStarts("a\n")).toEqual([0, 2]);
});

test.each([
  [0, 0, 0],
  [1, 0, 1],
  [3, 1, 0],
  [5, 1, 2],
  [6, 2, 0],
  [7, 2, 1],
])("the place %i is in line %i at %i", (offset, line, character) => {
  expect(toLineAndCharacter(findLineStarts("a\r\nbc\nd"), offset)).toEqual([line, character]);
});
