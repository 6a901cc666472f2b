import { noPullRequest, parsePullRequest } from "@clipcourier/core/wire";
import type { Requester } from "../auth/auth.js";
import { HttpError } from "../http-error.js";
import type { AccountLimits } from "../limits/account-limits.js";

/**
 * The address of the pull request that a clip is kept for, or that a client reports. Throws 400, and 403
 * where the ID token of the job says that it is of another repository or pull request.
 *
 * @param name the parameter, for messages
 */
export function requirePullRequest(
  name: string,
  text: string,
  { run }: Requester,
  { pullRequestDays }: AccountLimits,
): string {
  const pull = parsePullRequest(text);
  if (!pull) throw new HttpError(400, `${name}: ${noPullRequest}`);
  if (pullRequestDays === "none") {
    throw new HttpError(
      400,
      `${name}: this service keeps no clips for pull requests. Leave it out.`,
    );
  }
  if (run && run.repository !== pull.repository) {
    throw new HttpError(403, `${name}: this job is one of ${run.repository}, which is another.`);
  }
  if (run?.pullRequest !== undefined && run.pullRequest !== pull.number) {
    throw new HttpError(403, `${name}: this job is one of pull request ${run.pullRequest}.`);
  }
  return pull.address;
}
