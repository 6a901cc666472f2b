import { setFailed } from "@actions/core";
import { type DirectUploadClient, isDirectUploadError } from "@clipcourier/core";
import {
  connectGitHub,
  createGitHubChanges,
  describeFinding,
  ForgeError,
  findPullRequest,
  findRequired,
  readRunContext,
} from "@clipcourier/report";
import type { UploadInputs } from "./inputs/inputs.js";
import { findApi, findServerName } from "./runner/forge.js";
import { logLine, tellNotice, toLogLines, withGroup } from "./runner/log.js";

const mostTime = 3 * 60_000;
const onlyOfPush =
  "One that is opened for this commit later is not checked here: use on: pull_request.";
const unknown = "It is not known whether the pull request needs a clip and has one";

/**
 * Fails the step where the pull request of the run changes files below the paths that `require-paths`
 * names, and no verified clip of its newest commit is there; also where that cannot be found out.
 */
export async function requireClip(
  inputs: UploadInputs,
  client: DirectUploadClient,
  cancelled: AbortSignal,
): Promise<void> {
  if (inputs.requirePaths.length === 0 || inputs.dryRun || cancelled.aborted) return;
  const limit = AbortSignal.timeout(mostTime);
  const signal = AbortSignal.any([cancelled, limit]);
  await withGroup("Require a clip", async () => {
    try {
      await check(inputs, client, signal);
    } catch (error) {
      if (cancelled.aborted) return;
      const reason = describeUnknown(error, limit);
      if (reason === undefined) throw error;
      setFailed(toLogLines(`${unknown}: ${reason}`));
    }
  });
}

async function check(
  { requirePaths: paths, githubToken: token }: UploadInputs,
  client: DirectUploadClient,
  signal: AbortSignal,
): Promise<void> {
  const context = await readRunContext(process.env);
  if (context === undefined) {
    return tellNotice("No clip is required: GITHUB_REPOSITORY names no repository.");
  }
  using api = connectGitHub({ rootUrl: findApi(), token: token ?? "", signal });
  const found = await findPullRequest(api, context);
  if (found.number === undefined) {
    if (found.isUnknown) return setFailed(toLogLines(`${unknown}: ${found.reason}.`));
    const later = context.eventName === "push" ? ` ${onlyOfPush}` : "";
    return tellNotice(`No clip is required: ${found.reason}.${later}`);
  }
  const { number } = found;
  const pull = createGitHubChanges(api, context.repository, number);
  const requirement = { paths, server: findServerName() };
  const finding = await findRequired(pull, client, requirement, signal);
  const lines = describeFinding(finding, { paths, number });
  if (finding.outcome === "missing") setFailed(toLogLines(lines.join("\n")));
  else for (const line of lines) logLine(line);
}

/** `undefined` for an error that nothing is known of. */
function describeUnknown(error: unknown, limit: AbortSignal): string | undefined {
  if (limit.aborted) return "it took longer than 3 minutes to ask. Run the job again later.";
  if (error instanceof ForgeError) {
    const remedy =
      error.failure === "refused"
        ? "The job needs the permissions pull-requests: read and contents: read."
        : "Run the job again later.";
    return `GitHub does not say what it changes (${error.message}). ${remedy}`;
  }
  return isDirectUploadError(error) ? error.message : undefined;
}
