import * as v from "valibot";

export const commentRun = v.object({
  /**
   * What numbers the runs, such as the name of the workflow. The numbers of different pipelines are
   * never compared, and without a pipeline only those of runs of the same commit.
   */
  pipeline: v.optional(v.string()),
  /** A later run of the pipeline has a larger number. */
  number: v.number(),
  /** Of the same number, a later attempt is larger. 1 by default. */
  attempt: v.optional(v.number()),
});
/** The run of a CI that made the clips. */
export type CommentRun = v.InferOutput<typeof commentRun>;

/** What a comment, or a run that wants to write it, is about. */
export interface CommentSubject {
  /** The commit that was rendered, in full. */
  sha?: string | undefined;
  run?: CommentRun | undefined;
}

/**
 * Whether `one` is about something newer than `other`: it alone is about the pull request's newest
 * commit, or a later run of the same pipeline made it. `false` where that cannot be known.
 *
 * @param head the newest commit of the pull request; `null` when it is not known
 */
export function isNewer(one: CommentSubject, other: CommentSubject, head: string | null): boolean {
  if (one.sha !== undefined && other.sha !== undefined && one.sha !== other.sha) {
    if (one.sha === head) return true;
    if (other.sha === head) return false;
  }
  if (one.run === undefined || other.run === undefined) return false;
  if (one.run.pipeline !== other.run.pipeline) return false;
  // Without their pipelines, builds of one commit are most likely of the same one.
  if (one.run.pipeline === undefined && (one.sha === undefined || one.sha !== other.sha)) {
    return false;
  }
  const byNumber = one.run.number - other.run.number;
  return (byNumber || (one.run.attempt ?? 1) - (other.run.attempt ?? 1)) > 0;
}

/** Whether it is about a commit which is known not to be the newest one of the pull request. */
export function isBehind({ sha }: CommentSubject, head: string | null): boolean {
  return head !== null && sha !== undefined && sha !== head;
}

/** The newest of these, which are the oldest first; of two that cannot be compared, the later one. */
export function findNewest<T extends { subject: CommentSubject }>(
  candidates: readonly T[],
  head: string | null,
): T | undefined {
  return candidates.reduce<T | undefined>(
    (newest, one) =>
      newest !== undefined && isNewer(newest.subject, one.subject, head) ? newest : one,
    undefined,
  );
}

/** The commit as people write it. */
export function shortenCommit(sha: string): string {
  return sha.slice(0, 7);
}

export function describeRun({ number, attempt = 1 }: CommentRun): string {
  return attempt === 1 ? `run ${number}` : `attempt ${attempt} of run ${number}`;
}
