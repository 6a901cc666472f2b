import type { DirectUploadClient, Recording } from "@clipcourier/core";
import type { ForgeApi } from "@clipcourier/report";
import picomatch from "picomatch";
import type { Repository } from "../forge/forge.js";
import { isMergeOf, type PullChanges, readPullChanges } from "../forge/pull-changes.js";

export interface Requirement {
  /** Patterns of the paths whose changes need a clip, from the root of the repository. */
  paths: readonly string[];
  repository: Repository;
  /** As statements name it, such as `github.com`. */
  server: string;
  number: number;
}

/** `unneeded`: nothing below the paths has changed; `met`: there is a verified clip; or there is none. */
export interface Finding {
  outcome: "unneeded" | "met" | "missing";
  /** The newest commit of the pull request. */
  head: string;
  /** The changed files that need a clip. */
  files: string[];
  /** Whether the forge has not listed all files, so that a clip is needed anyway. */
  isCut: boolean;
  recordings: Recording[];
  /** Commits of the pull request that have verified clips, when its newest one has none. */
  others: string[];
}

/** Finds out whether a pull request has a verified clip for its newest commit, where it needs one. */
export async function findRequired(
  api: ForgeApi,
  client: Pick<DirectUploadClient, "listRecordings">,
  requirement: Requirement,
  signal: AbortSignal,
): Promise<Finding> {
  const { repository, server, number, paths } = requirement;
  const changes = await readPullChanges(api, repository, number);
  const found = { head: changes.head, files: matchPaths(changes, paths), isCut: changes.isCut };
  if (found.files.length === 0 && !found.isCut) {
    return { outcome: "unneeded", ...found, recordings: [], others: [] };
  }
  const name = `${server}/${repository.path}`;
  const ofHead = await client.listRecordings(name, { commit: found.head }, { signal });
  if (ofHead.length > 0) return { outcome: "met", ...found, recordings: ofHead, others: [] };
  const ofPull = await client.listRecordings(name, { pull: number }, { signal });
  const recordings = await chooseMerges(api, requirement, found.head, ofPull);
  if (recordings.length > 0) return { outcome: "met", ...found, recordings, others: [] };
  const others = [...new Set(ofPull.flatMap(({ run }) => run.sha ?? []))];
  return { outcome: "missing", ...found, recordings: [], others };
}

function matchPaths({ paths }: PullChanges, patterns: readonly string[]): string[] {
  // Names that begin with a dot are files as all others.
  const isMatch = picomatch([...patterns], { dot: true });
  return [...new Set(paths.filter((path) => isMatch(path)))];
}

/** On GitHub the run of a pull request builds a merge, whose second parent is the commit itself. */
async function chooseMerges(
  api: ForgeApi,
  { repository, number }: Requirement,
  head: string,
  recordings: readonly Recording[],
): Promise<Recording[]> {
  const merges = new Map<string, Promise<boolean>>();
  const chosen: Recording[] = [];
  for (const recording of recordings) {
    const { sha, ref } = recording.run;
    if (sha === undefined || ref !== `refs/pull/${number}/merge`) continue;
    const isMerge = merges.get(sha) ?? isMergeOf(api, repository, { merge: sha, head });
    merges.set(sha, isMerge);
    if (await isMerge) chosen.push(recording);
  }
  return chosen;
}
