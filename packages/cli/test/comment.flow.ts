import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { startGitHubApi } from "../../../test/action/github-api.ts";
import { startProxy } from "../../../test/proxy.ts";
import { giteaToken, startGitea } from "../../report/test/forges/gitea.ts";
import { gitLabToken, makeNote, startGitLab } from "../../report/test/forges/gitlab.ts";
import { gitLabVariables, prepareFolder, prepareUpload, sha } from "./comment-stage.js";
import { Cli } from "./run-cli.js";

const noPull = {
  ...{ code: 0, stdout: "" },
  stderr: "No comment: this build is of no pull request.\n",
};

const gitLabPage = "https://gitlab.example/group/intro/-/merge_requests/7";

describe("on GitLab", () => {
  test("the note of the merge request is created, then updated", async () => {
    const { url, comment } = await prepareUpload();
    const gitlab = await startGitLab();
    const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: gitLabToken };
    const first = await comment(["clips.json"], env);
    expect(first).toEqual({
      code: 0,
      stdout: `Comment created: ${gitLabPage}#note_1000\n`,
      stderr: "",
    });
    const second = await comment(["clips.json", "--json"], env);
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toEqual({
      outcome: "updated",
      url: `${gitLabPage}#note_1000`,
      reason: null,
    });
    const [note] = gitlab.notes;
    expect(note?.body).toMatch(/^<!-- clipcourier: clips -->\n/);
    expect(note?.body).toContain("For aaaaaaa.");
    expect(note?.body).toContain(`<a href="${url}">`);
    // A single results file is no job whose name the clips carry.
    expect(note?.body).toContain("<code>intro.mp4</code>");
    await comment(["./clips.json"], env);
    expect(gitlab.notes[0]?.body).toContain("<code>intro.mp4</code>");
    expect(gitlab.requests.map(({ headers }) => headers["private-token"])).toEqual(
      gitlab.requests.map(() => gitLabToken),
    );
  });

  test.each<[string, Record<string, string>]>([
    ["from a fork, in the project that it is for", { CI_PROJECT_ID: "99" }],
    [
      "that is open for the branch",
      {
        CI_MERGE_REQUEST_IID: "",
        CI_MERGE_REQUEST_PROJECT_ID: "",
        CI_OPEN_MERGE_REQUESTS: "other/intro!3,group/intro!7",
      },
    ],
    [
      "whose merge was built",
      { CI_COMMIT_SHA: "b".repeat(40), CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: sha },
    ],
  ])("the merge request is the one %s", async (_, variables) => {
    const { comment } = await prepareFolder();
    const gitlab = await startGitLab();
    const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: gitLabToken, ...variables };
    expect(await comment(["clips.json"], env)).toMatchObject({ code: 0, stderr: "" });
    expect(gitlab.notes[0]?.body).toContain("For aaaaaaa.");
  });

  test("a pipeline of no merge request says so, and asks nobody", async () => {
    const { comment } = await prepareFolder();
    const gitlab = await startGitLab();
    const env = { ...gitLabVariables(gitlab.url), CI_MERGE_REQUEST_IID: "" };
    const stderr = "No comment: this build is of no pull request.\n";
    expect(await comment(["clips.json"], env)).toEqual({ code: 0, stdout: "", stderr });
    const strict = await comment(["clips.json", "--if-no-pull", "error", "--json"], env);
    expect(strict).toMatchObject({ code: 1, stderr });
    expect(JSON.parse(strict.stdout)).toMatchObject({ outcome: "no-pull", url: null });
    expect(gitlab.requests).toEqual([]);
  });

  test("a pipeline that began earlier leaves the note of a later one alone", async () => {
    const { comment } = await prepareFolder();
    const gitlab = await startGitLab();
    const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: gitLabToken };
    await comment(["clips.json"], { ...env, CI_PIPELINE_IID: "13" });
    const before = gitlab.notes[0]?.body;
    const late = await comment(["clips.json", "--json"], env);
    expect(late.code).toBe(0);
    expect(JSON.parse(late.stdout)).toMatchObject({ outcome: "outdated" });
    expect(gitlab.notes[0]?.body).toBe(before);
  });
});

describe("on Gitea and Forgejo", () => {
  test.each([
    ["GITEA_ACTIONS", "GITEA_TOKEN"],
    ["FORGEJO_ACTIONS", "FORGEJO_TOKEN"],
  ])("the comment of the job's pull request, where %s is set", async (variable, token) => {
    const { cwd, url, comment } = await prepareUpload();
    const gitea = await startGitea();
    const event = { pull_request: { number: 7, head: { sha } } };
    await writeFile(path.join(cwd, "event.json"), JSON.stringify(event));
    const server = gitea.url.replace("/api/v1", "");
    const env = {
      ...{ GITHUB_ACTIONS: "true", [variable]: "true", [token]: giteaToken },
      ...{ GITHUB_SERVER_URL: server, GITHUB_API_URL: gitea.url },
      ...{ GITHUB_REPOSITORY: "octo/intro", GITHUB_EVENT_PATH: "event.json" },
      ...{ GITHUB_SHA: "b".repeat(40), GITHUB_RUN_NUMBER: "3" },
    };
    const { code, stdout } = await comment(["clips.json"], env);
    expect(code).toBe(0);
    expect(stdout).toContain("Comment created: https://gitea.example/octo/intro/pulls/7#");
    expect(gitea.comments[0]?.body).toContain("For aaaaaaa.");
    expect(gitea.comments[0]?.body).toContain(url);
  });
});

describe("on GitHub", () => {
  const token = "ghs_stand-in-token";

  test("the comment of the job's pull request", async () => {
    const { cwd, url, comment } = await prepareUpload();
    const api = await startGitHubApi();
    api.pulls.push({ number: 7, head: "octo:feature", sha });
    const event = { pull_request: { number: 7, head: { sha } } };
    await writeFile(path.join(cwd, "event.json"), JSON.stringify(event));
    const { code } = await comment(["clips.json", "--key", "nightly"], {
      ...{ GITHUB_ACTIONS: "true", GITHUB_API_URL: api.url, GITHUB_TOKEN: token },
      ...{ GITHUB_REPOSITORY: "octo/intro", GITHUB_EVENT_PATH: "event.json" },
    });
    expect(code).toBe(0);
    expect(api.comments[0]?.body).toMatch(/^<!-- clipcourier: nightly -->\n/);
    expect(api.comments[0]?.body).toContain(url);
  });

  test("is that of github.com where the variable of the API is set and empty", async () => {
    const { comment } = await prepareFolder();
    // It refuses every request, so that none gets there.
    const proxy = await startProxy("name:password");
    await comment(["clips.json"], {
      ...{ GITHUB_ACTIONS: "true", GITHUB_API_URL: "", GITHUB_TOKEN: token },
      ...{ GITHUB_REPOSITORY: "octo/intro", GITHUB_REF: "refs/heads/feature", GITHUB_SHA: sha },
      HTTPS_PROXY: proxy.url,
    });
    expect(proxy.seen).toContain("CONNECT api.github.com:443");
  });

  test("that of a branch's open pull request, or none", async () => {
    const { comment } = await prepareFolder();
    const api = await startGitHubApi();
    const env = {
      ...{ GITHUB_ACTIONS: "true", GITHUB_API_URL: api.url, GITHUB_TOKEN: token },
      ...{ GITHUB_REPOSITORY: "octo/intro", GITHUB_REF: "refs/heads/feature", GITHUB_SHA: sha },
    };
    const none = await comment(["clips.json"], env);
    expect(none.code).toBe(0);
    expect(none.stderr).toBe("No comment: this run belongs to no open pull request.\n");
    api.pulls.push({ number: 7, head: "octo:feature", sha });
    expect(await comment(["clips.json"], env)).toMatchObject({ code: 0, stderr: "" });
    expect(api.comments[0]?.body).toContain("For aaaaaaa.");
  });
});

describe("on any other CI", () => {
  test("flags name the pull request, its commit and the build", async () => {
    const { cwd, comment } = await prepareFolder();
    const gitlab = await startGitLab();
    await writeFile(path.join(cwd, "token"), `${gitLabToken}\n`);
    const args = [
      ...["clips.json", "--pull", gitLabPage, "--forge-api", `${gitlab.url}/`],
      ...["--sha", sha.toUpperCase(), "--run", "5", "--token-file", "token"],
    ];
    expect(await comment(args, {})).toMatchObject({ code: 0, stderr: "" });
    expect(gitlab.requests[1]?.url).toContain("/projects/group%2Fintro/merge_requests/7/notes");
    expect(gitlab.notes[0]?.body).toContain("For aaaaaaa.");
    expect(gitlab.notes[0]?.body).toContain('"number":5');
  });

  test("forge, repository and number are another way to name it", async () => {
    const { comment } = await prepareFolder();
    const gitea = await startGitea();
    const place = ["--forge", "forgejo", "--forge-api", gitea.url, "--repo", "octo/intro"];
    const env = { CLIPCOURIER_FORGE_TOKEN: giteaToken };
    expect((await comment(["clips.json", ...place, "--pull", "7"], env)).code).toBe(0);
    expect(gitea.comments).toHaveLength(1);
  });

  test.each(["null", "https://gitlab.example/group/intro/-/merge_requests/"])(
    "a build of no pull request has --pull %j",
    async (pull) => {
      const { comment } = await prepareFolder();
      expect(await comment(["clips.json", "--pull", pull], {})).toEqual(noPull);
    },
  );

  test.skipIf(process.platform === "win32").each([
    ["examples/circleci.yml", { CIRCLE_PULL_REQUEST: "", CIRCLE_SHA1: sha, CIRCLE_BUILD_NUM: "5" }],
    [
      "examples/buildkite.yml",
      {
        ...{ BUILDKITE_PULL_REQUEST: "false", BUILDKITE_COMMIT: sha },
        BUILDKITE_BUILD_NUMBER: "5",
      },
    ],
    ["docs/other-ci.md", { CHANGE_URL: "", GIT_COMMIT: sha, BUILD_NUMBER: "5" }],
  ])("a build of no pull request ends well with the command of %s", async (file, variables) => {
    const { cwd, comment } = await prepareFolder();
    const text = await readFile(new URL(`../../../${file}`, import.meta.url), "utf8");
    const [, options = ""] =
      /clipcourier@\S+ comment (clips\.json\s+(?:\\\s+)?--pull[^']*?--run "?[\w$]+"?)/.exec(text) ??
      [];
    // Buildkite's `$$` is the shell's `$`, and the lines of a folded text are one.
    const line = options.replaceAll("$$", "$").replaceAll(/\\?\n\s*/g, " ");
    const shell = `printf '%s\\0' ${line}`;
    const printed = await promisify(execFile)("sh", ["-c", shell], { cwd, env: variables });
    const args = printed.stdout.split("\0").slice(0, -1);
    expect(args).toEqual(["clips.json", "--pull", expect.any(String), "--sha", sha, "--run", "5"]);
    expect(await comment(args, variables)).toEqual(noPull);
  });
});

test("the forge is reached through the proxy that the environment names", async () => {
  const { comment } = await prepareFolder();
  const gitlab = await startGitLab();
  const proxy = await startProxy();
  const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: gitLabToken, HTTP_PROXY: proxy.url };
  expect((await comment(["clips.json"], env)).code).toBe(0);
  expect(gitlab.notes).toHaveLength(1);
  expect(proxy.seen.length).toBeGreaterThan(0);
  expect(proxy.seen.every((request) => request.includes(new URL(gitlab.url).host))).toBe(true);
});

describe("the results", () => {
  test("of several jobs are gathered, and a damaged file is told", async () => {
    const { cwd, comment } = await prepareFolder();
    const gitlab = await startGitLab();
    const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: gitLabToken };
    await mkdir(path.join(cwd, "legs"));
    const results = await readFile(path.join(cwd, "clips.json"), "utf8");
    for (const leg of ["linux", "windows"])
      await writeFile(path.join(cwd, `legs/${leg}.json`), results);
    expect(await comment(["legs/*.json"], env)).toMatchObject({ code: 0, stderr: "" });
    expect(gitlab.notes[0]?.body).toContain("2 uploaded.");
    expect(gitlab.notes[0]?.body).toMatch(/linux[^|]*intro\.mp4/);
    expect(gitlab.notes[0]?.body).toMatch(/windows[^|]*intro\.mp4/);

    await writeFile(path.join(cwd, "legs/mac.json"), results.slice(0, -20));
    const { code, stdout, stderr } = await comment(["legs/*.json"], env);
    expect(code).toBe(1);
    expect(stderr).toContain("legs/mac.json");
    expect(stdout).toContain("Comment updated");
  });

  test("that are empty say so in the comment, or remove it", async () => {
    const { comment, cwd } = await prepareFolder();
    const gitlab = await startGitLab();
    const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: gitLabToken };
    await comment(["clips.json"], env);
    await writeFile(path.join(cwd, "none.json"), JSON.stringify({ version: 1, clips: [] }));
    expect((await comment(["none.json"], env)).stdout).toContain("Comment updated");
    expect(gitlab.notes[0]?.body).toContain("othing to show");
    const deleted = await comment(["none.json", "--when-empty", "delete", "--json"], env);
    expect(JSON.parse(deleted.stdout)).toEqual({ outcome: "deleted", url: null, reason: null });
    expect(gitlab.notes).toEqual([]);
  });

  test.each([
    ["a file that is not there", "missing.json", "missing.json matches no file."],
    ["a pattern that matches nothing", "legs/*.json", "legs/*.json matches no file."],
    ["a damaged file alone", "damaged.json", "damaged.json cannot be read as a results file"],
  ])("are needed: %s is wrong use", async (_, file, message) => {
    const { comment } = await prepareFolder();
    const gitlab = await startGitLab();
    const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: gitLabToken };
    const { code, stderr } = await comment([file], env);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(gitlab.requests).toEqual([]);
  });
});

test("Ctrl-C ends it while the forge does not answer", async () => {
  const { cwd } = await prepareFolder();
  const gitlab = await startGitLab();
  gitlab.notes.push(makeNote(1, "a remark"));
  const asked = Promise.withResolvers<void>();
  gitlab.intercept = async () => {
    asked.resolve();
    return new Promise(() => {});
  };
  const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: gitLabToken };
  const cli = new Cli(["comment", "clips.json"], { cwd, env });
  await asked.promise;
  cli.send("SIGINT");
  expect(await cli.end()).toEqual({ code: 130, stdout: "", stderr: "" });
});
