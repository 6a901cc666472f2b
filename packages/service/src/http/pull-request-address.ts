import type { Requester } from "../auth/auth.js";
import { HttpError } from "../http-error.js";
import type { AccountLimits } from "../limits/account-limits.js";

const longest = 1_000;
const example = "https://github.com/octo/intro/pull/12";

/** A pull request, or what a forge calls so. */
interface PullRequest {
  /** The address of its page in lower case, as forges do not tell names by their case. */
  address: string;
  /** The server and the repository, such as `github.com/octo/intro`. */
  repository: string;
  number: number;
}

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
  if (!pull) {
    throw new HttpError(400, `${name}: not the address of a pull request, such as ${example}.`);
  }
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

function parsePullRequest(text: string): PullRequest | null {
  const url = text.length <= longest ? URL.parse(text.toLowerCase()) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    return null;
  }
  const { origin, host, pathname } = url;
  const match = /^(\/.+\/[^/]+)\/(?:pulls?|-\/merge_requests)\/([1-9]\d{0,9})\/?$/.exec(pathname);
  if (!match) return null;
  const [, path = "", number] = match;
  return {
    address: origin + pathname.replace(/\/$/, ""),
    repository: host + path,
    number: Number(number),
  };
}
