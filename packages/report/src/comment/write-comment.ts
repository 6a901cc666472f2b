import { buildComment, type CommentContent, markComment } from "./body.js";
import { chooseBefore } from "./choose-before.js";
import { type CommentTarget, ForgeError, type PlacedComment } from "./forge.js";
import { describeRun, findNewest, isBehind, isNewer, shortenCommit } from "./order.js";
import { type CommentState, emptyState, type KeptClip, readState } from "./state.js";

export interface WriteCommentOptions {
  /**
   * What becomes of an earlier comment when there is nothing to show: `update` says so in it, and
   * folds the earlier clips; `delete` removes it. `update` by default.
   */
  whenEmpty?: "update" | "delete";
  /** What `readEarlier` has found a moment ago; by default it is looked for. */
  earlier?: EarlierComments | undefined;
}

/** The comments of a key, and the clips in them. */
export interface EarlierComments {
  /** The clips that these are compared with, by their names. */
  clips: ReadonlyMap<string, KeptClip>;
  /** Whether there was no room for some, so that a clip which is not there may have had one. */
  isIncomplete: boolean;
  /** The oldest first. */
  placed: PlacedComment[];
  /** The newest commit of the pull request; `null` also where there is no comment. */
  head: string | null;
}

/**
 * What was done.
 *
 * - `created`, `updated`: `url` is the page of the comment
 * - `deleted`: there is nothing to show, and the earlier comment was removed
 * - `unneeded`: there is nothing to show, and no earlier comment
 * - `outdated`: the pull request has a newer commit, or a later run has written the comment, which
 *   is left as it is; `reason` is a sentence without an end, for people
 */
export type CommentOutcome =
  | ({ kind: "created" | "updated"; url: string } & CleanUp)
  | { kind: "deleted" | "unneeded" }
  | ({ kind: "outdated"; url: string; reason: string } & CleanUp);

type WrittenOutcome = Extract<CommentOutcome, { url: string }>;

interface CleanUp {
  /**
   * Why other comments of the key may still be there, although this one is written: a text for
   * people. Left out when all went well.
   */
  cleanUpFailure?: string;
}

// Each one finds that somebody has deleted the comment since it was read.
const mostAttempts = 5;

/**
 * Writes the one comment of `content.key` on a pull request: creates it, or updates the earlier one.
 * The comment always speaks of the newest commit, in whichever order runs end:
 *
 * - A run whose commit is not the newest one never changes an earlier comment. Where there is none, it
 *   creates one, which says so.
 * - Of two runs of the same commit, the later one of the same pipeline keeps the comment.
 * - Of the comments that runs have created at the same time, the oldest one stays, with the newest
 *   content, and the others are deleted.
 *
 * Forges have no conditional update. That runs of older commits change nothing is what makes it safe:
 * a request of theirs, however late it arrives, cannot undo what the run of the newest commit wrote.
 *
 * @throws ForgeError when the forge does not do what is asked
 */
export async function writeComment(
  target: CommentTarget,
  content: CommentContent,
  { whenEmpty = "update", earlier }: WriteCommentOptions = {},
): Promise<CommentOutcome> {
  const isEmpty = content.records.length === 0;
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const known = attempt === 1 ? earlier : undefined;
    const placed = known?.placed ?? (await target.findComments(markComment(content.key)));
    const [oldest] = placed;
    if (oldest === undefined && isEmpty) return { kind: "unneeded" };
    // Read as late as possible: it decides whether this run may change anything.
    const head = known?.head ?? (await target.readHead());
    if (oldest === undefined) return create(target, content, head);
    if (isBehind(content, head)) return describeOutdated(content, oldest, head);
    const outcome =
      isEmpty && whenEmpty === "delete"
        ? await removeAll(target, content, placed, head)
        : await settle({ target, content, placed, head });
    if (outcome !== undefined) return outcome;
  }
  throw new ForgeError("failed", "somebody deletes the comment while it is written");
}

/**
 * Reads the comments that `writeComment` would replace, and the clips that it would compare these with: those
 * of the last commit that they have shown. No clips where there is no comment, and where the pull request has
 * a newer commit.
 *
 * @throws ForgeError when the forge does not do what is asked
 */
export async function readEarlier(
  target: CommentTarget,
  content: CommentContent,
): Promise<EarlierComments> {
  const placed = await target.findComments(markComment(content.key));
  const head = placed.length === 0 ? null : await target.readHead();
  const state = isBehind(content, head)
    ? emptyState
    : findEarlier({ target, content, placed, head });
  const before = chooseBefore(content, state);
  const clips = new Map(before.map((clip) => [clip.name, clip]));
  return { placed, head, clips, isIncomplete: state.isIncomplete === true };
}

async function create(
  target: CommentTarget,
  content: CommentContent,
  headBefore: string | null,
): Promise<CommentOutcome> {
  const mark = markComment(content.key);
  const own = await createOnce(target, mark, buildComment(content, emptyState, target, headBefore));
  try {
    return await joinOthers(target, content, own);
  } catch (error) {
    return { kind: "created", url: own.url, cleanUpFailure: toReason(error) };
  }
}

/** Creates a comment. When the answer is lost, looks whether it is there before it is tried again. */
async function createOnce(
  target: CommentTarget,
  mark: string,
  body: string,
): Promise<PlacedComment> {
  try {
    return await target.createComment(body);
  } catch (error) {
    if (!isAnswerLost(error)) throw error;
    const placed = await target.findComments(mark);
    const own = placed.find((comment) => normalize(comment.body) === normalize(body));
    return own ?? target.createComment(body);
  }
}

function isAnswerLost(error: unknown): boolean {
  if (!(error instanceof ForgeError) || error.failure !== "failed") return false;
  const { status } = error;
  // Below 300: it was done, and the answer is not what a forge would say.
  return status === undefined || status >= 500 || status < 300;
}

/** Forges may change line ends, and the white space at the end. */
function normalize(body: string): string {
  return body.replaceAll("\r\n", "\n").trim();
}

/** Another run may have created a comment at the same time: of several, one stays. */
async function joinOthers(
  target: CommentTarget,
  content: CommentContent,
  own: PlacedComment,
): Promise<CommentOutcome> {
  const created: CommentOutcome = { kind: "created", url: own.url };
  const placed = await target.findComments(markComment(content.key));
  if (!placed.some(({ id }) => id === own.id)) placed.push(own);
  const [oldest = own] = placed;
  if (placed.length === 1) return created;
  const head = await target.readHead();
  if (!isBehind(content, head)) {
    return (await settle({ target, content, placed, head, own })) ?? created;
  }
  if (oldest.id === own.id) return created;
  await target.deleteComment(own.id);
  return describeOutdated(content, oldest, head);
}

interface Settlement {
  target: CommentTarget;
  content: CommentContent;
  /** The oldest first. */
  placed: readonly PlacedComment[];
  head: string | null;
  /** The one of these that this run has created. */
  own?: PlacedComment;
}

/**
 * Puts the newest content into the oldest comment and deletes the others. `undefined` when the
 * oldest one is gone.
 */
async function settle(settlement: Settlement): Promise<CommentOutcome | undefined> {
  const { target, content, placed, head, own } = settlement;
  const [oldest, ...others] = placed;
  if (oldest === undefined) return undefined;
  const newest = findNewestComment(settlement);
  let outcome: WrittenOutcome;
  if (newest === undefined) {
    const body = buildComment(content, findEarlier(settlement), target, head);
    const updated = await target.updateComment(oldest.id, body);
    if (updated === null) return undefined;
    const kind = own === undefined || own.id !== oldest.id ? "updated" : "created";
    outcome = { kind, url: updated.url };
  } else {
    if (newest.id !== oldest.id) {
      const updated = await target.updateComment(oldest.id, newest.body);
      if (updated === null) return undefined;
    }
    outcome = describeOutdated(content, { ...newest, url: oldest.url }, head);
  }
  try {
    for (const { id } of others) await target.deleteComment(id);
    return outcome;
  } catch (error) {
    return { ...outcome, cleanUpFailure: toReason(error) };
  }
}

/** Without a full stop. */
function toReason(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return reason.replace(/\.$/, "");
}

/** The comment that is newer than this run's content; `undefined` where that is the newest. */
function findNewestComment({ content, placed, head, own }: Settlement): PlacedComment | undefined {
  const mine = { subject: content, comment: undefined };
  const subjects = placed.map((comment) =>
    comment.id === own?.id ? mine : { subject: readState(comment.body), comment },
  );
  // Of two that cannot be compared, the later one is the newer one: an update comes last.
  if (own === undefined) return findNewest([...subjects, mine], head)?.comment;
  return findNewest(subjects, head)?.comment;
}

/** What this run's clips are compared with: never with those of something newer. */
function findEarlier({ content, placed, head, own }: Settlement): CommentState {
  const states = placed
    .filter(({ id }) => id !== own?.id)
    .map(({ body }) => ({ subject: readState(body) }))
    .filter(({ subject }) => !isNewer(subject, content, head));
  // A comment of the same commit says less: its clips are not compared with these.
  const others = states.filter(({ subject: { sha } }) => sha === undefined || sha !== content.sha);
  return (findNewest(others, head) ?? findNewest(states, head))?.subject ?? emptyState;
}

async function removeAll(
  target: CommentTarget,
  content: CommentContent,
  placed: readonly PlacedComment[],
  head: string | null,
): Promise<CommentOutcome> {
  const newer = placed.find(({ body }) => isNewer(readState(body), content, head));
  if (newer !== undefined) return describeOutdated(content, newer, head);
  for (const { id } of placed) await target.deleteComment(id);
  return { kind: "deleted" };
}

function describeOutdated(
  content: CommentContent,
  { url, body }: PlacedComment,
  head: string | null,
): WrittenOutcome {
  const { run } = readState(body);
  const reason =
    isBehind(content, head) || run === undefined || content.run === undefined
      ? `the newest commit of the pull request is ${shortenCommit(head ?? "")}, and this run is of ${shortenCommit(content.sha ?? "")}`
      : `${describeRun(run)} has written it, and this is ${describeRun(content.run)}`;
  return { kind: "outdated", url, reason };
}

/** One line that says what is left to do after the comment was written; `undefined` when nothing is. */
export function describeCleanUpFailure(outcome: CommentOutcome): string | undefined {
  if (!("cleanUpFailure" in outcome)) return undefined;
  return (
    "The comment is written, but other comments of the same key may still be there, because " +
    `the forge did not answer as expected (${outcome.cleanUpFailure}). The next run deletes them.`
  );
}

/** One line that says what was done, for a log. */
export function describeCommentOutcome(outcome: CommentOutcome): string {
  switch (outcome.kind) {
    case "created":
      return `Comment created: ${outcome.url}`;
    case "updated":
      return `Comment updated: ${outcome.url}`;
    case "deleted":
      return "Comment deleted: there is nothing to show.";
    case "unneeded":
      return "No comment: there is nothing to show, and no earlier comment.";
    case "outdated":
      return `Comment left as it is: ${outcome.reason}: ${outcome.url}`;
  }
}
