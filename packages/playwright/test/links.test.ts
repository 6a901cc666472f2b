import { expect, test } from "vitest";
import { annotate, linkTo } from "../src/links.js";

test("a link opens at a second, beside what it has already", () => {
  expect(linkTo("https://clips.example.com/c/a1?key=x", 2.5)).toBe(
    "https://clips.example.com/c/a1?key=x&t=2.5",
  );
  expect(linkTo("https://clips.example.com/c/a1", undefined)).toBe(
    "https://clips.example.com/c/a1",
  );
});

test("a test has the links of all its attempts, and each attempt its own", () => {
  const annotations = [{ type: "issue" }];
  const attempts = [0, 1].map((retry) => ({ retry, annotations: [] as typeof annotations }));
  for (const [index, attempt] of attempts.entries())
    annotate({ annotations }, attempt, `link ${index}`);
  annotate({ annotations }, { retry: 2 }, "link 2");
  expect(attempts.map((attempt) => attempt.annotations)).toEqual([
    [{ type: "clip", description: "link 0" }],
    [{ type: "clip", description: "link 1" }],
  ]);
  expect(annotations).toEqual([
    { type: "issue" },
    { type: "clip", description: "link 0" },
    { type: "clip (retry 1)", description: "link 1" },
    { type: "clip (retry 2)", description: "link 2" },
  ]);
});
