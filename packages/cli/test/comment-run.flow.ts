import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { startGitHubApi } from "../../../test/action/github-api.ts";
import { gitLabToken, startGitLab } from "../../report/test/forges/gitlab.ts";
import { gitLabVariables, prepareFolder, sha } from "./comment-stage.js";

const other = "b".repeat(40);

/** A job of GitHub Actions in `octo/intro`, which built `other`; the head of pull request 7 is `sha`. */
async function prepareGitHubJob(event: object = {}) {
  const { cwd, comment } = await prepareFolder();
  const api = await startGitHubApi();
  api.pulls.push({ number: 7, head: "octo:feature", sha });
  await writeFile(path.join(cwd, "event.json"), JSON.stringify(event));
  const env = {
    ...{ GITHUB_ACTIONS: "true", GITHUB_API_URL: api.url, GITHUB_TOKEN: "ghs_stand-in-token" },
    ...{ GITHUB_REPOSITORY: "octo/intro", GITHUB_EVENT_PATH: "event.json", GITHUB_SHA: other },
    ...{ GITHUB_RUN_NUMBER: "3", GITHUB_WORKFLOW: "render" },
  };
  return { api, env, comment };
}

describe("on GitHub the commit of the job is not that of --pull", () => {
  test.each<[string, Record<string, string>, object, string[]]>([
    ["in a workflow_dispatch", { GITHUB_EVENT_NAME: "workflow_dispatch" }, {}, []],
    ["in a schedule", { GITHUB_EVENT_NAME: "schedule" }, {}, []],
    [
      "in a run of another pull request",
      { GITHUB_EVENT_NAME: "pull_request" },
      { pull_request: { number: 8, head: { sha: other } } },
      [],
    ],
    [
      "in another repository",
      { GITHUB_EVENT_NAME: "push", GITHUB_REPOSITORY: "octo/builds" },
      {},
      ["--repo", "octo/intro"],
    ],
  ])("%s", async (_, variables, event, args) => {
    const { api, env, comment } = await prepareGitHubJob(event);
    const line = ["clips.json", "--pull", "7", ...args];
    const first = await comment(line, { ...env, ...variables });
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(api.comments[0]?.body).not.toContain("bbbbbbb");
    expect(api.comments[0]?.body).not.toContain('"run"');
    expect((await comment(line, { ...env, ...variables })).stdout).toContain("Comment updated");
  });
});

describe("on GitHub the commit of --pull is", () => {
  test.each<[string, Record<string, string>, object]>([
    ["that of the push", { GITHUB_EVENT_NAME: "push", GITHUB_SHA: sha }, {}],
    [
      "that of the run which triggered a workflow_run",
      { GITHUB_EVENT_NAME: "workflow_run" },
      { workflow_run: { head_branch: "feature", head_sha: sha, run_number: 12 } },
    ],
    [
      "that of the job's own pull request",
      { GITHUB_EVENT_NAME: "pull_request" },
      { pull_request: { number: 7, head: { sha } } },
    ],
  ])("%s", async (_, variables, event) => {
    const { api, env, comment } = await prepareGitHubJob(event);
    const { code } = await comment(["clips.json", "--pull", "7"], { ...env, ...variables });
    expect(code).toBe(0);
    expect(api.comments[0]?.body).toContain("For aaaaaaa.");
    expect(api.comments[0]?.body).toContain('"run"');
  });
});

const page = "https://gitlab.example/group/intro/-/merge_requests/7";

/** Comments twice: the numbers of the builds are 13 and then 12. Returns the outcome of the second. */
async function commentTwice(
  first: Record<string, string>,
  second: Record<string, string>,
  commit: readonly string[],
): Promise<string> {
  const { comment } = await prepareFolder();
  const gitlab = await startGitLab();
  const place = ["clips.json", "--json", "--pull", page, "--forge-api", gitlab.url, ...commit];
  const token = { CLIPCOURIER_FORGE_TOKEN: gitLabToken };
  await comment([...place, "--run", "13"], { ...token, ...first });
  const { stdout } = await comment([...place, "--run", "12"], { ...token, ...second });
  return JSON.parse(stdout).outcome;
}

describe("the numbers of builds", () => {
  const commit = ["--sha", sha];
  test.each<[string, Record<string, string>]>([
    ["Buildkite", { BUILDKITE_PIPELINE_SLUG: "site" }],
    ["CircleCI", { CIRCLE_JOB: "end-to-end" }],
    ["Jenkins", { JOB_NAME: "site/PR-7" }],
  ])("of one pipeline of %s are compared, and with no other's", async (_, variables) => {
    expect(await commentTwice(variables, variables, commit)).toBe("outdated");
    expect(await commentTwice({ JOB_NAME: "render" }, variables, commit)).toBe("updated");
  });

  test("are compared without a pipeline where the commit is known to be the same", async () => {
    expect(await commentTwice({}, {}, commit)).toBe("outdated");
    expect(await commentTwice({}, {}, [])).toBe("updated");
  });

  test("of a fork on GitLab are not compared with those of the project", async () => {
    const { comment } = await prepareFolder();
    const gitlab = await startGitLab();
    const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: gitLabToken };
    await comment(["clips.json"], { ...env, CI_PIPELINE_IID: "13", CI_PROJECT_ID: "99" });
    expect((await comment(["clips.json"], env)).stdout).toContain("Comment updated");
  });
});
