import { expect, it } from "vitest";
import { buildComment, markComment } from "../src/comment/body.js";
import { emptyState, readState } from "../src/comment/state.js";

it("begins with the mark by which a later run finds it, and ends with its state", () => {
  const content = { key: "clips", records: [], sha: "a".repeat(40) };
  const body = buildComment(content, emptyState, { mostCharacters: 65_536 });
  expect(body.split("\n")[0]).toBe(markComment("clips"));
  expect(readState(body)).toEqual({ sha: "a".repeat(40), clips: [], before: [] });
});
