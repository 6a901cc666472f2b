import { posix } from "node:path";
import picomatch from "picomatch";

// Paths of a forge have slashes on every system, and names that begin with a dot are files as all others.
const options = { dot: true, nonegate: true, windows: false };

/**
 * What is wrong with a pattern, as the rest of a sentence: `takes no pattern such as "!", which …`.
 *
 * @returns `undefined` where nothing is
 */
export function describePatternFault(pattern: string): string | undefined {
  const fault = findFault(pattern);
  return fault && `takes no pattern such as "${pattern}", which ${fault}`;
}

/**
 * The paths below which a pattern of these finds something, each once. A pattern that begins with `!`
 * excludes; where all do, the rest is meant. One without glob characters, or with a slash at its end, means
 * what is below it.
 *
 * @param paths from the root of a repository, with slashes
 * @throws RangeError for a pattern of which `describePatternFault` tells something
 */
export function matchPaths(paths: readonly string[], patterns: readonly string[]): string[] {
  for (const pattern of patterns) {
    const fault = describePatternFault(pattern);
    if (fault !== undefined) throw new RangeError(`matchPaths ${fault}.`);
  }
  const ignore = patterns.filter(isExclusion).flatMap(toGlobs);
  const wanted = patterns.filter((one) => !isExclusion(one)).flatMap(toGlobs);
  const isMatch = picomatch(wanted.length === 0 ? ["**"] : wanted, { ...options, ignore });
  return [...new Set(paths.filter((path) => isMatch(path)))];
}

function isExclusion(pattern: string): boolean {
  return pattern.startsWith("!");
}

function findFault(pattern: string): string | undefined {
  const meant = readMeant(pattern);
  if (meant === "") return "is empty";
  if (isExclusion(meant)) return "begins with more than one !";
  if (meant.includes("\\")) return "has a backslash: write / between folders";
  // `"src/**"` would mean a file of the name `**`.
  if (meant.includes('"') || /^'.*'$/.test(meant)) return "has quotes: write it without them";
  if (meant.split("/").includes("..")) {
    return "has ..: write the path from the root of the repository";
  }
  const globs = toGlobs(pattern);
  if (globs.length === 0) return "has a bracket that is not closed";
  // Where everything is excluded no path is ever found, as if no clip were needed.
  return isExclusion(pattern) && globs.some(isEverything) ? "excludes everything" : undefined;
}

/** Whether no name in a glob restricts it: `**`, which `/` and `.` mean, and `**` with `*` after it. */
function isEverything(glob: string): boolean {
  const isMatch = picomatch(glob, options);
  return /^[*/]+$/.test(glob) && ["a", "a/b", "a/b/c"].every((path) => isMatch(path));
}

/** Without the `!` of an exclusion. */
function readMeant(pattern: string): string {
  return pattern.trim().replace(/^!/, "").trim();
}

/** The globs of picomatch that say together what is meant; none where it cannot be read. */
function toGlobs(pattern: string): string[] {
  const path = posix.normalize(readMeant(pattern).replace(/^\/+/, "")).replace(/^\.\/?$/, "**");
  const glob = escapeGroups(path.replaceAll("[!", "[^"));
  // `app/[id]` is the name of a folder, and so is `app/[post-id]`, which as a class is none.
  const literal = escapeGroups(path).replace(/[[\]]/g, "\\$&");
  return [...new Set([glob, literal])].filter(isGlob).map(addBelow);
}

/** `app/(shop)` is the name of a folder: a parenthesis begins a group after `@`, `!`, `?`, `+` or `*` alone. */
function escapeGroups(path: string): string {
  const open: boolean[] = [];
  return path.replace(/[()|]/g, (found, index: number) => {
    const isOfGroup = open.at(-1) === true;
    if (found === "(") open.push(/[@!?+*]/.test(path.charAt(index - 1)));
    else if (found === ")") open.pop();
    const isKept = found === "(" ? open.at(-1) === true : isOfGroup;
    return isKept ? found : `\\${found}`;
  });
}

function isGlob(pattern: string): boolean {
  try {
    // Otherwise picomatch takes what it cannot read for a pattern that matches nothing.
    picomatch.makeRe(pattern, { ...options, debug: true });
    return true;
  } catch {
    return false;
  }
}

function addBelow(glob: string): string {
  const isPlain = !picomatch.scan(glob, options).isGlob;
  return isPlain || glob.endsWith("/") ? `${glob.replace(/\/$/, "")}/**` : glob;
}
