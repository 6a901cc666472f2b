import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The package and those of it that hold its binary for a system, which is under the GPL. */
const isFfmpeg = /node-av|ffmpeg-static|ffmpeg-installer/;

interface Manifest {
  license?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  bundleDependencies?: string[];
  bundledDependencies?: string[];
}

describe("FFmpeg comes with no package of this project", () => {
  const names = [
    "core",
    "batch",
    "report",
    "recordings",
    "playwright",
    "cypress",
    "service",
    "cli",
    "action",
    "vscode",
    "vscode-api",
  ];

  test("all packages are looked at", async () => {
    expect((await readdir(join(root, "packages"))).sort()).toEqual(names.toSorted());
  });

  test.each(names)("%s is under the MIT licence and depends on none", async (name) => {
    const file = join(root, "packages", name, "package.json");
    const manifest: Manifest = JSON.parse(await readFile(file, "utf8"));
    expect(manifest.license).toBe("MIT");
    const installed = [
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.optionalDependencies ?? {}),
      ...(manifest.bundleDependencies ?? []),
      ...(manifest.bundledDependencies ?? []),
    ];
    expect(installed.filter((each) => isFfmpeg.test(each))).toEqual([]);
    if (name !== "service") return;
    expect(manifest.peerDependenciesMeta?.["node-av"]).toEqual({ optional: true });
  });

  test("the bundle of the action does not contain it", async () => {
    const folder = join(root, "packages/action/dist");
    const files = await readdir(folder);
    expect(files.toSorted()).toEqual(["index.js", "licenses.txt", "package.json"]);
    for (const file of files) {
      expect(isFfmpeg.test(await readFile(join(folder, file), "utf8")), file).toBe(false);
    }
  });
});
