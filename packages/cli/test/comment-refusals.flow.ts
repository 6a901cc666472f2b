import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { gitLabToken, startGitLab } from "../../report/test/forges/gitlab.ts";
import { gitLabVariables, prepareFolder } from "./comment-stage.js";
import { runCli } from "./run-cli.js";

test("without a token it says where one is looked for, and why a job's own will not do", async () => {
  const { comment } = await prepareFolder();
  const gitlab = await startGitLab();
  const { code, stderr } = await comment(["clips.json"], gitLabVariables(gitlab.url));
  expect(code).toBe(2);
  expect(stderr).toContain("set CLIPCOURIER_FORGE_TOKEN or GITLAB_TOKEN, or give --token-file.");
  expect(stderr).toContain("GitLab lets CI_JOB_TOKEN read comments and not write them");
  expect(stderr).not.toContain("glcbt-of-the-job");
  expect(gitlab.requests).toEqual([]);
});

test("a token that GitLab refuses is explained, and never printed", async () => {
  const { comment } = await prepareFolder();
  const gitlab = await startGitLab();
  const token = "glpat-of-somebody";
  // A server, or a proxy in front, may repeat what it was sent.
  gitlab.intercept = async ({ headers }) => ({
    status: 403,
    body: { message: `the token ${headers["private-token"]} may not` },
  });
  const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: token };
  const { code, stdout, stderr } = await comment(["clips.json", "--json"], env);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ outcome: "failed", url: null });
  expect(stderr).toContain("the token [redacted] may not");
  expect(stderr).toContain("with the scope api");
  expect(stdout + stderr).not.toContain(token);
});

test("a locked discussion is told as one", async () => {
  const { comment } = await prepareFolder();
  const gitlab = await startGitLab();
  gitlab.mergeRequest.discussion_locked = true;
  const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: gitLabToken };
  const { code, stderr } = await comment(["clips.json"], env);
  expect(code).toBe(1);
  expect(stderr).toContain("No comment: the conversation is locked");
});

test("a server that is not there is told with its address", async () => {
  const { comment } = await prepareFolder();
  const env = { ...gitLabVariables("http://127.0.0.1:9/api/v4"), GITLAB_TOKEN: gitLabToken };
  const { code, stderr } = await comment(["clips.json"], env);
  expect(code).toBe(1);
  expect(stderr).toContain("No comment: GitLab failed (The connection to 127.0.0.1:9 failed");
});

const github = ["--forge", "github", "--repo", "octo/intro"];

test.each<[string, string[], string]>([
  ["no forge is known", [], "It is not known where the pull request is"],
  ["the number is missing", github, "--pull is missing"],
  ["the repository is missing", ["--forge", "github", "--pull", "7"], "--repo is missing"],
  [
    "the API is missing",
    ["--forge", "gitea", "--repo", "a/b", "--pull", "7"],
    "--forge-api is missing",
  ],
  ["the number is none", [...github, "--pull", "seven"], "--pull takes a number, or the address"],
  [
    "the address is of another forge",
    ["--forge", "gitlab", "--pull", "https://github.com/octo/intro/pull/7"],
    "--pull is an address on GitHub, and --forge is gitlab",
  ],
  [
    "the repository is no path",
    ["--forge", "github", "--repo", "octo", "--pull", "7"],
    "owner/name",
  ],
  ["the commit is short", [...github, "--pull", "7", "--sha", "abc1234"], "a commit in full"],
  ["the key is long", [...github, "--pull", "7", "--key", "a b"], "up to 64 letters"],
  ["the token is cut by a line break", [...github, "--pull", "7"], "GH_TOKEN holds no token"],
  [
    "the file of the token is not there",
    [...github, "--pull", "7", "--token-file", "missing"],
    "--token-file: missing cannot be read (ENOENT)",
  ],
])("it is wrong use where %s", async (_, args, message) => {
  const { comment } = await prepareFolder();
  const { code, stdout, stderr } = await comment(["clips.json", ...args], {
    GH_TOKEN: "ghp_a\nghp_b",
  });
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("ghp_");
});

test("a file that holds no token is told without what it holds", async () => {
  const { cwd, comment } = await prepareFolder();
  await writeFile(path.join(cwd, "token"), "a secret phrase\n");
  const args = ["clips.json", ...github, "--pull", "7", "--token-file", "token"];
  const { code, stderr } = await comment(args, {});
  expect(code).toBe(2);
  expect(stderr).toContain("--token-file: token holds no token");
  expect(stderr).not.toContain("secret phrase");
});

const tokens = {
  ...{ GITHUB_TOKEN: "ghs_secret", GH_TOKEN: "ghs_secret", GITLAB_TOKEN: "ghs_secret" },
  ...{ GITEA_TOKEN: "ghs_secret", FORGEJO_TOKEN: "ghs_secret" },
};
const githubJob = { GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "octo/intro" };

test.each<[string, Record<string, string>, string, string]>([
  ["Codeberg, from a job of GitHub", githubJob, "codeberg.org", "/octo/site/pulls/3"],
  ["any host that looks like GitHub", githubJob, "any.host", "/a/b/pull/7"],
  ["GitHub without encryption", {}, "api.github.com", "http://github.com/a/b/pull/7"],
  ["a GitLab that is not the public one", {}, "git.example", "/a/b/-/merge_requests/7"],
  [
    "the public GitHub, from a job of another one",
    { ...githubJob, GITHUB_API_URL: "https://git.example/api/v3" },
    "api.github.com",
    "https://github.com/a/b/pull/7",
  ],
  [
    "the public GitHub, from a job of Gitea",
    { ...githubJob, GITEA_ACTIONS: "true", GITHUB_SERVER_URL: "https://git.example" },
    "api.github.com",
    "https://github.com/a/b/pull/7",
  ],
  [
    "the public GitLab, from a job of another one",
    gitLabVariables("https://git.example/api/v4"),
    "gitlab.com",
    "/a/b/-/merge_requests/7",
  ],
])("the tokens of a forge are not for %s", async (_, job, host, page) => {
  const { comment } = await prepareFolder();
  const pull = page.startsWith("/") ? `https://${host}${page}` : page;
  const { code, stdout, stderr } = await comment(["clips.json", "--pull", pull], {
    ...job,
    ...tokens,
  });
  expect(code).toBe(2);
  expect(stderr).toContain(
    `There is no token for ${host}: set CLIPCOURIER_FORGE_TOKEN, or give --token-file.`,
  );
  expect(stdout + stderr).not.toContain("ghs_secret");
});

test("a token of another forge is not sent to a server that a page's address names", async () => {
  const { comment } = await prepareFolder();
  const gitlab = await startGitLab();
  const page = `${new URL(gitlab.url).origin}/group/intro/-/merge_requests/7`;
  const { code } = await comment(["clips.json", "--pull", page], { ...githubJob, ...tokens });
  expect(code).toBe(2);
  expect(gitlab.requests).toEqual([]);
});

test("the help names the variables in the order in which they are read", async () => {
  const { cwd } = await prepareFolder();
  const { stdout } = await runCli(["comment", "--help"], { cwd });
  expect(stdout).toMatch(/^ {2}GitHub +GITHUB_TOKEN, GH_TOKEN$/m);
  expect(stdout).toMatch(/^ {2}Gitea or Forgejo +FORGEJO_TOKEN, GITEA_TOKEN, GITHUB_TOKEN$/m);
});
