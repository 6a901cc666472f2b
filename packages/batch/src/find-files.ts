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
  /** Bytes; 0 of a file that may not be looked at, whose upload then fails with the reason. */
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
 * is a pattern, such as `out/*.{mp4,webm}`. One that begins with `!` excludes, wherever it stands in
 * the list. Links are followed, and a file with several names is found once, by the shortest.
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
  /** By their real paths. */
  readonly #files = new Map<string, FoundFile>();
  readonly #unmatched: string[] = [];
  /** Two patterns can meet the same folder. */
  readonly #skipped = new Set<string>();

  constructor(exclusions: readonly string[], includeHiddenFiles: boolean) {
    this.#exclusions = exclusions;
    this.#includeHiddenFiles = includeHiddenFiles;
  }

  result(): FoundFiles {
    const files = [...this.#files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    // The search meets them in any order.
    return { files, unmatched: this.#unmatched, skipped: [...this.#skipped].sort() };
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
    // A path that exists and is excluded is left out on purpose.
    if (!isFound && !isLiteral) this.#unmatched.push(`${pattern} matches no file.`);
  }

  async #match(pattern: string, isLiteral: boolean): Promise<string[]> {
    if (isLiteral && this.#exclusions.length === 0) return [pattern];
    return glob(isLiteral ? escapePath(pattern) : pattern, {
      ...{ ignore: this.#exclusions, expandDirectories: false, onlyFiles: true },
      dot: this.#includeHiddenFiles || isLiteral,
      fs: createSearchFs((folder, code) => {
        const shown = toShownPath(folder, path.isAbsolute(pattern)) || ".";
        this.#skipped.add(`${shown} was skipped: the folder cannot be read (${code}).`);
      }),
    });
  }

  /** Whether there is such a file. */
  #addFile(file: LookedAt): boolean {
    if (file.isGone) {
      this.#skipped.add(`${file.path} was skipped: it is gone, or a link that leads nowhere.`);
      return false;
    }
    const { path, size, realPath } = file;
    const known = this.#files.get(realPath);
    // Of several names, the shortest is the one that a person means, not one through a link.
    if (known === undefined || known.path.length > path.length) {
      this.#files.set(realPath, { path, size });
    }
    return true;
  }
}

/** What is wrong with a path that is taken as it stands; `undefined` for a file and for a pattern. */
function describeLiteral(pattern: string, found: Stats | string): string | undefined {
  if (typeof found === "string") {
    return isAbsent(found) ? undefined : `${pattern} cannot be read (${found}).`;
  }
  if (found.isFile()) return undefined;
  if (!found.isDirectory()) return `${pattern} is no regular file.`;
  return `${pattern} is a folder. Name its files, for example ${path.posix.join(pattern, "*.mp4")}.`;
}

type LookedAt =
  | { isGone: false; path: string; size: number; realPath: string }
  | { isGone: true; path: string };

async function lookAtFile(file: string): Promise<LookedAt> {
  try {
    const [realPath, { size }] = await Promise.all([realpath(file), stat(file)]);
    return { isGone: false, path: file, size, realPath };
  } catch (error) {
    const code = readCode(error);
    if (isAbsent(code) || code === "ELOOP") return { isGone: true, path: file };
    return { isGone: false, path: file, size: 0, realPath: path.resolve(file) };
  }
}

/** What stands at a path, or the code of the error. */
async function look(file: string): Promise<Stats | string> {
  return stat(file).catch(readCode);
}

function readCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

// Windows answers EINVAL for signs that no name may have, such as `*`.
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
