import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

// Which packages of this workspace each package may import. An arrow that is not here is wrong.
const arrows: Record<string, string[]> = {
  core: [],
  batch: ["@clipcourier/core"],
  service: ["@clipcourier/core/wire"],
  action: ["@clipcourier/core", "@clipcourier/batch"],
  vscode: ["@clipcourier/core", "@clipcourier/batch"],
  cli: ["@clipcourier/core", "@clipcourier/batch", "@clipcourier/service"],
};

async function listSources(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name));
}

function findImports(text: string): string[] {
  const pattern = /(?:from|import)\s*\(?\s*["']([^"']+)["']/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? "");
}

/** The files on a way that leads back to where it began; none where every way ends. */
function findCircle(imports: ReadonlyMap<string, string[]>): string[] {
  const ended = new Set<string>();
  const follow = (path: string, way: readonly string[]): string[] => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (ended.has(path)) return [];
    for (const next of imports.get(path) ?? []) {
      const circle = follow(next, [...way, path]);
      if (circle.length > 0) return circle;
    }
    ended.add(path);
    return [];
  };
  for (const path of imports.keys()) {
    const circle = follow(path, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

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

  // The files of core are being put in folders; its one circle goes with that.
  test.each(Object.keys(arrows).filter((name) => name !== "core"))(
    "no files of %s import each other in a circle",
    async (name) => {
      const folder = join(root, "packages", name, "src");
      const imports = new Map<string, string[]>();
      for (const path of await listSources(folder)) {
        const own = findImports(await readFile(path, "utf8")).filter((one) => one.startsWith("."));
        imports.set(
          path,
          own.map((one) => join(dirname(path), one.replace(/\.js$/, ".ts"))),
        );
      }
      expect(findCircle(imports).map((path) => relative(folder, path))).toEqual([]);
    },
  );

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
