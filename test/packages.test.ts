import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { findImports, listSources } from "./imports.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

// Which packages of this workspace each package may import. An arrow that is not here is wrong.
const arrows: Record<string, string[]> = {
  core: [],
  batch: ["@clipcourier/core"],
  report: ["@clipcourier/core", "@clipcourier/batch"],
  recordings: ["@clipcourier/core", "@clipcourier/batch", "@clipcourier/report"],
  playwright: ["@clipcourier/core", "@clipcourier/recordings"],
  cypress: ["@clipcourier/recordings"],
  service: ["@clipcourier/core/wire"],
  action: ["@clipcourier/core", "@clipcourier/batch", "@clipcourier/report"],
  vscode: ["@clipcourier/core", "@clipcourier/batch", "@clipcourier/vscode-api", "clipcourier"],
  "vscode-api": ["@clipcourier/core"],
  cli: [
    "@clipcourier/core",
    "@clipcourier/batch",
    "@clipcourier/report",
    "@clipcourier/report/gitea",
    "@clipcourier/report/gitlab",
    "@clipcourier/report/junit",
    "@clipcourier/service",
    "@clipcourier/service/s3",
    "@clipcourier/service/setting-rules",
  ],
};

describe("packages import as the design says", () => {
  test("every package has its arrows", async () => {
    expect((await readdir(join(root, "packages"))).sort()).toEqual(Object.keys(arrows).sort());
  });

  test.each(Object.entries(arrows))("%s", async (name, allowed) => {
    const sources = await listSources(join(root, "packages", name, "src"));
    expect(sources.length).toBeGreaterThan(0);
    for (const path of sources) {
      const imports = findImports(await readFile(path, "utf8"));
      const ours = imports.filter((one) => /^(@clipcourier\/|clipcourier)/.test(one));
      expect(
        ours.filter((one) => !allowed.includes(one)),
        path,
      ).toEqual([]);
      const outside = imports.filter((one) => one.startsWith(".") && one.includes("/src/"));
      expect(outside, path).toEqual([]);
    }
  });

  test("core has no console, no GitHub and no VS Code in it", async () => {
    for (const path of await listSources(join(root, "packages/core/src"))) {
      const code = (await readFile(path, "utf8")).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      expect(code, path).not.toMatch(/\bconsole\.|@actions\/|["']vscode["']/);
    }
  });
});

test("the lockfile names no registry", async () => {
  expect(await readFile(join(root, "pnpm-lock.yaml"), "utf8")).not.toMatch(/https?:\/\//);
});
