import { expect, test } from "vitest";
import { readOptions } from "../src/options.js";

test("without options there are defaults, beside what Playwright adds", () => {
  expect(readOptions({ configDir: "/project", _mode: "test" })).toMatchObject({
    ...{ upload: "all", concurrency: 2, waitAtEnd: 300_000, failOnError: false, comment: false },
  });
});

test.each([
  [{ uploads: "all" }, /There is no option uploads\. There are apiUrl, /],
  [{ upload: "none" }, /^The option upload must be all, failed or retried\.$/],
  [{ concurrency: 0 }, /^The option concurrency must be 1 or more\.$/],
  [{ concurrency: 17 }, /^The option concurrency must be at most 16\.$/],
  [{ waitAtEnd: "5m" }, /^The option waitAtEnd must be number\.$/],
  [
    { privateLinks: "soon" },
    /^The option privateLinks must be a time such as 12h or 7d, at most 30 days\.$/,
  ],
  [{ appSecret: 12 }, /^The option appSecret must be string\.$/],
  [{ comment: "a b" }, /^The option comment must be true, false, or the key of a comment: /],
])("%j is refused by name", (options, message) => {
  expect(() => readOptions(options)).toThrow(message);
});
