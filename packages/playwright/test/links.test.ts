import { expect, test } from "vitest";
import { annotate } from "../src/links.js";

test("a test has the links of all its attempts, and each attempt its own", () => {
  const test = { annotations: [{ type: "issue" }] };
  const attempts = [0, 1].map((retry) => ({ retry, annotations: [] as typeof test.annotations }));
  for (const [index, attempt] of attempts.entries()) annotate(test, attempt, `link ${index}`);
  annotate(test, { retry: 2 }, "link 2");
  expect(attempts.map((attempt) => attempt.annotations)).toEqual([
    [{ type: "clip", description: "link 0" }],
    [{ type: "clip", description: "link 1" }],
  ]);
  expect(test.annotations).toEqual([
    { type: "issue" },
    { type: "clip", description: "link 0" },
    { type: "clip (retry 1)", description: "link 1" },
    { type: "clip (retry 2)", description: "link 2" },
  ]);
});

test("so they have where a merged report has one list for a test and its last attempt", () => {
  const last = { retry: 1, annotations: [{ type: "issue" }] };
  const test = { annotations: last.annotations };
  const first = { retry: 0, annotations: [{ type: "issue" }] };
  annotate(test, first, "link 0");
  annotate(test, last, "link 1");
  expect(first.annotations).toEqual([{ type: "issue" }, { type: "clip", description: "link 0" }]);
  expect(last.annotations).toEqual([{ type: "issue" }, { type: "clip", description: "link 1" }]);
  expect(test.annotations).toEqual([
    { type: "issue" },
    { type: "clip", description: "link 0" },
    { type: "clip (retry 1)", description: "link 1" },
  ]);
});
