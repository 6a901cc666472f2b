import { expect, test } from "vitest";
import { PatternMatches } from "../src/renders/pattern-matches.js";

test("a file is forgotten with the last place in which it was written", () => {
  const matches = new PatternMatches();
  matches.add("a.mp4", "one");
  matches.add("a.mp4", "other");
  matches.add("b.mp4", "one");
  expect(matches.keepOnly(new Set(["one", "other"]))).toEqual([]);
  expect(matches.keepOnly(new Set(["other", "third"]))).toEqual(["b.mp4"]);
  expect([matches.has("a.mp4"), matches.has("b.mp4")]).toEqual([true, false]);
  expect(matches.keepOnly(new Set())).toEqual(["a.mp4"]);
  expect(matches.keepOnly(new Set())).toEqual([]);
});
