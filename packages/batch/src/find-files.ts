import type { Stats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { escapePath, glob } from "tinyglobby";
import { createSearchFs } from "./search-fs.js";

/** A file to upload. */
export interface FoundFile {
  /**
   * With forward slashes. From the working folder; absolute where the pattern was absolute and the
   * file is not below the working folder.
   */
  path: string;
  /** Bytes; 0 when reading the size is not allowed: the upload then fails and says why. */
  size: number;
}

/** What {@link findFiles} found. The messages are whole sentences, in English. */
export interface FoundFiles {
  /** Each real file once, sorted by path. */
  files: FoundFile[];
  /** A message for each pattern that matches no file. */
  unmatched: string[];
  /** A message for each file that is gone, and for each folder that cannot be read. */
  skipped: string[];
}

export interface FindOptions {
  /**
   * Whether `*` and `**` match names that begin with a dot.
   *
   * @default false
   */
  includeHiddenFiles?: boolean | undefined;
}

/**
 * Finds the files that paths and patterns mean, from the working folder of the process.
 *
 * A path that exists is taken as it stands, so that `take [1].mp4` needs no escaping; anything else
 * is a pattern, such as `out/*.{mp4,webm}`. One that begins with `!` excludes, wherever it stands
 * in the list. Links are followed, and a file with several names is found once, by the shortest.
 *
 * @example
 * const { files, unmatched, skipped } = await findFiles(["out/*.mp4", "!out/draft-*"]);
 */
export async function findFiles(
  patterns: readonly string[],
  { includeHiddenFiles = false }: FindOptions = {},
): Promise<FoundFiles> {
  const isExclusion = (pattern: string) => pattern.startsWith("!");
  const exclusions = patterns.filter(isExclusion).map((pattern) => pattern.slice(1));
  const search = new Search(await Promise.all(exclusions.map(toExclusion)), includeHiddenFiles);
  for (const pattern of patterns) {
    if (!isExclusion(pattern)) await search.add(toPortable(pattern));
  }
  return search.result();
}

async function toExclusion(pattern: string): Promise<string> {
  const portable = toPortable(pattern);
  return typeof (await look(portable)) === "string" ? portable : escapePath(portable);
}

/** Gathers what patterns match. */
class Search {
  readonly #exclusions: readonly string[];
  readonly #includeHiddenFiles: boolean;
  /** By real path, so that what several patterns or links lead to is there once. */
  readonly #files = new Map<string, FoundFile>();
  readonly #skipped = new Map<string, { path: string; reason: string }>();
  readonly #unmatched: string[] = [];

  constructor(exclusions: readonly string[], includeHiddenFiles: boolean) {
    this.#exclusions = exclusions;
    this.#includeHiddenFiles = includeHiddenFiles;
  }

  result(): FoundFiles {
    return {
      files: sortByPath(this.#files.values()),
      unmatched: this.#unmatched,
      skipped: sortByPath(this.#skipped.values()).map(
        ({ path, reason }) => `${path} was skipped: ${reason}.`,
      ),
    };
  }

  async add(pattern: string): Promise<void> {
    const literal = await look(pattern);
    const problem = describeLiteral(pattern, literal);
    if (problem !== undefined) {
      this.#unmatched.push(problem);
      return;
    }
    const isLiteral = typeof literal !== "string";
    const paths = await this.#match(pattern, isLiteral);
    const shown = paths.map((found) => toShownPath(found, path.isAbsolute(pattern)));
    const looks = await Promise.all(shown.map(lookAtFile));
    const isFound = looks.map((file) => this.#addFile(file)).includes(true);
    // A path that exists and is not found is excluded, and so left out on purpose.
    if (!isFound && !isLiteral) this.#unmatched.push(`${pattern} matches no file.`);
  }

  async #match(pattern: string, isLiteral: boolean): Promise<string[]> {
    if (isLiteral && this.#exclusions.length === 0) return [pattern];
    return glob(isLiteral ? escapePath(pattern) : pattern, {
      ...{ ignore: this.#exclusions, expandDirectories: false, onlyFiles: true },
      dot: this.#includeHiddenFiles || isLiteral,
      fs: createSearchFs((folder, code) => {
        const shown = toShownPath(folder, path.isAbsolute(pattern)) || ".";
        const reason = `the folder cannot be read (${code})`;
        keepShortest(this.#skipped, path.resolve(folder), { path: shown, reason });
      }),
    });
  }

  /** Whether there is such a file. */
  #addFile({ path, realPath, size }: LookedAt): boolean {
    const isThere = size !== undefined;
    if (isThere) keepShortest(this.#files, realPath, { path, size });
    else keepShortest(this.#skipped, realPath, { path, reason: goneReason });
    return isThere;
  }
}

const goneReason = "it is gone, or a link that leads nowhere";

/** Of several paths to one file, a person means the shortest rather than one through a link. */
function keepShortest<T extends { path: string }>(all: Map<string, T>, key: string, one: T): void {
  const known = all.get(key);
  if (known === undefined || known.path.length > one.path.length) all.set(key, one);
}

function sortByPath<T extends { path: string }>(all: Iterable<T>): T[] {
  return [...all].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * What is wrong with a path that is taken as it stands; `undefined` for a file and for a pattern.
 */
function describeLiteral(pattern: string, found: Stats | string): string | undefined {
  if (typeof found === "string") {
    return isAbsent(found) ? undefined : `${pattern} cannot be read (${found}).`;
  }
  if (found.isFile()) return undefined;
  if (!found.isDirectory()) return `${pattern} is no regular file.`;
  return `${pattern} is a folder. Name its files, for example ${path.posix.join(pattern, "*.mp4")}.`;
}

interface LookedAt {
  path: string;
  realPath: string;
  /** `undefined` when there is no file. */
  size: number | undefined;
}

async function lookAtFile(file: string): Promise<LookedAt> {
  try {
    const [realPath, { size }] = await Promise.all([realpath(file), stat(file)]);
    return { path: file, realPath, size };
  } catch (error) {
    const code = readCode(error);
    const isGone = isAbsent(code) || code === "ELOOP";
    const folder = path.dirname(file);
    const realFolder = await realpath(folder).catch(() => path.resolve(folder));
    const realPath = path.join(realFolder, path.basename(file));
    return { path: file, realPath, size: isGone ? undefined : 0 };
  }
}

/** What is at a path, or the code of the error. */
async function look(file: string): Promise<Stats | string> {
  return stat(file).catch(readCode);
}

function readCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

// Windows reports EINVAL for characters that no name may have, such as `*`.
function isAbsent(code: string): boolean {
  return ["ENOENT", "ENOTDIR", "EINVAL", "ENAMETOOLONG"].includes(code);
}

function toShownPath(file: string, wasAbsolute: boolean): string {
  const relative = path.relative("", file);
  const isBelow = !/^\.\.([\\/]|$)/.test(relative) && !path.isAbsolute(relative);
  return toPortable(wasAbsolute && !isBelow ? path.resolve(file) : relative);
}

// On Windows a backslash separates folders; elsewhere it escapes.
function toPortable(file: string): string {
  return process.platform === "win32" ? file.replaceAll("\\", "/") : file;
}
