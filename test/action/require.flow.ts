import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { findFreePort } from "../../packages/service/test/free-port.ts";
import { IdTokenIssuer } from "../../packages/service/test/id-token-issuer.ts";
import { startTestService } from "../start-service.ts";
import { isClean, pullEvent, token } from "./comment-stage.ts";
import { apiEnv, startGitHubApi } from "./github-api.ts";
import { type StepOptions, startJob } from "./runner.ts";
import { inputsFor } from "./service-inputs.ts";

const [head, merge, base] = ["a", "b", "d"].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
];
const missing =
  "There is no verified clip for aaaaaaa of pull request 7, which changes src/ui/button.ts.";

/** Pull request 7 at `head`, and a job of its test merge, which gets ID tokens. */
async function start() {
  const [api, job, issuer, port] = await Promise.all([
    startGitHubApi(),
    startJob(),
    IdTokenIssuer.start(),
    findFreePort(),
  ]);
  const files = [{ filename: "docs/a.md" }, { filename: "src/ui/button.ts" }];
  api.pulls.push({ number: 7, head: "octo:patch", sha: head, files });
  api.commits[merge] = [base, head];
  const rules = [{ repository: "octo/*", account: "acc_octo" }];
  const github = { issuer: issuer.url, rules };
  const service = await startTestService({ port, publicUrl: `http://127.0.0.1:${port}`, github });
  await job.write("intro.mp4", randomBytes(1000));
  issuer.jobClaims = { sha: merge, ref: "refs/pull/7/merge", event_name: "pull_request" };
  const env = {
    ...{ ...apiEnv(api), GITHUB_SERVER_URL: issuer.url, GITHUB_REPOSITORY: "octo/intro" },
    ACTIONS_ID_TOKEN_REQUEST_URL: issuer.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: issuer.requestToken,
  };
  const run = (
    inputs: Record<string, string> = {},
    event: object = pullEvent(head),
    options: StepOptions = {},
  ) =>
    job.run(
      { files: "*.mp4", "api-url": service.rootUrl, "require-paths": "src/ui/**", ...inputs },
      {
        ...{ eventName: "pull_request", event, sha: merge, token, ...options },
        env: { ...env, ...options.env },
      },
    );
  return { api, job, issuer, service, run };
}

test("the step passes with the clip that it has uploaded itself, in a job of the test merge", async () => {
  const { issuer, run } = await start();
  const step = await run();
  expect(step).toMatchObject({ ...isClean, outputs: { "uploaded-count": "1" } });
  expect(step.log).toContain("There is a verified clip for aaaaaaa of pull request 7:");
  expect(step.log.split("\n")).toContain(JSON.parse(step.outputs.urls ?? "")[0]);
  // The check signs in no second time.
  expect(issuer.issued).toHaveLength(1);
});

test("the step fails where the clip is uploaded with a secret, or another commit's", async () => {
  const { api, job, service, run } = await start();
  const secret = await run({ ...inputsFor(service) });
  expect(secret).toMatchObject({ exitCode: 1, outputs: { "uploaded-count": "1" } });
  expect(secret.errors.map(({ message }) => message)).toEqual([expect.stringContaining(missing)]);
  // As a commit that was pushed while this one was built.
  api.commits[merge] = [base, "e".repeat(40)];
  const earlier = await run();
  expect(earlier.exitCode).toBe(1);
  expect(earlier.errors[0]?.message).toContain(
    "There are verified clips of other commits (bbbbbbb)",
  );
  // Without a file there is a check, too.
  await job.write("none.txt", "");
  const none = await run({ files: "*.webm", "if-no-files-found": "ignore" });
  expect(none.errors[0]?.message).toContain(missing);
});

test("nothing is needed where the pull request changes nothing below the paths", async () => {
  const { service, run } = await start();
  const step = await run({ ...inputsFor(service), "require-paths": "src/**\n!src/ui/**" });
  expect(step).toMatchObject(isClean);
  expect(step.log).toContain("Nothing below src/**, !src/ui/** has changed: no clip is needed.");
});

test("without a pull request a notice says that no clip is required", async () => {
  const { run } = await start();
  const step = await run({}, {}, { eventName: "push", ref: "refs/heads/main" });
  expect(step).toMatchObject(isClean);
  const notices = step.commands.filter(({ name }) => name === "notice");
  expect(notices.map(({ message }) => message)).toEqual([
    "No clip is required: this run belongs to no open pull request. One that is opened for this commit later is not checked here: use on: pull_request.",
  ]);
});

test("where the event cannot be read, the ref names the pull request", async () => {
  const { service, run } = await start();
  const options = { ref: "refs/pull/7/merge" };
  const step = await run({ ...inputsFor(service) }, { pull_request: "of another form" }, options);
  expect(step.errors[0]?.message).toContain(missing);
  expect((await run({}, { pull_request: "of another form" }, options)).exitCode).toBe(0);
});

test.each(["pull_request", "pull_request_target", "issue_comment", "workflow_run"])(
  "the step fails where the event %s does not say of which pull request it is",
  async (eventName) => {
    const { api, run } = await start();
    // A pull request of the branch that is the base of another one.
    api.pulls.push({ number: 8, head: "octo:main", sha: head, files: [] });
    const options = { eventName, ref: "refs/heads/main" };
    const step = await run({}, {}, options);
    expect(step).toMatchObject({ exitCode: 1, outputs: { "uploaded-count": "1" } });
    expect(step.errors[0]?.message).toContain(
      "It is not known whether the pull request needs a clip and has one: the file of the event (GITHUB_EVENT_PATH) does not name the pull request.",
    );
  },
);

test("a folder is meant with what is below it, and a fork's pull request is told of as one", async () => {
  const { api, service, run } = await start();
  for (const pull of api.pulls)
    Object.assign(pull, { head: "mallory:patch", from: "mallory/intro" });
  const step = await run({ ...inputsFor(service), "require-paths": "/src/ui/" });
  expect(step.errors.map(({ message }) => message)).toEqual([expect.stringContaining(missing)]);
  expect(step.errors[0]?.message).toContain("It comes from a fork, whose runs get no ID token");
});

test("a pattern that cannot be meant is refused before anything is uploaded", async () => {
  const { issuer, run } = await start();
  const step = await run({ "require-paths": "src/**\n!\nsrc\\ui\\**" });
  expect(step).toMatchObject({ exitCode: 1, outputs: { "uploaded-count": "0", clips: "[]" } });
  expect(step.errors.map(({ message }) => message)).toEqual([
    [
      'The input require-paths takes no pattern such as "!", which is empty.',
      'The input require-paths takes no pattern such as "src\\ui\\**", which has a backslash: write / between folders.',
    ].join("\n"),
  ]);
  expect(issuer.issued).toEqual([]);
});

test("the outputs stay as they were set when something unexpected follows", async () => {
  const { run } = await start();
  const step = await run({}, undefined, { env: { GITHUB_API_URL: "no address" } });
  expect(step).toMatchObject({ exitCode: 1, outputs: { "uploaded-count": "1" } });
  expect(step.errors[0]?.message).toContain("please report it");
  expect(JSON.parse(step.outputs.urls ?? "")).toHaveLength(1);
});

test("the step fails where GitHub does not say what the pull request changes", async () => {
  const { api, run } = await start();
  api.intercept = ({ path }) =>
    path.endsWith("/files")
      ? { status: 403, body: { message: "Resource not accessible by integration" } }
      : undefined;
  const step = await run();
  expect(step).toMatchObject({ exitCode: 1, outputs: { "uploaded-count": "1" } });
  expect(step.errors[0]?.message).toContain(
    "It is not known whether the pull request needs a clip and has one: GitHub does not say what it changes",
  );
  expect(step.errors[0]?.message).toContain("pull-requests: read and contents: read");
});
