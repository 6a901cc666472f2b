import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { UsageError } from "./usage-error.js";

/** A file to upload. */
export interface FoundFile {
  /** As it was given, or as the pattern found it. */
  path: string;
  /** Bytes. */
  size: number;
}

/**
 * The files that paths and patterns mean, each real file once, sorted. A path that exists is taken
 * as it stands, so that `take [1].mp4` needs no escaping.
 *
 * @throws UsageError that names every directory and everything that matches no file
 */
export async function findFiles(patterns: readonly string[]): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const problems: string[] = [];
  for (const pattern of patterns) {
    const result = await findOne(pattern);
    if (typeof result === "string") problems.push(result);
    else found.push(...result);
  }
  if (problems.length > 0) {
    throw new UsageError([...problems, "Nothing was uploaded."].join("\n"));
  }
  return dropRepeated(found.sort((a, b) => (a.path < b.path ? -1 : 1)));
}

/** The files, or what is wrong with the pattern. */
async function findOne(pattern: string): Promise<FoundFile[] | string> {
  try {
    const { size, isDirectory } = await look(pattern);
    if (!isDirectory) return [{ path: pattern, size }];
    return `${pattern} is a directory. Give its files, for example "${path.join(pattern, "*.mp4")}".`;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const isAbsent = code === "ENOENT" || code === "ENOTDIR" || code === "EINVAL";
    if (!isAbsent) return `${pattern} cannot be read (${String(code ?? error)}).`;
  }
  // On Windows a backslash separates folders; elsewhere it escapes.
  const portable = process.platform === "win32" ? pattern.replaceAll("\\", "/") : pattern;
  if (!isDynamicPattern(portable)) return `${pattern}: there is no such file. Check the path.`;
  const paths = await glob(portable, { expandDirectories: false, onlyFiles: true });
  if (paths.length === 0) return `${pattern}: no file matches this pattern.`;
  return Promise.all(
    paths.map(async (file) => ({ path: path.normalize(file), size: (await look(file)).size })),
  );
}

async function look(file: string): Promise<{ size: number; isDirectory: boolean }> {
  const found = await stat(file);
  return { size: found.size, isDirectory: found.isDirectory() };
}

async function dropRepeated(files: readonly FoundFile[]): Promise<FoundFile[]> {
  const byRealPath = new Map<string, FoundFile>();
  for (const file of files) {
    const real = await realpath(file.path);
    if (!byRealPath.has(real)) byRealPath.set(real, file);
  }
  return [...byRealPath.values()];
}
