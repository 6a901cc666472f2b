import { context } from "@actions/github";
import type { UploadRecord } from "@clipcourier/batch";
import type { ReportInputs } from "../inputs/inputs.js";
import { buildComment, markComment } from "../report/comment-body.js";
import { readState } from "../report/comment-state.js";
import { logLine, warn } from "../runner/log.js";
import { connectGitHub, type GitHub, isRateLimited, readStatus } from "./api.js";
import { findPullRequest, type PullRequest } from "./pull-request.js";

// At 100 comments a page.
const mostPages = 30;
const mostTime = 3 * 60_000;

/**
 * Writes the clips into the comment of this key on the pull request of the run. A failure is only a
 * warning, because the clips exist without the comment.
 */
export async function writeComment(
  records: readonly UploadRecord[],
  { comment, commentKey: key, githubToken }: ReportInputs,
  cancelled: AbortSignal,
): Promise<void> {
  // With `auto` it is expected that there may be no pull request, or no permission to comment.
  const say = comment === "auto" ? logLine : warn;
  if (githubToken === undefined) return say("No comment: there is no github-token.");
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(mostTime)]);
  try {
    const github = connectGitHub(githubToken, signal);
    const pull = await findPullRequest(github, context);
    if (pull === undefined) {
      return say("No comment: this run belongs to no open pull request.");
    }
    const found = await findComment(github, pull, markComment(key));
    const content = { key, records, sha: pull.sha };
    const body = buildComment(content, found && readState(found.body));
    logLine(await putComment(github, pull, found?.id, body));
  } catch (error) {
    if (cancelled.aborted) return;
    const isRefused = [401, 403, 404].includes(readStatus(error) ?? 0) && !isRateLimited(error);
    if (isRefused) say(describeRefusal(error));
    else warn(describeFailure(error));
  }
}

interface FoundComment {
  id: number;
  body: string;
}

async function findComment(
  github: GitHub,
  { owner, repo, number }: PullRequest,
  mark: string,
): Promise<FoundComment | undefined> {
  const pages = github.paginate.iterator(github.rest.issues.listComments, {
    ...{ owner, repo, issue_number: number, per_page: 100 },
  });
  let count = 0;
  for await (const { data } of pages) {
    for (const { id, body = "", user } of data) {
      if (!body.startsWith(mark)) continue;
      // Anybody can write the first line; only a comment of this token or of an app is replaced.
      if (user?.type === "Bot" || (await isTokenOf(github, user?.login))) return { id, body };
    }
    count++;
    if (count >= mostPages) break;
  }
  return undefined;
}

/** Whether the token belongs to this user. The token of a job belongs to nobody and may not ask. */
async function isTokenOf(github: GitHub, login: string | undefined): Promise<boolean> {
  try {
    const { data } = await github.rest.users.getAuthenticated();
    return data.login === login;
  } catch (error) {
    if ([401, 403, 404].includes(readStatus(error) ?? 0)) return false;
    throw error;
  }
}

async function putComment(
  github: GitHub,
  { owner, repo, number }: PullRequest,
  id: number | undefined,
  body: string,
): Promise<string> {
  if (id !== undefined) {
    try {
      const { data } = await github.rest.issues.updateComment({
        ...{ owner, repo, comment_id: id, body },
      });
      return `Comment updated: ${data.html_url}`;
    } catch (error) {
      // Somebody has deleted it meanwhile.
      if (readStatus(error) !== 404) throw error;
    }
  }
  const { data } = await github.rest.issues.createComment({
    ...{ owner, repo, issue_number: number, body },
  });
  return `Comment created: ${data.html_url}`;
}

function describeRefusal(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return (
    `No comment: the token may not write one (${reason}). The job needs the permission ` +
    "pull-requests: write. A pull request from a fork never gets it: comment in a workflow_run " +
    "workflow then. The clips are there, and in the summary."
  );
}

function describeFailure(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  const what = isRateLimited(error) ? "GitHub's rate limit stands in the way" : "GitHub failed";
  return `No comment: ${what} (${reason}). Run the job again later; the clips are there.`;
}
