import { DirectUploadError } from "../errors.js";
import type { PullRequestClips, PullRequestState } from "./answers.js";
import type { CallOptions } from "./api.js";
import type { Authorization } from "./authorization.js";
import { mostPages } from "./recordings.js";
import { requirePullRequest } from "./require-pull-request.js";
import { wirePullRequestAnswer } from "./wire.js";

/** Says that a pull request is closed or open; goes through its clips page by page. */
export async function reportPullRequest(
  authorization: Authorization,
  { address, state }: { address: string; state: PullRequestState },
  options: CallOptions,
): Promise<PullRequestClips> {
  const pullRequest = requirePullRequest("address", address);
  let clips = 0;
  let after: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const answer = await authorization.call({
      ...options,
      what: "reporting the pull request",
      method: "POST",
      path: "me/pullrequests",
      form: { address: pullRequest, state, after },
      answer: wirePullRequestAnswer,
    });
    const [row] = answer.data;
    clips += row.clips;
    after = answer._next;
    if (after === undefined) return { clips, days: row.days };
  }
  throw new DirectUploadError(
    "bad_answer",
    `Reporting the pull request had no end after ${mostPages} answers. Tell whoever runs the service.`,
  );
}
