/**
 * Packs every package that is published on npm, as pnpm makes it of the workspace.
 *
 *   node scripts/release/pack-packages.ts <folder>
 */
import { execFile } from "node:child_process";
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { readReleaseNames, repositoryRoot } from "./release-names.ts";

const run = promisify(execFile);

/** Packs one folder of `packages` and returns the tarball's path. */
export async function packPackage(name: string, destination: string): Promise<string> {
  const folder = join(repositoryRoot, "packages", name);
  const order = ["pack", "--pack-destination", resolve(destination)];
  const pnpm = process.env.npm_execpath ?? "";
  if (/pnpm[^/\\]*$/.test(pnpm)) {
    const isScript = /\.[cm]?js$/.test(pnpm);
    await run(isScript ? process.execPath : pnpm, isScript ? [pnpm, ...order] : order, {
      cwd: folder,
    });
  } else {
    // Windows starts .cmd files through its shell alone.
    const shell = process.platform === "win32";
    await run("npx", ["-y", "pnpm@12", ...order], { cwd: folder, shell });
  }
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  return join(destination, tarballName(manifest));
}

/** What npm and pnpm call the tarball of a package. */
export function tarballName({ name, version }: { name: string; version: string }): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
}

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error("Name the folder that the tarballs go to.");
  await mkdir(folder, { recursive: true });
  const { packages } = await readReleaseNames(repositoryRoot);
  for (const name of Object.keys(packages)) console.log(await packPackage(name, folder));
}
