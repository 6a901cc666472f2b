/**
 * The names that a release has, from `release.json`, and what its version makes of them. Everything
 * else that states them is filled in or compared by `fill-names.ts`.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export interface ReleaseNames {
  /** The account on GitHub, and the repository in it. */
  owner: string;
  repository: string;
  /** Who publishes the extension: the publisher on the Marketplace and the namespace on Open VSX. */
  publisher: string;
  /** The extension's own name, after the publisher's. */
  extension: string;
  /** Each folder in `packages` that is published on npm, with its name there, what is depended on first. */
  packages: Record<string, string>;
}

/** What `owner` is until somebody puts the account there. */
export const placeholder = "OWNER";

export const repositoryRoot = join(import.meta.dirname, "../..");

export async function readReleaseNames(root: string): Promise<ReleaseNames> {
  const names = JSON.parse(await readFile(join(root, "release.json"), "utf8"));
  for (const key of ["owner", "repository", "publisher", "extension"]) {
    // No more than what GitHub, the Marketplace and Open VSX allow, since it stands in addresses.
    if (!/^[\w.-]+$/.test(names[key] ?? "")) {
      throw new Error(`release.json has no "${key}" of letters, digits, dots, "-" and "_".`);
    }
  }
  return names;
}

/** The version that all packages, the extension and the action have. */
export async function readVersion(root: string): Promise<string> {
  const manifest = await readFile(join(root, "packages/action/package.json"), "utf8");
  return JSON.parse(manifest).version;
}

/** The tag that workflows follow: that of the newest release with the same major version. */
export function majorTag(version: string): string {
  return `v${majorOf(version)}`;
}

/** What npm is asked for: all versions that are compatible. Before version 1 a minor one is not. */
export function npmRange(version: string): string {
  const [major, minor] = version.split(".");
  return major === "0" ? `0.${minor}` : `${majorOf(version)}`;
}

function majorOf(version: string): number {
  const [, major] = version.match(/^(\d+)\.\d+\.\d+/) ?? [];
  if (major === undefined) throw new Error(`${version} is not a version such as 1.2.3.`);
  return Number(major);
}
