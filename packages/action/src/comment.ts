import type { UploadRecord } from "@clipcourier/batch";
import {
  type ComparedClips,
  compareAndComment,
  compareWithoutPull,
  connectGitHub,
  createGitHubTarget,
  describeCleanUpFailure,
  describeCommentOutcome,
  ForgeError,
  type ForgeLimit,
  type ForgeWait,
  findPullRequest,
  readRunContext,
  startForgeLimit,
  writeComment,
} from "@clipcourier/report";
import { type Compare, findBaseCommit } from "./compare.js";
import type { ReportInputs } from "./inputs/inputs.js";
import { findApi } from "./runner/forge.js";
import { logLine, warn } from "./runner/log.js";

const mostTime = 3 * 60_000;

/** What is known of changes without the comment. */
const unreadable: ComparedClips = {
  changes: [],
  problems: ["The comment, which remembers the earlier clips, could not be read."],
};

/**
 * Writes the clips into the comment of this key on the pull request of the run; without records, that
 * there is nothing to show. A failure is only a warning, because the clips exist without the comment.
 *
 * @returns how clips differ from those that they are compared with, and what is not known of that;
 *   `undefined` where it was not found out what to compare them with
 */
export async function commentOnPullRequest(
  records: readonly UploadRecord[],
  inputs: ReportInputs,
  cancelled: AbortSignal,
  compare?: Compare,
): Promise<ComparedClips | undefined> {
  // With `auto` it is expected that there may be no pull request, or no permission to comment.
  const warnUnlessAuto = inputs.comment === "auto" ? logLine : warn;
  // Without clips nobody misses a comment.
  const say = records.length === 0 ? logLine : warnUnlessAuto;
  const { githubToken } = inputs;
  const found: Found = { compared: undefined };
  if (githubToken === undefined) {
    say("No comment: there is no github-token.");
    return compare && records.length > 0 ? unreadable : undefined;
  }
  using limit = startForgeLimit(mostTime);
  try {
    const signal = AbortSignal.any([cancelled, limit.signal]);
    await findAndWrite({
      records,
      inputs: { ...inputs, githubToken },
      ...{ signal, say, compare, limit, found },
    });
  } catch (error) {
    if (cancelled.aborted) return found.compared;
    const isExpected = error instanceof ForgeError && error.failure === "refused";
    // Also without clips: an earlier comment that could not be changed looks as if it were true.
    const tell = isExpected ? warnUnlessAuto : warn;
    tell(`No comment: ${describeFailure(error, limit.signal)}${describeRest(records, inputs)}`);
    if (compare && records.length > 0) found.compared ??= unreadable;
  }
  return found.compared;
}

/** What is known also where the comment fails later. */
interface Found {
  compared: ComparedClips | undefined;
}

interface Work {
  records: readonly UploadRecord[];
  inputs: ReportInputs & { githubToken: string };
  signal: AbortSignal;
  say: (message: string) => void;
  compare: Compare | undefined;
  limit: ForgeLimit;
  found: Found;
}

async function findAndWrite(work: Work): Promise<void> {
  const { records, inputs, signal, say, compare, limit, found } = work;
  const { commentKey: key, commentWhenEmpty: whenEmpty, githubToken: token } = inputs;
  const context = await readRunContext(process.env);
  if (context === undefined) return say("No comment: GITHUB_REPOSITORY names no repository.");
  using api = connectGitHub({ rootUrl: findApi(), token, signal, onWait: tellWait });
  const pull = await findPullRequest(api, context);
  if (pull.number === undefined) {
    if (compare && pull.isUnknown && records.length > 0)
      found.compared = compareWithoutPull(pull.reason);
    return say(`No comment: ${pull.reason}.`);
  }
  const target = createGitHubTarget(api, context.repository, pull.number);
  // Also of a run without clips, whose comment keeps those that the next ones are compared with.
  const fromBase = inputs.compare?.failOnChange;
  const content = { key, records, sha: pull.sha, run: context.run, fromBase };
  const comparison = compare && {
    ...{ ...compare, base: findBaseCommit(context, pull), limit },
    onCompared: (compared: ComparedClips) => {
      found.compared = compared;
    },
  };
  const outcome = comparison
    ? await compareAndComment(target, content, { whenEmpty }, comparison)
    : await writeComment(target, content, { whenEmpty });
  logLine(describeCommentOutcome(outcome));
  const left = describeCleanUpFailure(outcome);
  if (left !== undefined) warn(left);
}

function tellWait({ error, milliseconds }: ForgeWait): void {
  const time = `${Math.ceil(milliseconds / 1000)} s`;
  if (error.failure === "rate-limited") {
    warn(`GitHub asks to wait ${time} before the comment is written.`);
  } else {
    logLine(`Comment: ${error.message}; trying again in ${time}.`);
  }
}

function describeFailure(error: unknown, limit: AbortSignal): string {
  if (limit.aborted) return "GitHub took longer than 3 minutes. Run the job again later.";
  if (!(error instanceof ForgeError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return `it failed in an unexpected way (${reason}); please report it.`;
  }
  const reason = error.message;
  switch (error.failure) {
    case "refused":
      return (
        `the token may not write one (${reason}). The job needs the permission ` +
        "pull-requests: write. A pull request from a fork never gets it: comment in a workflow_run " +
        "workflow then."
      );
    case "locked":
      return (
        `the conversation of the pull request is locked (${reason}). Unlock it, or set comment: ` +
        "false while it is locked."
      );
    case "rate-limited":
      return `GitHub's rate limit stands in the way (${reason}). Run the job again later.`;
    case "too-many-comments":
      return `${reason}. Use another pull request, or delete old comments.`;
    case "failed":
      return `GitHub failed (${reason}). Run the job again later.`;
  }
}

/** Where the clips are nevertheless; without any clips, what an earlier comment shows. */
function describeRest(records: readonly UploadRecord[], { summary }: ReportInputs): string {
  if (records.length === 0)
    return " An earlier comment, if there is one, still shows the clips of its own commit.";
  if (!records.some(({ url }) => url !== null)) return "";
  return summary ? " The clips are there, and in the summary." : " The clips are there.";
}
