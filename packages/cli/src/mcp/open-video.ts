import { realpath } from "node:fs/promises";
import path from "node:path";
import { UsageError } from "@clipcourier/batch";
import {
  explainAccess,
  formatBytes,
  type ReadableSource,
  videoExtensions,
} from "@clipcourier/core";
import { type AllowedFolder, findWay } from "./folders.js";
import { openPlacedFile, type PlacedFile } from "./placed-file.js";

/** Which files may be uploaded. */
export interface FileRules {
  /** A relative path begins at the first. */
  folders: readonly [AllowedFolder, ...AllowedFolder[]];
  includeHiddenFiles: boolean;
  /** Bytes. */
  maxSize: number;
}

/** A video that is open, so that nobody can put another file in its place. */
export interface OpenVideo extends AsyncDisposable {
  /** Without its folders. */
  name: string;
  /** Bytes. */
  size: number;
  source: ReadableSource;
}

/**
 * Opens a video that the rules allow.
 *
 * @param clientFolders real paths that it has to be in as well; `undefined` where the client names none
 * @throws UsageError that says why it may not be uploaded
 */
export async function openVideo(
  given: string,
  rules: FileRules,
  clientFolders: readonly string[] | undefined,
): Promise<OpenVideo> {
  const place = path.resolve(rules.folders[0].named, given);
  // Before anything is looked at, so that no answer tells what exists elsewhere.
  if (!rules.folders.some(({ named, real }) => findWay(named, place) ?? findWay(real, place))) {
    throw describeOutside(given, rules);
  }
  const file = await openFile(given, place, (real) =>
    checkPlace(given, real, rules, clientFolders),
  );
  try {
    // A link that was put into the way meanwhile has led elsewhere.
    checkPlace(given, file.real, rules, clientFolders);
    const size = checkFile(given, file, rules);
    const name = path.basename(place);
    return {
      name,
      size,
      source: { name, size, read: file.read },
      [Symbol.asyncDispose]: file.close,
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** @param real the path without links */
function checkPlace(
  given: string,
  real: string,
  rules: FileRules,
  clientFolders: readonly string[] | undefined,
): void {
  const ways = rules.folders.flatMap((folder) => findWay(folder.real, real) ?? []);
  if (ways.length === 0) throw describeOutside(given, rules);
  if (clientFolders && !clientFolders.some((folder) => findWay(folder, real))) {
    throw refuse(given, "it is in none of the folders that are open in the client.");
  }
  if (!rules.includeHiddenFiles && ways.every(isHidden)) {
    throw refuse(
      given,
      "a name in its path begins with a dot. --include-hidden-files allows that.",
    );
  }
  const extension = path.extname(real).slice(1).toLowerCase();
  if (!videoExtensions.includes(extension)) {
    throw refuse(given, `only videos are: ${listExtensions()}.`);
  }
}

/** `.mp4, .mov, …` */
export function listExtensions(): string {
  return videoExtensions.map((extension) => `.${extension}`).join(", ");
}

function isHidden(way: string): boolean {
  return way.split(/[\\/]/).some((name) => name.startsWith("."));
}

/** @param check throws where the real path is not allowed */
async function openFile(
  given: string,
  place: string,
  check: (real: string) => void,
): Promise<PlacedFile> {
  try {
    const real = await realpath(place);
    check(real);
    return openPlacedFile(real);
  } catch (error) {
    throw error instanceof UsageError ? error : await describeFailure(given, place, error);
  }
}

/** @returns the size in bytes */
function checkFile(given: string, file: PlacedFile, { maxSize }: FileRules): number {
  const { isFile, size } = file.look();
  if (!isFile) throw refuse(given, "it is not a file. Give the path of a video.");
  if (size > maxSize) {
    const limit = `--max-size allows ${formatBytes(maxSize)}`;
    throw refuse(given, `it has ${formatBytes(size)}, and ${limit}.`);
  }
  return size;
}

function describeOutside(given: string, { folders }: FileRules): UsageError {
  const places = folders.map(({ named }) => named).join(", ");
  return refuse(given, `it is outside of ${places}. --root allows other folders.`);
}

async function describeFailure(given: string, place: string, error: unknown): Promise<UsageError> {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return refuse(given, "there is no such file. Check the path.");
    case "EACCES":
    case "EPERM":
      return refuse(given, `it may not be read (${code}). ${await explainAccess(place)}`);
    case "ELOOP":
      return refuse(given, "it was replaced while it was opened. Try again.");
    default:
      return refuse(given, `it cannot be opened (${code}).`);
  }
}

function refuse(given: string, reason: string): UsageError {
  return new UsageError(`${given} was not uploaded: ${reason}`);
}
