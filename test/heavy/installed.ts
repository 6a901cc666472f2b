import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
// Windows starts .cmd files through its shell alone.
const shell = process.platform === "win32";

// What a script runner tells its scripts would make npm work in this workspace instead.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^p?npm_/i.test(name)),
);

/** Packs a package as it is published and gives the tarball's path. */
export async function pack(name: string, destination: string): Promise<string> {
  const folder = join(root, "packages", name);
  const order = ["pack", "--pack-destination", destination];
  const pnpm = process.env.npm_execpath ?? "";
  if (/pnpm[^/\\]*$/.test(pnpm)) {
    const isScript = /\.[cm]?js$/.test(pnpm);
    await run(isScript ? process.execPath : pnpm, isScript ? [pnpm, ...order] : order, {
      cwd: folder,
    });
  } else {
    await run("npx", ["-y", "pnpm@12", ...order], { cwd: folder, shell });
  }
  const { name: full, version } = await readManifest(folder);
  return join(destination, `${full.replace("@", "").replace("/", "-")}-${version}.tgz`);
}

async function readManifest(folder: string): Promise<{ name: string; version: string }> {
  const { default: manifest } = await import(join(folder, "package.json"), {
    with: { type: "json" },
  });
  return manifest;
}

/** Installs tarballs into a fresh project, without what is optional. */
export async function install(project: string, tarballs: string[]): Promise<void> {
  const order = ["install", "--no-audit", "--no-fund", "--omit=optional", "--omit=peer"];
  // Without a network npm would try for a long time and say nothing.
  await run("npm", [...order, ...tarballs], { cwd: project, shell, env, timeout: 120_000 });
}

/** The bytes of all files below a folder. */
export async function measure(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
