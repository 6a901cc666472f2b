import * as v from "valibot";
import type { GitHub } from "./api.js";

/** The pull request that a run belongs to. */
export interface PullRequest {
  owner: string;
  repo: string;
  number: number;
  /** The commit that was rendered; `undefined` when the event does not name it. */
  sha: string | undefined;
}

const repository = v.object({ owner: v.object({ login: v.string() }) });
const event = v.object({
  pull_request: v.optional(
    v.object({ number: v.number(), head: v.optional(v.object({ sha: v.string() })) }),
  ),
  issue: v.optional(v.object({ number: v.number(), pull_request: v.optional(v.unknown()) })),
  workflow_run: v.optional(
    v.object({
      head_branch: v.nullable(v.string()),
      head_sha: v.string(),
      head_repository: v.optional(v.nullable(repository)),
      pull_requests: v.optional(v.array(v.object({ number: v.number() }))),
    }),
  ),
});

/** The facts of the run, as `context` of `@actions/github` has them. */
export interface RunContext {
  payload: object;
  ref: string;
  sha: string;
  repo: { owner: string; repo: string };
}

/**
 * Finds the pull request of the event (`pull_request`, `pull_request_target`, `issue_comment`),
 * else that of the run that triggered this one (`workflow_run`), else an open one of the branch.
 * `undefined` when there is none.
 */
export async function findPullRequest(
  github: GitHub,
  { payload, ref, sha, repo }: RunContext,
): Promise<PullRequest | undefined> {
  const parsed = v.safeParse(event, payload);
  const { pull_request: own, issue, workflow_run: run } = parsed.success ? parsed.output : {};
  if (own !== undefined) return { ...repo, number: own.number, sha: own.head?.sha ?? sha };
  // The commit of an issue_comment event is that of the default branch, not of the pull request.
  if (issue?.pull_request) return { ...repo, number: issue.number, sha: undefined };
  if (run !== undefined) {
    const [listed] = run.pull_requests ?? [];
    if (listed !== undefined) return { ...repo, number: listed.number, sha: run.head_sha };
    // The list is empty for pull requests from forks.
    const owner = run.head_repository?.owner.login ?? repo.owner;
    return findByBranch(github, repo, { owner, branch: run.head_branch, sha: run.head_sha });
  }
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1] ?? null;
  return findByBranch(github, repo, { owner: repo.owner, branch, sha });
}

async function findByBranch(
  github: GitHub,
  repo: RunContext["repo"],
  head: { owner: string; branch: string | null; sha: string },
): Promise<PullRequest | undefined> {
  if (head.branch === null) return undefined;
  const { data } = await github.rest.pulls.list({
    ...repo,
    state: "open",
    head: `${head.owner}:${head.branch}`,
    per_page: 100,
  });
  const found = data.find((pull) => pull.head.sha === head.sha) ?? data[0];
  return found && { ...repo, number: found.number, sha: head.sha };
}
