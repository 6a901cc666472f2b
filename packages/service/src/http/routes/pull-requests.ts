import { HttpError } from "../../http-error.js";
import { standardPullRequestDays } from "../../limits/account-limits.js";
import { noteReport, requireRequester } from "../audit.js";
import type { Route } from "../backend.js";
import { requirePullRequest } from "../pull-request-address.js";
import { readParameters } from "../request-body.js";

/**
 * `POST /me/pullrequests`: an extension; says that a pull request is closed, or open again. Each call is
 * about a page of its clips: `_next`, given as `after`, leads on.
 */
export const reportPullRequest: Route = async (c, backend) => {
  const requester = await requireRequester(c, backend);
  const { account } = requester;
  const parameters = await readParameters(c.req.raw, backend.limits);
  const { state, after = null } = parameters;
  const limits = backend.findLimits(account);
  const address = requirePullRequest("address", textOf(parameters.address), requester, limits);
  if (state !== "open" && state !== "closed")
    throw new HttpError(400, "state: not open or closed.");
  if (after !== null && !/^[\w-]{24}$/.test(textOf(after))) {
    throw new HttpError(400, "after: not the _next of an earlier answer.");
  }
  noteReport(c, { pullRequest: address, state });
  const report = { account, address, isClosed: state === "closed" };
  const { count, next } = await backend.pullRequests.report(
    { ...report, after: after === null ? null : textOf(after) },
    c.req.raw.signal,
  );
  const { pullRequestDays: days = standardPullRequestDays } = limits;
  return c.json({
    _count: 1,
    ...(next !== null && { _next: next }),
    data: [{ address, state, clips: count, ...(typeof days === "number" && { days }) }],
  });
};

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
