import type { DirectUploadClient, Recording } from "@clipcourier/core";
import { matchPaths } from "./path-patterns.js";
import type { ChangedPull } from "./pull-changes.js";

// Each costs a request. Those of the newest commit are among the newest, unless an old run was run again.
const mostMerges = 20;

/** Which changes need a clip, and whose clip counts. */
export interface Requirement {
  /**
   * Patterns of the paths whose changes need a clip, from the root of the repository. One that begins with
   * `!` excludes. `describePatternFault` tells nothing of any.
   */
  paths: readonly string[];
  /** As statements name it, such as `github.com`. */
  server: string;
  /**
   * A commit that may be the test merge of the newest one, where the service does not know by their
   * tokens which runs are of a pull request: on GitLab.
   */
  built?: string | undefined;
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
  /** Whether it comes from another repository, whose runs get no ID token for this one. */
  isFork: boolean;
  recordings: Recording[];
  /** Commits of the pull request that have verified clips, the newest first, when its newest one has none. */
  others: string[];
  /** How many of them were not looked at, whether they are test merges of the newest one. */
  unseen: number;
}

/**
 * Finds out whether a pull request has a verified clip for its newest commit, where it needs one.
 *
 * @throws ForgeError when the forge does not say what it changes; DirectUploadError when the service does
 *   not say what it has
 */
export async function findRequired(
  pull: ChangedPull,
  client: Pick<DirectUploadClient, "listRecordings">,
  { paths, server, built }: Requirement,
  signal: AbortSignal,
): Promise<Finding> {
  const { repository, head, isCut, isFork, paths: changed } = await pull.readChanges();
  const files = matchPaths(changed, paths);
  const found = { head, files, isCut, isFork, recordings: [], others: [], unseen: 0 };
  if (files.length === 0 && !isCut) return { ...found, outcome: "unneeded" };
  const name = `${server}/${repository}`;
  const ofHead = await client.listRecordings(name, { commit: head }, { signal });
  if (ofHead.length > 0) return { ...found, outcome: "met", recordings: ofHead };
  const ofPull = await client.listRecordings(name, { pull: pull.number }, { signal });
  const ofBuilt =
    built === undefined || built === head
      ? []
      : await client.listRecordings(name, { commit: built }, { signal });
  const { recordings, unseen } = await chooseMerge(pull, head, [
    ...sortNewest(ofBuilt),
    ...sortNewest(ofPull),
  ]);
  if (recordings.length > 0) return { ...found, outcome: "met", recordings };
  const others = [...new Set(sortNewest(ofPull).flatMap(({ run }) => run.sha ?? []))];
  return { ...found, outcome: "missing", others, unseen };
}

function sortNewest(recordings: readonly Recording[]): Recording[] {
  return recordings.toSorted((one, other) =>
    other.run.recordedOn.localeCompare(one.run.recordedOn),
  );
}

/**
 * On GitHub the run of a pull request builds a merge, whose second parent is the commit itself. The first
 * merge of it that there is a recording of is enough.
 */
async function chooseMerge(
  pull: ChangedPull,
  head: string,
  recordings: readonly Recording[],
): Promise<Pick<Finding, "unseen"> & { recordings: Recording[] }> {
  const ofMerges = recordings.filter(({ run }) => run.ref === pull.mergeRef);
  const merges = [...new Set(ofMerges.flatMap(({ run }) => run.sha ?? []))];
  for (const merge of merges.slice(0, mostMerges)) {
    if (!(await pull.isMergeOf({ merge, head }))) continue;
    return { recordings: ofMerges.filter(({ run }) => run.sha === merge), unseen: 0 };
  }
  return { recordings: [], unseen: Math.max(0, merges.length - mostMerges) };
}
