import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { gitLabVariables } from "./comment-stage.js";
import { makeFolder, runCli } from "./run-cli.js";
import { startTestService } from "./start-service.js";

const address = "https://github.com/octo/intro/pull/7";

async function prepare() {
  const cwd = await makeFolder();
  const service = await startTestService();
  await writeFile(path.join(cwd, "intro.mp4"), "content");
  const run = (args: readonly string[], job: Record<string, string> = {}) =>
    runCli(args, { cwd, env: { ...service.env, ...job } });
  const upload = (keepFor: string, job?: Record<string, string>) =>
    run(["upload", "intro.mp4", "--keep-for", keepFor], job);
  const showKeptFor = async () => {
    const { stdout } = await run(["clips", "list", "--json"]);
    return JSON.parse(stdout).clips[0].keptFor ?? null;
  };
  return { cwd, run, upload, showKeptFor };
}

/** The variables and the event of a run of a pull request on GitHub Actions, or on Forgejo's. */
async function startPullRun(cwd: string, more: Record<string, string> = {}) {
  const file = path.join(cwd, "event.json");
  await writeFile(file, JSON.stringify({ pull_request: { number: 7, head: { sha: "a" } } }));
  return {
    ...{ GITHUB_ACTIONS: "true", GITHUB_EVENT_NAME: "pull_request", GITHUB_EVENT_PATH: file },
    ...{ GITHUB_REPOSITORY: "octo/intro", GITHUB_RUN_ID: "1", GITHUB_RUN_NUMBER: "1" },
    ...more,
  };
}

test("clips are kept until the pull request is closed, and while it is open again", async () => {
  const { run, upload, showKeptFor } = await prepare();
  const uploaded = await upload(`${address}/`);
  expect(uploaded.code).toBe(0);
  expect(uploaded.stderr).toContain(`Kept until it is closed: ${address}\n`);
  expect(uploaded.stderr).not.toContain("Kept after that");
  expect(await showKeptFor()).toBe("pull request");

  const closed = await run(["pull-request", "closed", address]);
  expect(closed).toMatchObject({ code: 0, stderr: "" });
  expect(closed.stdout).toContain(`${address} is closed: 1 clip, deleted after 1 day, unless it`);
  const open = await run(["pull-request", "open", address, "--json"]);
  expect(JSON.parse(open.stdout)).toEqual({
    pullRequest: { address, state: "open", clips: 1, days: 1 },
  });
});

test("auto is the pull request of the job, on GitHub, GitLab, Gitea and Forgejo", async () => {
  const { cwd, run, upload } = await prepare();
  const gitHub = await startPullRun(cwd);
  const server = "https://git.example.com";
  const forgejo = await startPullRun(cwd, { FORGEJO_ACTIONS: "true", GITHUB_SERVER_URL: server });
  const gitLab = {
    ...gitLabVariables("https://gitlab.example.com/api/v4"),
    CI_MERGE_REQUEST_PROJECT_URL: "https://gitlab.example.com/group/intro",
    CI_PROJECT_URL: "https://gitlab.example.com/fork/intro",
  };
  const jobs = [
    [gitHub, address],
    [forgejo, `${server}/octo/intro/pull/7`],
    [gitLab, "https://gitlab.example.com/group/intro/-/merge_requests/7"],
  ] as const;
  for (const [job, page] of jobs) {
    const { stderr } = await upload("auto", job);
    expect(stderr).toContain(`Kept until it is closed: ${page}\n`);
    const { stdout } = await run(["pull-request", "open"], job);
    expect(stdout).toContain(`${page} is open: 1 clip`);
  }
});

test("where there is no pull request the clip is kept as others are, and that is told", async () => {
  const { cwd, run, upload, showKeptFor } = await prepare();
  // As CircleCI and Buildkite have it in a build of a branch.
  for (const none of ["", "https://github.com/octo/intro/pull/false"]) {
    const { code, stderr } = await upload(none);
    expect(code).toBe(0);
    expect(stderr).toContain(
      "Not kept for a pull request, but as other clips: this build is of no pull request.",
    );
  }
  const job = await startPullRun(cwd, { GITHUB_EVENT_NAME: "push", GITHUB_EVENT_PATH: "" });
  expect((await upload("auto", job)).stderr).toContain("name no pull request.");
  expect(await showKeptFor()).toBeNull();
  expect((await run(["pull-request", "closed"], job)).stderr).toContain("Nothing is told: ");

  const kept = await upload(address);
  expect(kept.stderr).toContain("Kept after that: 1 clip of these, because the content was");
});

test("what is no pull request is refused before anything is sent", async () => {
  const { run, upload } = await prepare();
  const wrong = await upload("https://github.com/octo/intro/issues/7");
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(wrong.stderr).toContain("--keep-for takes the address of a pull request");
  const elsewhere = await upload("auto");
  expect(elsewhere).toMatchObject({ code: 2, stdout: "" });
  expect(elsewhere.stderr).toContain("--keep-for: auto is for jobs of GitHub, GitLab, Gitea and");
  expect((await run(["clips", "list", "--json"])).stdout).toContain('"total": 0');
});
