import { writeFile } from "node:fs/promises";
import path from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import {
  connectGitHub,
  createGitHubChanges,
  describeFinding,
  findRequired,
} from "@clipcourier/report";
import { expect, test } from "vitest";
import { type ApiPull, startGitHubApi } from "../../../test/action/github-api.ts";
import { gitLabToken, startGitLab } from "../../report/test/forges/gitlab.ts";
import { IdTokenIssuer } from "../../service/test/id-token-issuer.ts";
import { audience, rulesFor, startKeylessService } from "../../service/test/keyless-service.ts";
import { signIn, startTestService } from "../../service/test/start-test-service.ts";
import { signInRun } from "../../service/test/statement-service.ts";
import { UploadClient } from "../../service/test/upload-client.ts";
import { makeFolder, runCli } from "./run-cli.js";
import { toVariables } from "./start-service.js";

const [head, merge, earlier] = ["a", "b", "c"].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
];
const ui = [{ filename: "docs/a.md" }, { filename: "src/ui/button.ts" }];
const ofPull = { ref: "refs/pull/7/merge", event_name: "pull_request" };

/** Pull request 7 of `octo/intro` at `head`, and a service whose account its jobs upload to. */
async function prepare(pull: Partial<ApiPull> = {}) {
  const github = await startGitHubApi();
  github.pulls.push({ number: 7, head: "octo:feature", sha: head, files: ui, ...pull });
  const keyless = await startKeylessService({ audience }, {});
  const server = new URL(keyless.issuer.url).host;
  const record = async (claims: object, text = "a recording") => {
    const job = await signInRun(keyless, { ...claims });
    return job.uploadAndSettle(Buffer.from(text));
  };
  const find = async (...paths: string[]) => {
    const { accessKey, accessToken } = (await signInRun(keyless)).session;
    const { rootUrl } = keyless.service;
    await using client = new DirectUploadClient({
      ...{ rootUrl, appId: "github", accessKey, accessToken, proxyEnv: {} },
    });
    const signal = new AbortController().signal;
    const access = { token: "ghs_stand-in-token", signal, onWait: () => {} };
    using api = connectGitHub({ rootUrl: github.url, ...access });
    const changes = createGitHubChanges(api, { owner: "octo", repo: "intro" }, 7);
    return await findRequired(changes, client, { paths, server }, signal);
  };
  return { github, keyless, server, record, find };
}

test("no clip is needed where nothing below the paths has changed", async () => {
  const { find } = await prepare();
  expect(await find("src/api/**", "*.ts")).toMatchObject({ outcome: "unneeded", files: [] });
});

test("a path that begins with ! excludes", async () => {
  const { find } = await prepare();
  expect((await find("src/**", "!src/ui/*.ts")).files).toEqual([]);
  expect((await find("!docs/**")).files).toEqual(["src/ui/button.ts"]);
});

test("a clip of the newest commit is needed, and one of an earlier commit is not enough", async () => {
  const { find, record } = await prepare();
  const missing = { outcome: "missing", head, files: ["src/ui/button.ts"], others: [] };
  expect(await find("src/ui/**")).toMatchObject(missing);
  await record({ ...ofPull, sha: earlier });
  expect(await find("src/ui/**")).toMatchObject({ ...missing, others: [earlier] });
  const clip = await record({ sha: head }, "another recording");
  expect(await find("src/ui/**")).toMatchObject({
    outcome: "met",
    recordings: [{ clip: { id: clip.id }, run: { sha: head, repository: "octo/intro" } }],
  });
});

test("a clip of the test merge of the newest commit is one of that commit", async () => {
  const { find, record, github } = await prepare();
  await record({ ...ofPull, sha: merge });
  expect((await find("src/ui/**")).outcome).toBe("missing");
  github.commits[merge] = ["d".repeat(40), earlier];
  expect((await find("src/ui/**")).outcome).toBe("missing");
  // As the base of a merge it is what the pull request does not change.
  github.commits[merge] = [head, earlier];
  expect((await find("src/ui/**")).outcome).toBe("missing");
  github.commits[merge] = ["d".repeat(40), head];
  expect((await find("src/ui/**")).outcome).toBe("met");
});

test("a clip that was uploaded with a secret, or in another repository, is not enough", async () => {
  const { find, record, keyless } = await prepare();
  const client = new UploadClient(keyless.service, await signIn(keyless.service));
  await client.uploadAndSettle(Buffer.from("a recording"));
  await record({ sha: head, repository: "octo/other" }, "another recording");
  expect((await find("src/ui/**")).outcome).toBe("missing");
  // The test merge of another pull request says nothing of this one.
  await record({ ...ofPull, ref: "refs/pull/8/merge", sha: merge }, "a third");
  expect(await find("src/ui/**")).toMatchObject({ outcome: "missing", others: [] });
});

test("the newest merges are asked for, until one is of the newest commit, and no more than 20", async () => {
  const { find, record, github } = await prepare();
  const merges = Array.from({ length: 22 }, (_, index) => index.toString(16).padStart(40, "c"));
  for (const sha of merges) await record({ ...ofPull, sha }, sha);
  const asked = () => github.requests.filter(({ path }) => path.includes("/git/commits/"));
  const missing = await find("src/ui/**");
  expect(missing).toMatchObject({ outcome: "missing", others: merges.toReversed(), unseen: 2 });
  expect(asked()).toHaveLength(20);
  expect(describeFinding(missing, { paths: [], number: 7 })).toEqual([
    expect.stringMatching(
      /other commits \((\w{7}, ){4}\w{7} and 17 more\): record it again\. The oldest 2 of them were not looked at/,
    ),
  ]);
  github.requests.splice(0);
  // The newest but one.
  github.commits[merges[20] ?? ""] = ["d".repeat(40), head];
  const met = await find("src/ui/**");
  expect(met).toMatchObject({ outcome: "met", recordings: [{ run: { sha: merges[20] } }] });
  expect(asked()).toHaveLength(2);
});

test("of a pull request from a fork it is told that no run of it can record a clip", async () => {
  const { find, record } = await prepare({ head: "mallory:feature", from: "mallory/intro" });
  const finding = await find("src/ui/**");
  expect(finding).toMatchObject({ outcome: "missing", isFork: true });
  const [told] = describeFinding(finding, { paths: ["src/ui/**"], number: 7 });
  expect(told).toContain("It comes from a fork, whose runs get no ID token for this repository");
  expect(told).not.toContain("Upload a recording in a job of that commit");
  // As the message says, a run of a branch of the repository itself counts.
  await record({ sha: head });
  expect(await find("src/ui/**")).toMatchObject({ outcome: "met" });
  const { find: findOfGone } = await prepare({ head: "mallory:feature", from: null });
  expect(await findOfGone("src/ui/**")).toMatchObject({ isFork: true });
});

test("a folder is meant with what is below it, however it is written", async () => {
  const { find } = await prepare();
  for (const path of ["src/ui", "src/ui/", "/src/ui/**"]) {
    expect(await find(path)).toMatchObject({ outcome: "missing", files: ["src/ui/button.ts"] });
  }
});

test("both names of a renamed file count, and so do files that are hidden or far down the list", async () => {
  const many = Array.from({ length: 250 }, (_, index) => ({ filename: `docs/${index}.md` }));
  const renamed = { filename: "lib/button.ts", previous_filename: "src/ui/button.ts" };
  const { find } = await prepare({ files: [...many, renamed, { filename: "src/ui/.env" }] });
  expect((await find("src/ui/**")).files).toEqual(["src/ui/button.ts", "src/ui/.env"]);
  expect((await find("lib/*")).files).toEqual(["lib/button.ts"]);
});

test("where the forge does not list all files, a clip is needed", async () => {
  const { find } = await prepare({ changedFiles: 3001 });
  expect(await find("src/api/**")).toMatchObject({ outcome: "missing", isCut: true, files: [] });
});

test("require fails with what to do, and passes with the address of the clip", async () => {
  const { github, keyless, record } = await prepare();
  const token = await keyless.issuer.sign(audience);
  const { rootUrl } = keyless.service;
  const { CLIPCOURIER_API_URL } = toVariables({ rootUrl, appId: "", appSecret: "" });
  const env = {
    ...{ CLIPCOURIER_API_URL, CLIPCOURIER_ID_TOKEN: token },
    ...{ GITHUB_TOKEN: "ghs_stand-in-token", GITHUB_API_URL: github.url, GITHUB_ACTIONS: "true" },
    ...{ GITHUB_SERVER_URL: keyless.issuer.url, GITHUB_REPOSITORY: "octo/intro" },
  };
  const cwd = await makeFolder();
  const line = ["require", "--pr", "7", "--path", "src/ui/**"];
  const missing = await runCli(line, { cwd, env });
  expect(missing.stderr).toContain(
    "There is no verified clip for aaaaaaa of pull request 7, which changes src/ui/button.ts. Upload a recording in a job of that commit that signs in with its ID token",
  );
  expect(missing.code).toBe(1);
  const clip = await record({ sha: head });
  const met = await runCli(line, { cwd, env });
  expect(met.stdout).toContain(clip.url);
  expect(met.code).toBe(0);
  expect(missing.stderr + met.stdout + met.stderr).not.toContain("ghs_stand-in-token");
});

test("require refuses a path that cannot be meant, and no number in a job of a pull request", async () => {
  const cwd = await makeFolder();
  const env = { GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "octo/intro" };
  const run = (line: string[], ref: string) =>
    runCli(["require", ...line], { cwd, env: { ...env, GITHUB_REF: ref } });
  const wrong = await run(["--pr", "7", "--path", "src/ui", "--path", "!"], "refs/heads/main");
  expect(wrong.stderr).toContain('--path takes no pattern such as "!", which is empty.');
  expect(wrong.code).toBe(2);
  const empty = await run(["--pr", "", "--path", "src/ui"], "refs/pull/7/merge");
  expect(empty.stderr).toContain("--pull names no pull request, but this job is of 7.");
  expect(empty.code).toBe(2);
  const push = await run(["--pr", "", "--path", "src/ui"], "refs/heads/main");
  expect(push.stdout).toContain("This build is of no pull request: no clip is needed.");
  expect(push.code).toBe(0);
});

/** Merge request 7 of `group/intro` at `head`, a service, and the jobs of its pipelines. */
async function prepareGitLab() {
  const gitlab = await startGitLab();
  /** Has the merge request change one file, which may have had another name. */
  const change = (now: string, before = now) => {
    gitlab.changes.splice(0, 1, { old_path: before, new_path: now });
  };
  change("src/ui/button.ts");
  const issuer = await IdTokenIssuer.start("gitlab");
  const rules = [{ account: "acc_group", claims: { project_path: "group/*" } }];
  const issuers = [rulesFor("gitlab", issuer, { audience, rules })];
  const { rootUrl } = await startTestService({ signInRules: { issuers } });
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "take.mp4"), "a recording");
  const env = {
    ...{ CLIPCOURIER_API_URL: rootUrl, GITLAB_TOKEN: gitLabToken, GITLAB_CI: "true" },
    ...{ CI_SERVER_URL: issuer.url, CI_API_V4_URL: gitlab.url },
    ...{ CI_PROJECT_ID: "42", CI_MERGE_REQUEST_IID: "7" },
  };
  /** Runs a command in a job that has this commit, with its ID token. */
  const run = async (line: string[], commit: string, kind = "head") => {
    const ref_path = `refs/merge-requests/7/${kind}`;
    const claims = { project_path: "group/intro", sha: commit, ref_path };
    const token = await issuer.sign(audience, claims);
    const job = { ...env, CI_COMMIT_SHA: commit, CLIPCOURIER_ID_TOKEN: token };
    return runCli(line, { cwd, env: job });
  };
  return { gitlab, change, run };
}

const lineOfGitLab = ["require", "--path", "src/ui/**"];
const upload = ["upload", "take.mp4", "--quiet"];

test("on GitLab a clip of the newest commit is needed, and both names of a renamed file count", async () => {
  const { change, run } = await prepareGitLab();
  const missing = await run(lineOfGitLab, head);
  expect(missing.stderr).toContain(
    "There is no verified clip for aaaaaaa of pull request 7, which changes src/ui/button.ts.",
  );
  expect(missing.code).toBe(1);
  change("lib/a.ts", "src/ui/a.ts");
  expect((await run(lineOfGitLab, head)).stderr).toContain("which changes src/ui/a.ts");
  const { stdout } = await run(upload, head);
  const met = await run(lineOfGitLab, head);
  expect(met).toMatchObject({ code: 0, stderr: "" });
  expect(met.stdout).toContain(stdout.trim());
  change("docs/a.md");
  expect((await run(lineOfGitLab, head)).stdout).toContain("no clip is needed");
});

test("on GitLab a clip of the merge of the newest commit counts in the job that has built it", async () => {
  const { gitlab, run } = await prepareGitLab();
  expect((await run(upload, merge, "merge")).code).toBe(0);
  // Not the merge of this commit, as far as GitLab knows.
  expect((await run(lineOfGitLab, merge, "merge")).code).toBe(1);
  gitlab.commits[merge] = ["d".repeat(40), head];
  expect((await run(lineOfGitLab, merge, "merge")).code).toBe(0);
});

test("on GitLab it is told that a merge request comes from a fork", async () => {
  const { gitlab, run } = await prepareGitLab();
  gitlab.mergeRequest.source_project_id = 43;
  expect((await run(lineOfGitLab, head)).stderr).toContain("It comes from a fork");
});

test("on GitLab a clip is needed where more files are changed than it lists", async () => {
  const { gitlab, run } = await prepareGitLab();
  gitlab.mergeRequest.changes_count = "1000+";
  const cut = await run(["require", "--path", "src/api/**"], head);
  expect(cut.stderr).toContain("The forge has not listed all changed files");
  expect(cut.code).toBe(1);
});
