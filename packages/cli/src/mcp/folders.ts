import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { toPrintable, UsageError } from "@clipcourier/batch";
import { findHome } from "../settings/user-folders.js";

/** A folder whose videos may be uploaded. */
export interface AllowedFolder {
  /** The absolute path, as it was named. */
  named: string;
  /** The path without links. */
  real: string;
}

/**
 * The folders of `--root`, or the working folder.
 *
 * @throws UsageError for what is no folder, and for a working folder that holds everything
 */
export async function openFolders(
  roots: readonly string[] | undefined,
): Promise<[AllowedFolder, ...AllowedFolder[]]> {
  const [first, ...others] = roots ?? [workingFolder()];
  if (first === undefined) throw new UsageError("--root names no folder.");
  return [await openFolder(first), ...(await Promise.all(others.map(openFolder)))];
}

async function openFolder(root: string): Promise<AllowedFolder> {
  const named = path.resolve(root);
  const real = await realpath(named).catch(() => undefined);
  const found = real === undefined ? undefined : await stat(real);
  if (real !== undefined && found?.isDirectory()) return { named, real };
  throw new UsageError(`--root: there is no folder ${toPrintable(named)}.`);
}

// Some programs start their servers in the root of the file system, or in the home folder.
function workingFolder(): string {
  const folder = process.cwd();
  if (folder !== path.parse(folder).root && folder !== findHome()) return folder;
  throw new UsageError(
    `The working folder is ${toPrintable(folder)}, which holds much that is no video of a project. ` +
      "Name the folders whose videos may be uploaded: clipcourier mcp --root <folder>.",
  );
}

/** The way from a folder to what is in it or below it; `undefined` for anything else. */
export function findWay(folder: string, file: string): string | undefined {
  const way = path.relative(folder, file);
  const isOutside = way === "" || /^\.\.([\\/]|$)/.test(way) || path.isAbsolute(way);
  return isOutside ? undefined : way;
}
