import { startTestService, type TestService, type TestServiceOptions } from "../start-service.ts";
import { apiEnv, type GitHubApi, startGitHubApi } from "./github-api.ts";
import { type Job, type StepOptions, startJob } from "./runner.ts";
import { inputsFor } from "./service-inputs.ts";

export const token = "ghs_stand-in-token";
export const firstSha = "a".repeat(40);
export const isClean = { exitCode: 0, errors: [], warnings: [], openGroups: 0 };

/** The event of a pull request whose newest commit is `sha`. */
export const pullEvent = (sha: string) => ({ pull_request: { number: 7, head: { sha } } });

export const secondSha = "b".repeat(40);
export const thirdSha = "c".repeat(40);

/** The variables of a run with this number. */
export const runEnv = (number: number, attempt = 1) => ({
  GITHUB_RUN_NUMBER: String(number),
  GITHUB_RUN_ATTEMPT: String(attempt),
  GITHUB_WORKFLOW_REF: "octo/intro/.github/workflows/render.yml@refs/pull/7/merge",
});

/** A job with the file `intro.mp4`, a service, and a GitHub API. */
export interface Stage {
  api: GitHubApi;
  job: Job;
  service: TestService;
  /** Starts a step that comments on pull request 7. */
  start(inputs?: Record<string, string>, options?: StepOptions): ReturnType<Job["start"]>;
  comment(inputs?: Record<string, string>, options?: StepOptions): ReturnType<Job["run"]>;
  /** Makes this the newest commit of pull request 7. Returns the options of its run. */
  push(sha: string): StepOptions;
}

export async function setUp(options: TestServiceOptions = {}): Promise<Stage> {
  const [api, job, service] = await Promise.all([
    startGitHubApi(),
    startJob(),
    startTestService(options),
  ]);
  await job.write("intro.mp4", "the intro");
  const pull = { number: 7, head: "octo:patch", sha: firstSha };
  api.pulls.push(pull);
  const start: Stage["start"] = (inputs = {}, options = {}) =>
    job.start(
      { files: "*.mp4", comment: "true", ...inputsFor(service), ...inputs },
      {
        ...{ eventName: "pull_request", event: pullEvent(firstSha), token },
        ...options,
        env: { ...apiEnv(api), ...options.env },
      },
    );
  const comment: Stage["comment"] = async (...given) => (await start(...given)).finished;
  const push: Stage["push"] = (sha) => {
    pull.sha = sha;
    return { event: pullEvent(sha) };
  };
  return { api, job, service, start, comment, push };
}
