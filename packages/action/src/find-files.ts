import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { escapePath, glob } from "tinyglobby";

/** A file that a pattern found. */
export interface FoundFile {
  /** Relative to the working directory where the pattern is; with forward slashes. */
  path: string;
  /** Bytes. */
  size: number;
}

export interface FoundFiles {
  /** Each real file once, sorted by path. */
  files: FoundFile[];
  /** What is to be said of the patterns that match nothing. */
  unmatched: string[];
}

/**
 * The files that the patterns mean. A path that exists is taken as it stands, so that
 * `take [1].mp4` needs no escaping; `!` excludes, wherever it stands in the list.
 */
export async function findFiles(
  patterns: readonly string[],
  { includeHiddenFiles = false } = {},
): Promise<FoundFiles> {
  const isExclusion = (pattern: string) => pattern.startsWith("!");
  const ignore = await Promise.all(
    patterns.filter(isExclusion).map(async (pattern) => {
      const excluded = toPortable(pattern.slice(1));
      return (await look(excluded)) === undefined ? excluded : escapePath(excluded);
    }),
  );
  const files = new Map<string, FoundFile>();
  const unmatched: string[] = [];
  for (const pattern of patterns.filter((each) => !isExclusion(each))) {
    const found = await findOne(toPortable(pattern), ignore, includeHiddenFiles);
    if (typeof found === "string") unmatched.push(found);
    else for (const file of found) await addOnce(files, file);
  }
  const sorted = [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: sorted, unmatched };
}

/** The paths, or what is to be said when there are none. */
async function findOne(
  pattern: string,
  ignore: readonly string[],
  dot: boolean,
): Promise<string[] | string> {
  const literal = await look(pattern);
  if (literal?.isDirectory()) {
    return `${pattern} is a folder. Name its files, for example ${path.posix.join(pattern, "*.mp4")}.`;
  }
  const paths = await glob(literal === undefined ? pattern : escapePath(pattern), {
    ...{ ignore, expandDirectories: false, onlyFiles: true },
    dot: dot || literal !== undefined,
  });
  return paths.length > 0 ? paths : `${pattern} matches no file.`;
}

async function addOnce(files: Map<string, FoundFile>, found: string): Promise<void> {
  const file = toPortable(path.normalize(found));
  const real = await realpath(file);
  // The shortest way to a file is the one that a person means, not the one through a link.
  const known = files.get(real);
  if (known !== undefined && known.path.length <= file.length) return;
  files.set(real, { path: file, size: (await stat(file)).size });
}

async function look(file: string) {
  return stat(file).catch(() => undefined);
}

// On Windows a backslash separates folders; elsewhere it escapes.
function toPortable(file: string): string {
  return process.platform === "win32" ? file.replaceAll("\\", "/") : file;
}
