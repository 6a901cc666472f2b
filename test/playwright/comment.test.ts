import { expect, onTestFinished, test, vi } from "vitest";
import { firstSha, pullEvent, runEnv, token } from "../action/comment-stage.ts";
import { apiEnv, type GitHubApi, startGitHubApi } from "../action/github-api.ts";
import { startProxy } from "../proxy.ts";
import { makeFolder, startTestService } from "../start-service.ts";
import { keysOf, report } from "./report.ts";

/** The variables of a job for pull request 7. */
async function startJobOf(api: GitHubApi) {
  const folder = await makeFolder();
  api.pulls.push({ number: 7, head: "octo:patch", sha: firstSha });
  const env = {
    ...{ GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "octo/intro", GITHUB_TOKEN: token },
    ...{
      GITHUB_EVENT_PATH: await folder.write("event.json", JSON.stringify(pullEvent(firstSha))),
    },
    ...{ ...apiEnv(api), ...runEnv(1) },
  };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { path: await folder.write("one.webm", "one") };
}

test("the comment of the pull request names the clip after its test", async () => {
  const api = await startGitHubApi();
  const { path } = await startJobOf(api);
  const service = await startTestService();
  const options = { ...keysOf(service), comment: true };
  const { output } = await report(options, [{ title: "signs in", path }]);
  expect(api.comments).toHaveLength(1);
  expect(api.comments[0]?.body).toContain("signs in");
  expect(output).not.toContain(token);
});

test("the comment that may not be written is told, and the run is as it was", async () => {
  const api = await startGitHubApi();
  const { path } = await startJobOf(api);
  api.intercept = () => ({ status: 403, body: { message: "Resource not accessible" } });
  const service = await startTestService();
  const options = { ...keysOf(service), comment: true, failOnError: true };
  const { end, output } = await report(options, [{ title: "signs in", path }]);
  expect(output).toMatch(/No comment: .*The job needs the permission pull-requests: write/);
  expect(end).toBeUndefined();
});

test("the comment is on github.com where the variable of the API is set and empty", async () => {
  const { path } = await startJobOf(await startGitHubApi());
  // It refuses every request, so that none gets there.
  const proxy = await startProxy("name:password");
  vi.stubEnv("GITHUB_API_URL", "");
  vi.stubEnv("HTTPS_PROXY", proxy.url);
  const options = { ...keysOf(await startTestService()), comment: true };
  await report(options, [{ title: "signs in", path }]);
  expect(proxy.seen).toContain("CONNECT api.github.com:443");
});

test("the comment is not written by a shard, which would replace that of the others", async () => {
  const service = await startTestService();
  const shard = { current: 2, total: 3 };
  const { output } = await report({ ...keysOf(service), comment: true }, [], { shard });
  expect(output).toContain(
    "No comment: this is shard 2 of 3, and the comment has the clips of all.",
  );
});

test("the comment is not written elsewhere, and a line says how it is", async () => {
  const service = await startTestService();
  vi.stubEnv("GITHUB_ACTIONS", "");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { output } = await report({ ...keysOf(service), comment: "videos" }, []);
  expect(output).toContain("No comment: this is no job of GitHub Actions.");
});
