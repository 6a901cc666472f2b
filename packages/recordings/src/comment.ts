import type { UploadRecord } from "@clipcourier/batch";
import {
  connectGitHub,
  createGitHubTarget,
  describeCleanUpFailure,
  describeCommentOutcome,
  ForgeError,
  findPullRequest,
  readRunContext,
  writeComment,
} from "@clipcourier/report";

const mostTime = 3 * 60_000;
const elsewhere =
  "On other CIs give the reporter an outputFile, and run clipcourier comment with it.";

/**
 * Writes the clips into the one comment of this key on the pull request of the run.
 *
 * @returns lines for people: what was done, or why nothing was
 */
export async function comment(
  records: readonly UploadRecord[],
  key: string,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const api = env.GITHUB_API_URL || "https://api.github.com";
  const isGitHub = env.GITHUB_ACTIONS === "true" && !api.endsWith("/api/v1");
  const context = isGitHub ? await readRunContext(env) : undefined;
  if (context === undefined) return [`No comment: this is no job of GitHub Actions. ${elsewhere}`];
  const token = env.GITHUB_TOKEN;
  if (!token) return ["No comment: GITHUB_TOKEN is empty or not set in the env of the step."];
  const signal = AbortSignal.timeout(mostTime);
  try {
    using forge = connectGitHub({ rootUrl: api, token, signal });
    const pull = await findPullRequest(forge, context);
    if (pull.number === undefined) return [`No comment: ${pull.reason}.`];
    const target = createGitHubTarget(forge, context.repository, pull.number);
    const outcome = await writeComment(target, { key, records, sha: pull.sha, run: context.run });
    const left = describeCleanUpFailure(outcome);
    return [describeCommentOutcome(outcome), ...(left === undefined ? [] : [left])];
  } catch (error) {
    if (signal.aborted) return ["No comment: GitHub took longer than 3 minutes."];
    if (!(error instanceof ForgeError)) throw error;
    const remedy =
      error.failure === "refused"
        ? " The job needs the permission pull-requests: write, which a pull request from a fork never has."
        : " Run the job again later.";
    return [`No comment: ${error.message.replaceAll(token, "***")}.${remedy}`];
  }
}
