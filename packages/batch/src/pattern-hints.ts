/** How the paths are given to the program: on lines, or as arguments. */
export type PathList = "lines" | "arguments";

const separations: Record<PathList, string> = {
  lines: "write each path on a line of its own",
  arguments: "give each path as an argument of its own",
};

/**
 * Why a pattern that matches nothing was probably not written as it was meant, as a sentence:
 * quotes, commas and the like that stand in it. `undefined` where nothing strikes.
 */
export function findHint(pattern: string, list: PathList): string | undefined {
  if (/^-\s/.test(pattern)) {
    return 'The "- " at its start belongs to it: this is no list of YAML, so leave it out.';
  }
  if (/^(["']).*\1$/.test(pattern)) return "The quotes around it belong to it: leave them out.";
  if (/\$\{\{/.test(pattern)) {
    return "The expression in it is not filled in: GitHub does that in workflow files only.";
  }
  if (/\$\{?\w/.test(pattern)) {
    return "Variables such as $NAME are filled in by a shell only: write the path itself.";
  }
  if (/^~/.test(pattern)) {
    return "The ~ at its start is filled in by a shell only: write the whole path.";
  }
  if (/^https?:\/\//i.test(pattern)) return "It is an address: download the video first.";
  if (/,/.test(pattern.replace(/\{[^{}]*\}/g, ""))) {
    return `Commas do not separate paths: ${separations[list]}.`;
  }
  if (/\.\w{2,4}\s+\S/.test(pattern)) {
    return `Blanks do not separate paths: ${separations[list]}.`;
  }
  if (pattern.includes("\\") && process.platform !== "win32") {
    return "A backslash is no separator of folders here: write / instead.";
  }
  return undefined;
}
