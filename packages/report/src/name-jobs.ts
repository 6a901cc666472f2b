import path from "node:path";
import type { FoundFile } from "@clipcourier/batch";

/** A results file, and the pattern that found it where it was not named itself. */
export type ResultsPath = Pick<FoundFile, "path" | "pattern">;

/**
 * The name of each results file's job: what the wildcards of the pattern stand for, without `.json`.
 * `results/*.json` names `results/de.json` `de`, and `results/*\/clips.json` names
 * `results/matrix-a/clips.json` `matrix-a`. A job's name depends on no other job: it is the same where the
 * files of others are missing. Files that are named themselves have their own name where these differ,
 * else their path without what all begin and end with.
 */
export function nameJobs(files: readonly ResultsPath[]): string[] {
  const named = nameNamed(files.filter(({ pattern }) => pattern === undefined));
  const names = files.map((file) => takeWildcards(file) ?? named.get(file) ?? file.path);
  // Two patterns can give two files one name.
  const isShared = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  return names.map((name, index) =>
    isShared(name) ? withoutJson(files[index]?.path ?? name) : name,
  );
}

/** `undefined` for a file that was named itself, and where wildcards stand for nothing. */
function takeWildcards({ path: file, pattern }: ResultsPath): string | undefined {
  if (pattern === undefined) return undefined;
  const folders = /^[^*?[\]{}()!+@]*\//.exec(pattern)?.[0] ?? "";
  const end = /\/[^*?[\]{}()!+@]*$/.exec(pattern)?.[0] ?? "";
  const start = file.startsWith(folders) ? folders.length : 0;
  const taken = file.endsWith(end)
    ? file.slice(start, file.length - end.length)
    : file.slice(start);
  return withoutJson(taken) || undefined;
}

function nameNamed(files: readonly ResultsPath[]): Map<ResultsPath, string> {
  const names = files.map((file) => path.basename(file.path, ".json"));
  const chosen = new Set(names).size === names.length ? names : shortenPaths(files);
  return new Map(files.map((file, index) => [file, chosen[index] ?? file.path]));
}

function shortenPaths(files: readonly ResultsPath[]): string[] {
  const paths = files.map((file) => withoutJson(file.path).split("/"));
  const shortest = Math.min(...paths.map(({ length }) => length));
  const start = countCommon(paths, shortest - 1);
  const end = countCommon(
    paths.map((parts) => parts.toReversed()),
    shortest - start - 1,
  );
  return paths.map((parts) => parts.slice(start, parts.length - end).join("/"));
}

function withoutJson(file: string): string {
  return file.replace(/\.json$/, "");
}

/** How many parts, at most so many, all paths have in common at their beginning. */
function countCommon(paths: readonly (readonly string[])[], most: number): number {
  const [first = []] = paths;
  const differs = first.findIndex((part, at) => paths.some((parts) => parts[at] !== part));
  return Math.max(0, Math.min(most, differs < 0 ? most : differs));
}
