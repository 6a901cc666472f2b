import path from "node:path";
import { expect, test } from "vitest";
import { nameResultsFile } from "../src/results-file-name.js";

test.each([
  [null, "out/clips.json"],
  [{ current: 2 }, "out/clips-2.json"],
])("the results of shard %j are in %s", (shard, expected) => {
  expect(nameResultsFile("out/clips.json", shard, "/project")).toBe(
    path.resolve("/project", expected),
  );
});
