import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeResultsFile } from "@clipcourier/report";
import { startService } from "@clipcourier/service";
import { expect, onTestFinished, test } from "vitest";
import { startGitHubApi } from "../../../test/action/github-api.ts";
import { gitLabToken, startGitLab } from "../../report/test/forges/gitlab.ts";
import { makeRecord } from "../../report/test/records.ts";
import { comparing } from "../../service/test/compare-clips.ts";
import { findFreePort } from "../../service/test/free-port.js";
import { type Claims, IdTokenIssuer } from "../../service/test/id-token-issuer.js";
import { rulesFor } from "../../service/test/keyless-service.js";
import { groundOf } from "../../service/test/test-ground.ts";
import { createJsonLog } from "../src/serve/service-log.js";
import { gitLabVariables } from "./comment-stage.js";
import { makeFolder, runCli } from "./run-cli.js";
import { startTestService } from "./start-service.js";

const later = { CI_COMMIT_SHA: "b".repeat(40), CI_PIPELINE_IID: "13" };

/** The variables of a merge request's pipeline, and what renders and uploads in it. */
async function prepare(service: Record<string, string>) {
  const cwd = await makeFolder();
  const gitlab = await startGitLab();
  const env = { ...gitLabVariables(gitlab.url), GITLAB_TOKEN: gitLabToken, ...service };
  const upload = async (content: string, more: Record<string, string> = {}) => {
    await writeFile(path.join(cwd, "intro.mp4"), content);
    const args = ["upload", "--quiet", "intro.mp4", "--output-file", "clips.json"];
    expect(await runCli(args, { cwd, env: { ...env, ...more } })).toMatchObject({ code: 0 });
  };
  const comment = (args: readonly string[], more: Record<string, string> = {}) =>
    runCli(["comment", "clips.json", ...args], { cwd, env: { ...env, ...more } });
  /** Makes this the newest commit of the merge request. */
  const push = (commit: string) => {
    gitlab.mergeRequest.sha = commit;
  };
  return { cwd, gitlab, upload, comment, push };
}

test("comment --compare says what has changed since the last commit, and can fail because of it", async () => {
  const { asked, media } = comparing();
  const { env } = await startTestService({ media });
  const { gitlab, upload, comment, push } = await prepare(env);
  await upload("an intro");
  expect(await comment(["--compare"])).toMatchObject({ code: 0, stderr: "" });
  await upload("another intro");
  push(later.CI_COMMIT_SHA);
  const wishes = ["--ignore", "0,0,10,10", "--tolerance", "2", "--fail-on-change"];
  const { code, stdout, stderr } = await comment([...wishes, "--json"], later);
  expect(code).toBe(3);
  const { outcome, changes } = JSON.parse(stdout);
  expect(outcome).toBe("updated");
  expect(changes).toMatchObject([{ file: "intro.mp4", verdict: "changed" }]);
  const [{ url, summary }] = changes;
  expect(stderr).toBe(`Compared: intro.mp4: ${summary} ${url}\n`);
  const body = gitlab.notes[0]?.body ?? "";
  expect(body).toContain(`<a href="${url}">Changed from 0&#58;05.0`);
  expect(body).toContain(`<a href="${url}"><img src="${url}.gif"`);
  const box = { x: 0, y: 0, width: 10, height: 10, unit: "pixel" };
  expect(asked).toMatchObject([{ ignore: [box], tolerance: 2 }]);
  // Without it nothing is asked, and no service is needed.
  const plain = await comment([], { ...later, CLIPCOURIER_APP_SECRET: "" });
  expect(plain).toMatchObject({ code: 0, stderr: "" });
});

test("comment --fail-on-change fails and says why where a clip has failed to upload", async () => {
  const { env } = await startTestService({ media: comparing().media });
  const { cwd, comment } = await prepare(env);
  const error = { code: "network", message: "The service was out of reach." };
  const failed = { outcome: "failed", id: null, url: null, error } as const;
  const records = ["intro.mp4", "outro.mp4"].map((file) => makeRecord(file, file));
  await writeResultsFile(path.join(cwd, "clips.json"), [
    ...records,
    { ...makeRecord("end.mp4", ""), ...failed },
  ]);
  const problem = "1 file has no clip to compare: see why the upload failed or was stopped.";
  const { code, stdout, stderr } = await comment(["--fail-on-change", "--json"]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: "created",
    changes: [],
    problems: [problem],
  });
  expect(stderr).toBe(`${problem}\nIt is not known whether something has changed: see above.\n`);
  const plain = await comment(["--compare", "--json"]);
  expect(plain).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(plain.stdout)).toMatchObject({ changes: [], problems: [] });
});

test("comment --fail-on-change fails where the event does not name its pull request", async () => {
  const { env } = await startTestService({ media: comparing().media });
  const { upload, comment } = await prepare(env);
  await upload("an intro");
  const variables = {
    ...{ GITLAB_CI: "", GITHUB_ACTIONS: "true", GITHUB_TOKEN: "ghs_stand-in-token" },
    ...{ GITHUB_REPOSITORY: "octo/intro", GITHUB_EVENT_NAME: "pull_request_target" },
    GITHUB_REF: "refs/heads/main",
  };
  const { code, stderr } = await comment(["--fail-on-change"], variables);
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^No comment: the file of the event .* does not name the pull request\.\n/,
  );
  expect(stderr).toContain("It is not known whether something has changed: see above.\n");
  expect(await comment(["--compare"], variables)).toMatchObject({ code: 0 });
});

test("comment --fail-on-change remembers the first clips where a run has none", async () => {
  const { env } = await startTestService({ media: comparing().media });
  const { cwd, upload, comment, push } = await prepare(env);
  const run = (letter: string) => {
    push(letter.repeat(40));
    const variables = { CI_COMMIT_SHA: letter.repeat(40), CI_PIPELINE_IID: "13" };
    return comment(["--fail-on-change"], variables);
  };
  await upload("an intro");
  expect(await run("a")).toMatchObject({ code: 0 });
  await upload("another intro");
  expect(await run("b")).toMatchObject({ code: 3 });
  await writeResultsFile(path.join(cwd, "clips.json"), []);
  expect(await run("c")).toMatchObject({ code: 0 });
  await upload("another intro");
  expect(await run("d")).toMatchObject({ code: 3 });
});

test("comment --private-links opens the comparison of private clips, and prints no signature", async () => {
  const { media } = comparing();
  const { env } = await startTestService({ media, accountLimits: { private: true } });
  const { gitlab, upload, comment, push } = await prepare(env);
  await upload("an intro");
  await comment([]);
  await upload("another intro");
  push(later.CI_COMMIT_SHA);
  const { code, stdout, stderr } = await comment(["--compare", "--private-links", "1d"], later);
  expect(code).toBe(0);
  const [, link = ""] = /<a href="([^"]+)">Changed from/.exec(gitlab.notes[0]?.body ?? "") ?? [];
  expect((await fetch(link.replaceAll("&#38;", "&"))).status).toBe(200);
  expect(stdout + stderr).not.toContain("signature");
});

/** A service in which a job of the base has recorded its intro. */
async function recordBase(system: "github" | "gitlab", claims: Claims) {
  const issuer = await IdTokenIssuer.start(system);
  const port = await findFreePort();
  const origin = `http://127.0.0.1:${port}`;
  const service = await startService({
    ...groundOf(await makeFolder()),
    ...{ port, publicUrl: origin, media: comparing().media, logger: createJsonLog("silent") },
    signInRules: { issuers: [rulesFor(system, issuer)] },
  });
  onTestFinished(() => service.close());
  const stage = await prepare({
    ...{ CLIPCOURIER_API_URL: service.rootUrl, CI_SERVER_URL: issuer.url },
    ...{ GITHUB_SERVER_URL: issuer.url, CI_MERGE_REQUEST_PROJECT_PATH: "octo/intro" },
  });
  const base = "d".repeat(40);
  const signIn = async (sha: string) => ({
    CLIPCOURIER_ID_TOKEN: await issuer.sign(origin, { ...claims, sha }),
  });
  await stage.upload("the intro of the base", await signIn(base));
  const own = await signIn("a".repeat(40));
  await stage.upload("the intro of the change", own);
  return { ...stage, base, own };
}

test("the first note of a merge request has what has changed since its base", async () => {
  const { base, comment, own } = await recordBase("gitlab", { project_path: "octo/intro" });
  const variables = { ...own, CI_MERGE_REQUEST_DIFF_BASE_SHA: base };
  const { code, stdout } = await comment(["--compare", "--json"], variables);
  expect(code).toBe(0);
  const { outcome, changes } = JSON.parse(stdout);
  expect(outcome).toBe("created");
  expect(changes).toMatchObject([{ file: "intro.mp4", verdict: "changed" }]);
});

test("in a workflow_run that follows a run of a pull request, the base is that of the pull request", async () => {
  const { base, comment, cwd, own } = await recordBase("github", { repository: "octo/intro" });
  const api = await startGitHubApi();
  const sha = "a".repeat(40);
  api.pulls.push({ number: 7, head: "octo:feature", sha, base });
  const run = { event: "pull_request", head_branch: "feature", head_sha: sha, run_number: 12 };
  const source = { full_name: "octo/intro", owner: { login: "octo" } };
  const event = { workflow_run: { ...run, head_repository: source } };
  await writeFile(path.join(cwd, "event.json"), JSON.stringify(event));
  const { code, stdout } = await comment(["--compare", "--json"], {
    ...{ ...own, GITLAB_CI: "", CI_API_V4_URL: "" },
    ...{ GITHUB_ACTIONS: "true", GITHUB_API_URL: api.url, GITHUB_TOKEN: "ghs_stand-in-token" },
    ...{ GITHUB_REPOSITORY: "octo/intro", GITHUB_EVENT_PATH: "event.json" },
    ...{ GITHUB_EVENT_NAME: "workflow_run", GITHUB_SHA: base },
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).changes).toMatchObject([{ file: "intro.mp4", verdict: "changed" }]);
});

test("comment --compare without a service writes nothing", async () => {
  const { cwd, gitlab, comment } = await prepare({});
  await writeResultsFile(path.join(cwd, "clips.json"), [makeRecord("intro.mp4", "one")]);
  const none = await comment(["--compare"]);
  expect(none.code).toBe(2);
  expect(none.stderr).toContain("No service is configured");
  await mkdir(path.join(cwd, ".clipcourier"));
  const { code, stderr } = await comment(["--fail-on-change"]);
  expect(code).toBe(2);
  expect(stderr).toContain("--compare needs a service that others can reach");
  expect(gitlab.notes).toEqual([]);
});
