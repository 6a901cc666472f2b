import type { Stats } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { explainAccess } from "@clipcourier/core";
import { escapePath, glob } from "tinyglobby";
import { findHint, type PathList } from "./pattern-hints.js";
import { decodeName, encodePath, toPatternOfLost, toRawUrl, toShownText } from "./raw-names.js";
import { createSearchFs } from "./search-fs.js";

/** A file to upload. */
export interface FoundFile {
  /**
   * With forward slashes. From the working folder; absolute where the pattern was absolute and the
   * file is not below the working folder. What is not UTF-8 in it is U+FFFD.
   */
  path: string;
  /** What to open in place of the path, when that is not UTF-8. */
  url?: URL;
  /** The pattern that the path matches, from the same folder; absent where the file itself was named. */
  pattern?: string;
  /** Bytes; 0 when reading the size is not allowed: the upload then fails and says why. */
  size: number;
}

/** What {@link findFiles} found. The messages are whole sentences, in English. */
export interface FoundFiles {
  /** Each real file once, sorted by path. */
  files: FoundFile[];
  /** A message for each pattern that matches no file, with what is probably wrong about it. */
  unmatched: string[];
  /** A message for each folder that was to be searched and cannot be read: files may be missing. */
  unreadable: string[];
  /** A message for each file that is gone. */
  skipped: string[];
}

/** What `uploadAll` takes for a file. */
export function toSource({ path, url }: FoundFile): string | URL {
  return url ?? path;
}

export interface FindOptions {
  /**
   * Whether `*` and `**` match names that begin with a dot.
   *
   * @default false
   */
  includeHiddenFiles?: boolean | undefined;
  /**
   * How the patterns are given, for messages.
   *
   * @default "arguments"
   */
  list?: PathList | undefined;
}

/**
 * Finds the files that paths and patterns mean, from the working folder of the process.
 *
 * A path that exists is taken as it stands, so that `take [1].mp4` needs no escaping; anything else
 * is a pattern, such as `out/*.{mp4,webm}`. One that begins with `!` excludes, wherever it stands
 * in the list. Links are followed, and a file with several names is found once, by the shortest.
 *
 * @example
 * const { files, unmatched, unreadable, skipped } = await findFiles(["out/*.mp4", "!out/draft-*"]);
 */
export async function findFiles(
  patterns: readonly string[],
  { includeHiddenFiles = false, list = "arguments" }: FindOptions = {},
): Promise<FoundFiles> {
  const isExclusion = (pattern: string) => pattern.startsWith("!");
  const exclusions = patterns.filter(isExclusion).map((pattern) => pattern.slice(1));
  const ignored = await Promise.all(exclusions.map(toExclusion));
  const search = new Search(ignored, includeHiddenFiles, list);
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
  readonly #list: PathList;
  /** By real path, so that what several patterns or links lead to is there once. */
  readonly #files = new Map<string, FoundFile>();
  readonly #unreadable = new Map<string, UnreadFolder>();
  readonly #gone = new Map<string, { path: string }>();
  readonly #unmatched: string[] = [];

  constructor(exclusions: readonly string[], includeHiddenFiles: boolean, list: PathList) {
    this.#exclusions = exclusions;
    this.#includeHiddenFiles = includeHiddenFiles;
    this.#list = list;
  }

  async result(): Promise<FoundFiles> {
    const unreadable = sortByPath(this.#unreadable.values());
    return {
      files: sortByPath(this.#files.values()),
      unmatched: this.#unmatched,
      unreadable: await Promise.all(unreadable.map(describeUnread)),
      skipped: sortByPath(this.#gone.values()).map(
        ({ path }) => `${path} was skipped: it is gone, or a link that leads nowhere.`,
      ),
    };
  }

  async add(pattern: string): Promise<void> {
    const literal = await look(pattern);
    const isLiteral = typeof literal !== "string";
    const problem = await describeLiteral(pattern, literal);
    if (problem !== undefined) {
      this.#unmatched.push(problem);
      return;
    }
    const paths = await this.#match(pattern, isLiteral);
    const shown = paths.map((found) => toRelative(found, path.isAbsolute(pattern)));
    const looks = await Promise.all(shown.map(lookAtFile));
    const from = isLiteral ? {} : { pattern: toRelative(pattern, path.isAbsolute(pattern)) };
    const isFound = looks.map((file) => this.#addFile(file, from)).includes(true);
    // A path that exists and is not found is excluded, and so left out on purpose.
    if (!isFound && !isLiteral) this.#unmatched.push(this.#describeUnmatched(pattern));
  }

  #describeUnmatched(pattern: string): string {
    const hint = findHint(pattern, this.#list);
    return `${pattern} matches no file.${hint === undefined ? "" : ` ${hint}`}`;
  }

  async #match(pattern: string, isLiteral: boolean): Promise<string[]> {
    if (isLiteral && this.#exclusions.length === 0) return [pattern];
    return glob(isLiteral ? escapePath(pattern) : (toPatternOfLost(pattern) ?? pattern), {
      ...{ ignore: this.#exclusions, expandDirectories: false, onlyFiles: true },
      dot: this.#includeHiddenFiles || isLiteral,
      fs: createSearchFs((folder, code) => {
        const shown = toShownText(toRelative(folder, path.isAbsolute(pattern))) || ".";
        keepShortest(this.#unreadable, path.resolve(folder), { path: shown, folder, code });
      }),
    });
  }

  /** Whether there is such a file. */
  #addFile({ path, realPath, size }: LookedAt, from: Pick<FoundFile, "pattern">): boolean {
    const shown = toShownText(path);
    const url = toRawUrl(path);
    const isThere = size !== undefined;
    if (isThere)
      keepShortest(this.#files, realPath, { path: shown, ...(url && { url }), ...from, size });
    else keepShortest(this.#gone, realPath, { path: shown });
    return isThere;
  }
}

/** Of several paths to one file, a person means the shortest rather than one through a link. */
function keepShortest<T extends { path: string }>(all: Map<string, T>, key: string, one: T): void {
  const known = all.get(key);
  if (known === undefined || known.path.length > one.path.length) all.set(key, one);
}

function sortByPath<T extends { path: string }>(all: Iterable<T>): T[] {
  return [...all].sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface UnreadFolder {
  /** As it is shown. */
  path: string;
  folder: string;
  /** Of the error: `EACCES`. */
  code: string;
}

async function describeUnread({ path, folder, code }: UnreadFolder): Promise<string> {
  if (!isRefusal(code)) return `The folder ${path} cannot be read (${code}).`;
  const what = `The folder ${path} may not be read (${code}), so its files are not found.`;
  return `${what} ${await explainAccess(encodePath(folder))}`;
}

/**
 * What is wrong with a path that is taken as it stands; `undefined` for a file and for a pattern.
 * What is neither a file nor a folder passes for a file: its upload fails and says what it is.
 */
async function describeLiteral(
  pattern: string,
  found: Stats | string,
): Promise<string | undefined> {
  if (typeof found !== "string") {
    if (!found.isDirectory()) return undefined;
    return `${pattern} is a folder. Name its files, for example ${path.posix.join(pattern, "*.mp4")}.`;
  }
  if (isAbsent(found)) return undefined;
  if (found === "ELOOP") return `${pattern} is a link that leads back to itself.`;
  if (!isRefusal(found)) return `${pattern} cannot be read (${found}).`;
  const folder = await findClosedFolder(pattern);
  const why = `the folder ${folder} does not let it be reached`;
  return `${pattern} may not be read (${found}): ${why}. ${await explainAccess(folder)}`;
}

/** The folder above a path behind which nothing can be reached. */
async function findClosedFolder(file: string): Promise<string> {
  let folder = path.dirname(file);
  while (typeof (await look(folder)) === "string" && folder !== path.dirname(folder)) {
    folder = path.dirname(folder);
  }
  return folder;
}

interface LookedAt {
  path: string;
  realPath: string;
  /** `undefined` when there is no file. */
  size: number | undefined;
}

async function lookAtFile(file: string): Promise<LookedAt> {
  try {
    const [bytes, { size }] = await Promise.all([
      realpath(encodePath(file), "buffer"),
      stat(encodePath(file)),
    ]);
    return { path: file, realPath: decodeName(bytes), size };
  } catch (error) {
    const code = readCode(error);
    const isGone = isAbsent(code) || code === "ELOOP";
    const folder = path.dirname(file);
    const realFolder = await realpath(encodePath(folder), "buffer").then(decodeName, () =>
      path.resolve(folder),
    );
    const realPath = path.join(realFolder, path.basename(file));
    return { path: file, realPath, size: isGone ? undefined : 0 };
  }
}

/** What is at a path, or the code of the error. */
async function look(file: string): Promise<Stats | string> {
  return stat(encodePath(file)).catch(readCode);
}

function readCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

// Windows reports EINVAL for characters that no name may have, such as `*`.
function isAbsent(code: string): boolean {
  return ["ENOENT", "ENOTDIR", "EINVAL", "ENAMETOOLONG"].includes(code);
}

function isRefusal(code: string): boolean {
  return code === "EACCES" || code === "EPERM";
}

function toRelative(file: string, wasAbsolute: boolean): string {
  const relative = path.relative("", file);
  const isBelow = !/^\.\.([\\/]|$)/.test(relative) && !path.isAbsolute(relative);
  return toPortable(wasAbsolute && !isBelow ? path.resolve(file) : relative);
}

// On Windows a backslash separates folders; elsewhere it escapes.
function toPortable(file: string): string {
  return process.platform === "win32" ? file.replaceAll("\\", "/") : file;
}
