import { expect, it } from "vitest";
import { nameJobs } from "../src/name-jobs.js";

it.each([
  [
    ["de.json", "en.json"],
    ["de", "en"],
  ],
  [
    ["results/clips-de/de.json", "results/clips-en/en.json"],
    ["de", "en"],
  ],
  [
    ["out/matrix-a/clips.json", "out/matrix-b/clips.json"],
    ["matrix-a", "matrix-b"],
  ],
  [
    ["a/linux/clips.json", "a/mac/clips.json", "b/mac/clips.json"],
    ["a/linux", "a/mac", "b/mac"],
  ],
  [
    ["clips.json", "more/clips.json"],
    ["clips", "more/clips"],
  ],
  [
    ["a/clips.json", "b/clips.json", "c/other.json"],
    ["a/clips", "b/clips", "c/other"],
  ],
  [["out/clips.json"], ["clips"]],
  [[], []],
])("names the jobs of %j, which are named themselves", (files, names) => {
  expect(nameJobs(files.map((path) => ({ path })))).toEqual(names);
});

it.each([
  ["*.json", "de.json", "de"],
  ["results/*.json", "results/de.json", "de"],
  ["results/clips-*/clips.json", "results/clips-de/clips.json", "clips-de"],
  ["results/*/clips.json", "results/matrix-a/clips.json", "matrix-a"],
  ["results/*/out/*.json", "results/matrix-a/out/clips.json", "matrix-a/out/clips"],
  ["results/{linux,mac/arm}/clips.json", "results/mac/arm/clips.json", "mac/arm"],
  ["**/clips.json", "clips.json", "clips"],
  ["**/clips.json", "a/b/clips.json", "a/b"],
  ["/runner/results/*.json", "/runner/results/de.json", "de"],
])(
  "names the job of %s that has the file %s %s, whatever other files there are",
  (pattern, path, name) => {
    const other = { pattern, path: path.replace(/de\b|matrix-a|mac|^clips|a\/b/, "other") };
    expect(nameJobs([{ pattern, path }])).toEqual([name]);
    expect(nameJobs([{ pattern, path }, other])[0]).toBe(name);
  },
);

it("names jobs of the same name by their paths", () => {
  const files = ["a", "b"].map((part) => ({
    ...{ pattern: `${part}/*/clips.json`, path: `${part}/linux/clips.json` },
  }));
  expect(nameJobs(files)).toEqual(["a/linux/clips", "b/linux/clips"]);
});
