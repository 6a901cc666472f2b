/** What a pull request (on GitLab: merge request) changes. */
interface PullChanges {
  /** As statements name it, without its server: `octo/app`, or `group/sub/app`. */
  repository: string;
  /** Its newest commit, in full. */
  head: string;
  /** The paths of the files, of a renamed one both. */
  paths: string[];
  /** Whether there are more files than the forge lists. */
  isCut: boolean;
  /** Whether it comes from another repository than the one that it is for. */
  isFork: boolean;
}

/** One pull request of one forge, whose changes are read. Methods throw `ForgeError`. */
export interface ChangedPull {
  readonly number: number;
  /** The ref of its test merge, such as `refs/pull/7/merge`. */
  readonly mergeRef: string;
  readChanges(): Promise<PullChanges>;
  /**
   * Whether a commit is the test merge of another into its base: what a run for a pull request builds. A
   * commit that the forge has not any more is none.
   */
  isMergeOf(commits: { merge: string; head: string }): Promise<boolean>;
}
