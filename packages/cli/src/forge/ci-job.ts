import { type CommentRun, type RunContext, readPullRef, readRunContext } from "@clipcourier/report";
import { type Repository, trimSlashes } from "./forge.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** What a CI tells a job about itself. */
export interface CiJob extends Repository {
  /** Of the pull request; `undefined` when the variables do not name one. */
  number: number | undefined;
  /** Of its page; `undefined` where `number` is. */
  pullAddress: string | undefined;
  /** On GitLab the path of the project, which `path` has the id of. */
  projectPath?: string | undefined;
  /** Whether it was started for a commit of a branch, which may be that of a pull request. */
  isOfPush: boolean;
  /** The commit that was built, as the pull request has it; `undefined` when none of it was built. */
  sha: string | undefined;
  /** On GitLab the commit that was built, also where it is a test merge. */
  built?: string | undefined;
  /** The commit that the pull request is based on. */
  base?: string | undefined;
  run: CommentRun | undefined;
  /** On GitHub Actions, where the pull request may have to be looked up. */
  context?: RunContext;
}

/** The job that this process runs in, on GitHub, GitLab, Gitea or Forgejo; `undefined` elsewhere. */
export async function readCiJob(env: Environment): Promise<CiJob | undefined> {
  if (env.GITLAB_CI) return readGitLabJob(env);
  const context = env.GITHUB_ACTIONS ? await readRunContext(env) : undefined;
  if (context === undefined) return undefined;
  const { repository, event, run } = context;
  const isOfPush = env.GITHUB_EVENT_NAME === "push" || event.workflow_run !== undefined;
  const pushed = isOfPush ? (event.workflow_run?.head_sha ?? env.GITHUB_SHA) : undefined;
  const path = `${repository.owner}/${repository.repo}`;
  const ofIssue = event.issue?.pull_request ? event.issue.number : undefined;
  const number = event.pull_request?.number ?? ofIssue ?? readPullRef(context.ref);
  // Gitea calls the page `pulls`, and finds it by GitHub's name, too.
  const server = trimSlashes(env.GITHUB_SERVER_URL || "https://github.com");
  const job = {
    path,
    number,
    pullAddress: number === undefined ? undefined : `${server}/${path}/pull/${number}`,
    isOfPush,
    sha: event.pull_request?.head?.sha ?? pushed,
    base: event.pull_request?.base?.sha,
    run,
  };
  // The runners of Gitea and Forgejo set the variables of GitHub Actions, too.
  const api = trimSlashes(env.GITHUB_API_URL || "https://api.github.com");
  const isGitea = env.GITEA_ACTIONS || env.FORGEJO_ACTIONS || api.endsWith("/api/v1");
  if (!isGitea) return { forge: "github", api, ...job, context };
  return {
    forge: "gitea",
    api: `${trimSlashes(env.GITHUB_SERVER_URL ?? "")}/api/v1`,
    ...job,
    // A job builds the pull request without merging it, and `base.sha` is the newest commit of its base.
    base: event.pull_request?.merge_base || job.base,
  };
}

function readGitLabJob(env: Environment): CiJob | undefined {
  const { CI_API_V4_URL: api, CI_PROJECT_ID: project, CI_PIPELINE_IID: pipeline } = env;
  if (!api || !project) return undefined;
  const iid = env.CI_MERGE_REQUEST_IID || findOpenMergeRequest(env);
  const page = env.CI_MERGE_REQUEST_PROJECT_URL || env.CI_PROJECT_URL;
  return {
    ...{ forge: "gitlab", api: trimSlashes(api) },
    // The pipeline of a fork runs in the fork, and the merge request is in the project that it is for.
    path: env.CI_MERGE_REQUEST_PROJECT_ID || project,
    number: iid ? Number(iid) : undefined,
    pullAddress: iid && page ? `${trimSlashes(page)}/-/merge_requests/${iid}` : undefined,
    projectPath: env.CI_MERGE_REQUEST_PROJECT_PATH || env.CI_PROJECT_PATH,
    isOfPush: env.CI_PIPELINE_SOURCE === "push",
    // Where GitLab builds the merge, the commit of the job is that merge.
    sha: env.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA || env.CI_COMMIT_SHA,
    built: env.CI_COMMIT_SHA,
    // The former is set where GitLab builds the merge, which it makes with the newest commit of the target.
    base: env.CI_MERGE_REQUEST_TARGET_BRANCH_SHA || env.CI_MERGE_REQUEST_DIFF_BASE_SHA,
    run: pipeline ? { pipeline: `gitlab:${project}`, number: Number(pipeline) } : undefined,
  };
}

/** What numbers the builds of this job: their numbers are compared with no others. */
export function readPipeline(env: Environment, job: CiJob | undefined): string | undefined {
  if (job?.run !== undefined) return job.run.pipeline;
  if (env.BUILDKITE_PIPELINE_SLUG) return `buildkite:${env.BUILDKITE_PIPELINE_SLUG}`;
  if (env.CIRCLE_JOB) return `circleci:${env.CIRCLE_JOB}`;
  return env.JOB_NAME ? `jenkins:${env.JOB_NAME}` : undefined;
}

/** Of the pipeline of a branch: `group/project!12,group/project!15`, up to four. */
function findOpenMergeRequest(env: Environment): string | undefined {
  const { CI_OPEN_MERGE_REQUESTS: open = "", CI_PROJECT_PATH: path } = env;
  const [own] = open.split(",").filter((each) => each.startsWith(`${path}!`));
  return own?.slice(own.indexOf("!") + 1);
}
