import { setFailed } from "@actions/core";
import { formatCount } from "@clipcourier/batch";
import { isDirectUploadError, parsePullRequest } from "@clipcourier/core";
import {
  connectGitHub,
  ForgeError,
  findPullRequest,
  type RunContext,
  readPullRequestState,
  readRunContext,
} from "@clipcourier/report";
import type { PullRequestInputs, UploadInputs } from "./inputs/inputs.js";
import { findApi, findServer } from "./runner/forge.js";
import { logLine, toLogLines, warn } from "./runner/log.js";
import { connect } from "./upload/connect.js";
import { createStopSignal } from "./upload/stop-signal.js";

const mostTime = 60_000;

/**
 * The address of the pull request that the clips are kept for. `undefined` where they are not asked to be,
 * or where there is none: then they are kept as others are, and the log says so.
 */
export async function findKeepFor(
  { keepUntil, githubToken }: UploadInputs,
  cancelled: AbortSignal,
): Promise<string | undefined> {
  if (keepUntil === undefined) return undefined;
  const context = await readRunContext(process.env);
  const found = context && (await findNumber(context, githubToken, cancelled));
  if (context !== undefined && typeof found === "number") return toAddress(context, found);
  const reason = found ?? "GITHUB_REPOSITORY names no repository";
  logLine(`Not kept for a pull request, but as other clips are: ${reason}.`);
  return undefined;
}

/** The number, or why there is none. */
async function findNumber(
  context: RunContext,
  token: string | undefined,
  cancelled: AbortSignal,
): Promise<number | string> {
  const { pull_request: own } = context.event;
  if (own !== undefined) return own.number;
  if (token === undefined) return "there is no github-token to look for one";
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(mostTime)]);
  using api = connectGitHub({ rootUrl: findApi(), token, signal });
  try {
    const pull = await findPullRequest(api, context);
    return pull.number ?? pull.reason;
  } catch (error) {
    if (!(error instanceof ForgeError) && !signal.aborted) throw error;
    const reason = error instanceof ForgeError ? error.message : "GitHub took longer than a minute";
    const remedy = "The clips are kept as others are. Run the job again to have them end with it.";
    warn(`The pull request of this run cannot be found (${reason}). ${remedy}`);
    return "it cannot be found";
  }
}

/** Tells the service whether the pull request of the run is open or closed, as GitHub says it is now. */
export async function tellPullRequest(
  { service, githubToken, maxAttempts, timeoutMinutes, failOnError }: PullRequestInputs,
  cancelled: AbortSignal,
): Promise<void> {
  const context = await readRunContext(process.env);
  const number = context?.event.pull_request?.number;
  if (context === undefined || number === undefined) {
    return setFailed("tell-closed is for workflows on: pull_request: types: [closed, reopened].");
  }
  const address = toAddress(context, number);
  using stopSignal = createStopSignal(cancelled, timeoutMinutes);
  await using client = connect(service, maxAttempts);
  const { signal } = stopSignal;
  try {
    const state = await askState(context, number, githubToken, signal);
    const { clips, days } = await client.reportPullRequest(address, state, { signal });
    const kept = formatCount(clips, "clip");
    const rest =
      state === "open" || days === undefined
        ? "kept while it is open"
        : `deleted after ${formatCount(days, "day")}, unless it is opened again or another one keeps them`;
    logLine(`The service was told that ${address} is ${state}: ${kept}, ${rest}.`);
  } catch (error) {
    const reason = describeUntold(error);
    if (reason === undefined) throw error;
    const message = toLogLines(`The service was not told what has become of ${address}: ${reason}`);
    if (failOnError) setFailed(message);
    else warn(message);
  }
}

async function askState(
  { repository }: RunContext,
  number: number,
  token: string,
  stop: AbortSignal,
): Promise<"open" | "closed"> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(mostTime)]);
  using api = connectGitHub({ rootUrl: findApi(), token, signal });
  try {
    return await readPullRequestState(api, repository, number);
  } catch (error) {
    if (!signal.aborted) throw error;
    const reason = stop.aborted ? "the step was stopped" : "GitHub took longer than a minute";
    throw new ForgeError("failed", reason, { cause: error });
  }
}

/** `undefined` for an error that nothing is known of. */
function describeUntold(error: unknown): string | undefined {
  if (error instanceof ForgeError) {
    const remedy =
      error.failure === "refused"
        ? "The job needs the permission pull-requests: read."
        : "Run the job again.";
    return `GitHub does not say whether it is closed (${error.message}). ${remedy}`;
  }
  if (!isDirectUploadError(error)) return undefined;
  const isUnknown = error.code === "not_found";
  const remedy = isUnknown ? " This service keeps no clips until a pull request is closed." : "";
  return `${error.message}${remedy}`;
}

/** As the service knows it, whatever the event calls the page. */
function toAddress({ repository: { owner, repo } }: RunContext, number: number): string {
  const page = `${findServer()}/${owner}/${repo}/pull/${number}`;
  return parsePullRequest(page)?.address ?? page;
}
