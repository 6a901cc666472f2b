import { expect, test } from "vitest";
import { startTestService } from "../start-service.ts";
import { apiEnv, startGitHubApi } from "./github-api.ts";
import { startJob } from "./runner.ts";
import { inputsFor } from "./service-inputs.ts";

const address = "https://github.com/octo/intro/pull/7";
const repository = { GITHUB_REPOSITORY: "octo/intro", GITHUB_SERVER_URL: "https://github.com" };
const event = {
  action: "closed",
  pull_request: { number: 7, state: "closed", head: { sha: "a".repeat(40) } },
};
type State = "open" | "closed";

async function start() {
  const [job, service, api] = await Promise.all([startJob(), startTestService(), startGitHubApi()]);
  await job.write("intro.mp4", "the intro");
  const keys = inputsFor(service);
  const env = { ...repository, ...apiEnv(api) };
  const upload = (cause: object = event) =>
    job.run(
      { files: "*.mp4", "keep-until": "pr-closed", ...keys },
      { eventName: "pull_request", event: cause, env },
    );
  /** Runs for the same event, whatever has become of the pull request. */
  const tell = (state: State | undefined, inputs: Record<string, string> = {}) => {
    const pull = { number: 7, head: "octo:draft", sha: "a".repeat(40) };
    api.pulls = state === undefined ? [] : [{ ...pull, state }];
    return job.run(
      { "tell-closed": "true", ...keys, ...inputs },
      { eventName: "pull_request", event, env, token: "ghs_stand-in-token" },
    );
  };
  return { job, service, upload, tell };
}

test("clips are kept until the pull request of the run is closed, and while it is open again", async () => {
  const { service, upload, tell } = await start();
  const uploaded = await upload();
  expect(uploaded).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
  expect(uploaded.log).toContain(`Kept until it is closed: ${address}`);
  expect(uploaded.log).not.toContain("Kept after that");
  const { clips } = await service.connect().listClips();
  expect(clips[0]?.keptFor).toBe("pull request");

  const closed = await tell("closed");
  expect(closed).toMatchObject({ exitCode: 0, errors: [], warnings: [] });
  expect(closed.outputs).toMatchObject({ clips: "[]", "failed-count": "0" });
  expect(closed.log).toContain(
    `The service was told that ${address} is closed: 1 clip, deleted after 1 day, unless`,
  );
  // The same run once more, after the pull request was opened again.
  const opened = await tell("open");
  expect(opened.log).toContain(`${address} is open: 1 clip, kept while it is open.`);
});

test("nothing is told where GitHub does not say what has become of the pull request", async () => {
  const { tell } = await start();
  const untold = `The service was not told what has become of ${address}: GitHub does not say whether`;
  const failed = await tell(undefined);
  expect(failed.exitCode).toBe(1);
  expect(failed.errors[0]?.message).toContain(untold);
  expect(failed.errors[0]?.message).toContain("pull-requests: read");
  const warned = await tell(undefined, { "fail-on-error": "false" });
  expect(warned).toMatchObject({ exitCode: 0, errors: [] });
  expect(warned.warnings[0]?.message).toContain(untold);
});

test("content that was uploaded without it is kept, and the log says so", async () => {
  const { job, service, upload } = await start();
  await job.run({ files: "*.mp4", ...inputsFor(service) });
  const { log, exitCode } = await upload();
  expect(exitCode).toBe(0);
  expect(log).toContain(
    "Kept after that: 1 clip of these, because the content was uploaded without",
  );
});

test("a run of a branch keeps its clips for the open pull request, and as others without one", async () => {
  const { upload } = await start();
  const none = await upload({});
  expect(none).toMatchObject({ exitCode: 0, warnings: [] });
  expect(none.log).toContain("Not kept for a pull request, but as other clips are: ");
});

test("without a pull request there is nothing to tell", async () => {
  const { job, service } = await start();
  const inputs = { "tell-closed": "true", ...inputsFor(service) };
  const step = await job.run(inputs, { eventName: "push", event: {}, env: repository, token: "t" });
  expect(step).toMatchObject({ exitCode: 1, outputs: { clips: "[]" } });
  expect(step.errors[0]?.message).toContain(
    "tell-closed is for workflows on: pull_request: types: [closed, reopened].",
  );
});

test("a service that was not told fails the step, or is a warning with fail-on-error: false", async () => {
  const { service, tell } = await start();
  await service.close();
  const retry = { "max-attempts": "1" };
  const failed = await tell("closed", retry);
  expect(failed.exitCode).toBe(1);
  expect(failed.errors[0]?.message).toContain(
    `The service was not told what has become of ${address}:`,
  );
  const warned = await tell("closed", { ...retry, "fail-on-error": "false" });
  expect(warned).toMatchObject({ exitCode: 0, errors: [] });
  expect(warned.warnings[0]?.message).toContain("The service was not told");
});
