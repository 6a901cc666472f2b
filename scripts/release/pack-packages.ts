/**
 * Packs every package that is published on npm, as pnpm makes it of the workspace.
 *
 *   node scripts/release/pack-packages.ts <folder>
 */
import { mkdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pnpm } from "./pnpm.ts";
import { readReleaseNames, repositoryRoot } from "./release-names.ts";

/** Packs one folder of `packages` and returns the tarball's path. */
export async function packPackage(name: string, destination: string): Promise<string> {
  const folder = join(repositoryRoot, "packages", name);
  await pnpm(folder, "pack", "--pack-destination", resolve(destination));
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
