import { readFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { findImports, listSources } from "./imports.ts";

const source = fileURLToPath(new URL("../packages/core/src", import.meta.url));

// What each folder of core's sources, and each file beside the folders, may import of the others,
// types too. An arrow that is not here is wrong. Each stands above all that it imports.
const arrows: Record<string, string[]> = {
  "index.ts": [
    ...["client.ts", "client-options.ts"],
    ...["upload", "parts", "fingerprint", "source", "protocol", "http"],
  ],
  "client.ts": [
    ...["client-context.ts", "client-options.ts"],
    ...["upload", "fingerprint", "source", "protocol", "http"],
  ],
  "client-context.ts": ["client-options.ts", "upload", "fingerprint", "protocol", "http"],
  "client-options.ts": ["protocol", "http"],
  upload: ["parts", "fingerprint", "source", "protocol", "http"],
  parts: ["fingerprint", "source", "protocol", "http"],
  fingerprint: ["source"],
  // The default media type alone.
  protocol: ["source", "http"],
  source: [],
  http: [],
};
// What everybody may import. These import each other alone, in this order.
const leaves = [
  "shared-work.ts",
  "signals.ts",
  "options.ts",
  "errors.ts",
  "clip.ts",
  "redact.ts",
  "progress.ts",
  "state-folder.ts",
  "format-bytes.ts",
  "format-share.ts",
];
for (const [index, name] of leaves.entries()) arrows[name] = leaves.slice(index + 1);

/** The folder of core's sources that a path is in, or the name of a file beside the folders. */
function findStation(path: string): string {
  return relative(source, path).split(sep)[0] ?? "";
}

/** What a file imports of other folders against the arrows. */
function findWrongArrows(path: string, text: string): string[] {
  const station = findStation(path);
  const shared = leaves.includes(station) ? [] : leaves;
  const allowed = [station, ...shared, ...(arrows[station] ?? [])];
  return findImports(text)
    .filter((one) => one.startsWith("."))
    .filter((one) => {
      const target = join(dirname(path), one.replace(/\.js$/, ".ts"));
      return !allowed.includes(findStation(target));
    });
}

describe("the folders of core", async () => {
  const paths = await listSources(source);
  const stations = Object.keys(arrows);

  test("have their arrows, and no arrow is of one that is gone", () => {
    expect([...new Set(paths.map(findStation))].sort()).toEqual(stations.toSorted());
  });

  test("have arrows that go down alone", () => {
    for (const [index, station] of stations.entries()) {
      const below = stations.slice(index + 1);
      expect(below, station).toEqual(expect.arrayContaining(arrows[station] ?? []));
    }
  });

  test.each(paths.map((path) => [relative(source, path), path]))("%s", async (_, path) => {
    expect(findWrongArrows(path, await readFile(path, "utf8"))).toEqual([]);
  });
});

test.each([
  ["a value", 'import { sendParts } from "../parts/sending.js";'],
  ["a type", 'import type { PartPlan } from "../parts/layout.js";'],
  ["a type among values", 'import { type PartPlan, layOut } from "../parts/layout.js";'],
  ["a type by its path", 'const plan: import("../parts/layout.js").PartPlan = {};'],
  ["later", 'const { sendParts } = await import("../parts/sending.js");'],
  ["to hand it on", 'export * from "../parts/sending.js";'],
])("an import against the arrows is found: %s", (_, line) => {
  expect(findWrongArrows(join(source, "source", "file-source.ts"), line)).toHaveLength(1);
  expect(findWrongArrows(join(source, "upload", "upload.ts"), line)).toEqual([]);
});
