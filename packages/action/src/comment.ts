import type { UploadRecord } from "@clipcourier/batch";
import {
  connectGitHub,
  createGitHubTarget,
  describeCleanUpFailure,
  describeCommentOutcome,
  ForgeError,
  type ForgeWait,
  findPullRequest,
  readRunContext,
  writeComment,
} from "@clipcourier/report";
import type { ReportInputs } from "./inputs/inputs.js";
import { logLine, warn } from "./runner/log.js";

const mostTime = 3 * 60_000;

/**
 * Writes the clips into the comment of this key on the pull request of the run; without records, that
 * there is nothing to show. A failure is only a warning, because the clips exist without the comment.
 */
export async function commentOnPullRequest(
  records: readonly UploadRecord[],
  inputs: ReportInputs,
  cancelled: AbortSignal,
): Promise<void> {
  // With `auto` it is expected that there may be no pull request, or no permission to comment.
  const warnUnlessAuto = inputs.comment === "auto" ? logLine : warn;
  // Without clips nobody misses a comment.
  const say = records.length === 0 ? logLine : warnUnlessAuto;
  if (inputs.githubToken === undefined) return say("No comment: there is no github-token.");
  const limit = AbortSignal.timeout(mostTime);
  try {
    const signal = AbortSignal.any([cancelled, limit]);
    await findAndWrite(records, { ...inputs, githubToken: inputs.githubToken }, signal, say);
  } catch (error) {
    if (cancelled.aborted) return;
    const isExpected = error instanceof ForgeError && error.failure === "refused";
    // Also without clips: an earlier comment that could not be changed looks as if it were true.
    const tell = isExpected ? warnUnlessAuto : warn;
    tell(`No comment: ${describeFailure(error, limit)}${describeRest(records, inputs)}`);
  }
}

async function findAndWrite(
  records: readonly UploadRecord[],
  { commentKey: key, commentWhenEmpty: whenEmpty, githubToken: token }: Commenting,
  signal: AbortSignal,
  say: (message: string) => void,
): Promise<void> {
  const context = await readRunContext(process.env);
  if (context === undefined) return say("No comment: GITHUB_REPOSITORY names no repository.");
  const rootUrl = process.env.GITHUB_API_URL ?? "https://api.github.com";
  using api = connectGitHub({ rootUrl, token, signal, onWait: tellWait });
  const pull = await findPullRequest(api, context);
  if (pull.number === undefined) return say(`No comment: ${pull.reason}.`);
  const target = createGitHubTarget(api, context.repository, pull.number);
  const content = { key, records, sha: pull.sha, run: context.run };
  const outcome = await writeComment(target, content, { whenEmpty });
  logLine(describeCommentOutcome(outcome));
  const left = describeCleanUpFailure(outcome);
  if (left !== undefined) warn(left);
}

type Commenting = ReportInputs & { githubToken: string };

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
