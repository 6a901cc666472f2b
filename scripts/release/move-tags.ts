/**
 * Tags the checked-out commit as a release: `v1.2.3`, which is never moved, and `v1`, which workflows
 * follow, where this is the newest release of that major version. It can be run again.
 *
 *   node scripts/release/move-tags.ts [remote] [folder]
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { majorTag, readVersion, repositoryRoot } from "./release-names.ts";
import { compareParts, partsOf } from "./versions.ts";

const [remote = "origin", root = repositoryRoot] = process.argv.slice(2);
const version = await readVersion(root);
const tag = `v${version}`;
const major = majorTag(version);
const commit = (await git("rev-parse", "HEAD")).trim();
const tags = await listTags();

const tagged = tags.get(tag);
if (tagged !== undefined && tagged !== commit) {
  throw new Error(
    `${tag} is commit ${tagged} already. Release this commit under a higher version.`,
  );
}
const moves = [
  ...(tagged === undefined ? [tag] : []),
  ...(isNewest() && tags.get(major) !== commit ? [major] : []),
];
if (moves.length > 0) {
  // All or none of them.
  await git("push", "--atomic", remote, ...moves.map((each) => `+${commit}:refs/tags/${each}`));
}
console.log(moves.length > 0 ? `${moves.join(" and ")}: ${commit}` : `${tag} is there already.`);

/** A release before the release moves nothing, nor does a correction of an older minor version. */
function isNewest(): boolean {
  const own = partsOf(version);
  if (own === undefined) return false;
  const others = [...tags.keys()].flatMap((name) => {
    const parts = name.startsWith("v") ? partsOf(name.slice(1)) : undefined;
    return parts ? [parts] : [];
  });
  return others.every((other) => other[0] !== own[0] || compareParts(other, own) <= 0);
}

/** The tags of the remote, each with its commit: a shallow clone does not have them. */
async function listTags(): Promise<Map<string, string>> {
  const lines = (await git("ls-remote", "--tags", remote)).trim().split("\n");
  return new Map(
    // For an annotated tag the second line, with ^{}, has the commit.
    lines.flatMap((line): [string, string][] => {
      const [, id, name] = line.match(/^(\w+)\trefs\/tags\/(.+?)(?:\^\{\})?$/) ?? [];
      return id && name ? [[name, id]] : [];
    }),
  );
}

async function git(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("git", args, { cwd: root });
  return stdout;
}
