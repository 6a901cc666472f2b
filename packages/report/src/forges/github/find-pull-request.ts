import * as v from "valibot";
import { ForgeError } from "../../comment/forge.js";
import type { ForgeApi } from "../forge-api.js";
import { type Repository, toRepositoryPath } from "./github-api.js";
import type { RunContext, RunEvent } from "./run-context.js";

/** The pull request that a run belongs to. */
export interface FoundPullRequest {
  number: number;
  /** The commit that was rendered; `undefined` when the event does not name it. */
  sha: string | undefined;
  /**
   * The commit of the base that a test merge of it was built with; `undefined` where that was not built, or
   * it is not known what was.
   */
  base?: string | undefined;
}

/** There is none: why, as a sentence without an end. */
export interface MissingPullRequest {
  number?: undefined;
  reason: string;
  /** Whether the run may be of one: its event is, and its file does not say of which. */
  isUnknown?: boolean;
}

const fork = v.nullable(v.object({ full_name: v.string() }));
const pull = v.object({
  number: v.number(),
  head: v.object({ sha: v.string(), repo: fork }),
  base: v.object({ sha: v.string(), repo: fork }),
});
type Pull = v.InferOutput<typeof pull>;

const untold = "the file of the event (GITHUB_EVENT_PATH) does not name the pull request";
const none = "this run belongs to no open pull request";

/**
 * Finds the pull request of the event (`pull_request`, `pull_request_target`, `issue_comment`),
 * else that of the run that triggered this one (`workflow_run`), else that of the ref, else an open one of
 * the branch.
 */
export async function findPullRequest(
  api: ForgeApi,
  context: RunContext,
): Promise<FoundPullRequest | MissingPullRequest> {
  const { repository, ref, sha, event } = context;
  const { pull_request: own, issue, workflow_run: run } = event;
  if (own !== undefined) {
    return { number: own.number, sha: own.head?.sha ?? sha, base: own.base?.sha };
  }
  // The commit of an issue_comment event is that of the default branch, not of the pull request.
  if (issue?.pull_request) return { number: issue.number, sha: undefined };
  if (run !== undefined) return findOfRun(api, repository, run);
  const ofRef = readPullRef(ref);
  // The commit of such a run is a merge of the one that the pull request has.
  if (ofRef !== undefined) return { number: ofRef, sha: undefined };
  if (isUntold(context)) return { reason: untold, isUnknown: true };
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) return { reason: none };
  const pulls = await listByBranch(api, repository, repository.owner, branch);
  const ours = pulls.filter(({ head }) => isRepository(head.repo, repository));
  // Where the branch has moved on, the comment is not replaced, but may be created.
  const found = ours.find(({ head }) => head.sha === sha) ?? ours[0];
  return found === undefined ? { reason: none } : { number: found.number, sha };
}

/** The number in a ref such as `refs/pull/7/merge`, where it is one. */
export function readPullRef(ref: string): number | undefined {
  const number = /^refs\/pull\/([1-9]\d{0,9})\//.exec(ref)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** The ref of `pull_request_target` is a branch of the base, which may be that of another pull request. */
function isUntold({ eventName, event }: RunContext): boolean {
  if (eventName === "issue_comment") return event.issue === undefined;
  if (eventName === "workflow_run") return event.workflow_run === undefined;
  return eventName.startsWith("pull_request") && event.pull_request === undefined;
}

/**
 * The pull request of the run that triggered this one. Anybody can open a fork's pull request with
 * a branch of any name, so base repository, head repository and commit must all agree.
 */
async function findOfRun(
  api: ForgeApi,
  repository: Repository,
  run: NonNullable<RunEvent["workflow_run"]>,
): Promise<FoundPullRequest | MissingPullRequest> {
  const { head_sha: sha, head_repository: source, head_branch: branch } = run;
  if (!source) return { reason: "the repository of the run that triggered this one is gone" };
  const isOurs = ({ head, base }: Pull) =>
    isRepository(base.repo, repository) && isSameName(head.repo?.full_name, source.full_name);
  const ours = (await readPulls(api, repository, run.pull_requests ?? [])).filter(isOurs);
  // The event lists none for pull requests from forks.
  if (branch !== null && !ours.some(({ head }) => head.sha === sha)) {
    ours.push(...(await listByBranch(api, repository, source.owner.login, branch)).filter(isOurs));
  }
  const found = ours.find(({ head }) => head.sha === sha);
  if (found !== undefined) {
    // A run of a branch has built its commit alone, which may lack commits of the base.
    const isMerge = run.event?.startsWith("pull_request") === true;
    return { number: found.number, sha, ...(isMerge && { base: found.base.sha }) };
  }
  const [moved] = ours;
  if (moved === undefined) return { reason: none };
  const [then, now] = [sha.slice(0, 7), moved.head.sha.slice(0, 7)];
  return {
    reason: `the run that triggered this one was of ${then}, and the newest commit of pull request ${moved.number} is ${now}`,
  };
}

async function readPulls(
  api: ForgeApi,
  repository: Repository,
  listed: readonly { number: number }[],
): Promise<Pull[]> {
  const pulls: Pull[] = [];
  for (const { number } of listed) {
    try {
      pulls.push(await api.get(pull, `${toRepositoryPath(repository)}/pulls/${number}`));
    } catch (error) {
      // The number is that of another repository's pull request.
      if (!(error instanceof ForgeError && error.status === 404)) throw error;
    }
  }
  return pulls;
}

async function listByBranch(
  api: ForgeApi,
  repository: Repository,
  owner: string,
  branch: string,
): Promise<Pull[]> {
  const query = { state: "open", head: `${owner}:${branch}`, per_page: 100 };
  return api.get(v.array(pull), `${toRepositoryPath(repository)}/pulls`, query);
}

function isRepository(found: Pull["head"]["repo"], { owner, repo }: Repository): boolean {
  return isSameName(found?.full_name, `${owner}/${repo}`);
}

function isSameName(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
