import { describe, expect, test } from "vitest";
import { firstSha, isClean, pullEvent, secondSha, setUp, thirdSha } from "./comment-stage.ts";
import type { ApiPull } from "./github-api.ts";

const forker = { full_name: "forker/intro", owner: { login: "forker" } };
const octo = { full_name: "octo/intro", owner: { login: "octo" } };

/** The event of a run that was triggered by a run of this commit. */
function runOf(source: object | null, sha: string, branch: string, numbers: number[] = []): object {
  return {
    workflow_run: {
      ...{ head_branch: branch, head_sha: sha, head_repository: source },
      pull_requests: numbers.map((number) => ({ number })),
    },
  };
}

describe("which pull request", () => {
  const pulls: ApiPull[] = [
    { number: 3, head: "octo:x", sha: firstSha },
    { number: 5, head: "octo:five", sha: firstSha },
    { number: 8, head: "octo:feature/a", sha: secondSha },
    { number: 10, head: "forker:patch", sha: firstSha },
    { number: 11, head: "forker:patch", sha: secondSha },
  ];
  test.each<[string, string, object, string]>([
    ["pull_request_target", "refs/heads/main", pullEvent(firstSha), "issues/7/"],
    ["issue_comment", "refs/heads/main", { issue: { number: 5, pull_request: {} } }, "issues/5/"],
    ["workflow_run", "refs/heads/main", runOf(octo, firstSha, "x", [3]), "issues/3/"],
    ["workflow_run", "refs/heads/main", runOf(forker, secondSha, "patch"), "issues/11/"],
    ["push", "refs/heads/feature/a", {}, "issues/8/"],
  ])("%s on %s: %j", async (eventName, ref, event, expected) => {
    const { api, comment } = await setUp();
    api.pulls.push(...pulls);
    expect(await comment({}, { eventName, ref, event })).toMatchObject(isClean);
    const created = api.requests.filter(({ method }) => method === "POST");
    expect(created).toMatchObject([{ status: 201, path: expect.stringContaining(expected) }]);
  });

  test.each([
    ["a push to a branch without one", "push", "refs/heads/main", {}],
    ["a tag", "push", "refs/tags/v1", {}],
    ["a comment on an issue", "issue_comment", "refs/heads/main", { issue: { number: 5 } }],
  ])("%s is a warning, and none with auto", async (_, eventName, ref, event) => {
    const { api, comment } = await setUp();
    const message = "No comment: this run belongs to no open pull request.";
    const step = await comment({}, { eventName, ref, event });
    expect(step).toMatchObject({ ...isClean, warnings: [{ message }] });
    const quiet = await comment({ comment: "auto" }, { eventName, ref, event });
    expect(quiet).toMatchObject(isClean);
    expect(quiet.log).toContain(message);
    expect(api.comments).toEqual([]);
  });
});

describe("workflow_run: base repository, head repository and commit must all agree", () => {
  const none = "this run belongs to no open pull request.";
  const gone = "the repository of the run that triggered this one is gone.";
  const moved = "of bbbbbbb, and the newest commit of pull request 4 is ccccccc.";
  test.each<[string, ApiPull[], object, string]>([
    [
      "a fork has a branch of the same name",
      [{ number: 4, head: "forker:patch", sha: secondSha }],
      runOf(octo, secondSha, "patch"),
      none,
    ],
    [
      "another repository of the fork's owner has a branch of the same name",
      [{ number: 4, head: "forker:patch", sha: secondSha, from: "forker/other" }],
      runOf(forker, secondSha, "patch"),
      none,
    ],
    [
      "the fork was deleted, and our own branch has its name",
      [{ number: 4, head: "octo:patch", sha: secondSha }],
      runOf(null, secondSha, "patch"),
      gone,
    ],
    [
      "the pull request's repository was deleted",
      [{ number: 4, head: "forker:patch", sha: secondSha, from: null }],
      runOf(forker, secondSha, "patch"),
      none,
    ],
    [
      "the event lists the number of another base repository's pull request",
      [{ number: 4, head: "stranger:patch", sha: firstSha }],
      runOf(octo, secondSha, "patch", [4]),
      none,
    ],
    [
      "the event lists a pull request that this repository does not have",
      [],
      runOf(octo, secondSha, "patch", [99]),
      none,
    ],
    [
      "it would be merged into another repository",
      [{ number: 4, head: "octo:patch", sha: secondSha, into: "upstream/intro" }],
      runOf(octo, secondSha, "patch", [4]),
      none,
    ],
    [
      "the fork's branch has moved on",
      [{ number: 4, head: "forker:patch", sha: thirdSha }],
      runOf(forker, secondSha, "patch"),
      moved,
    ],
    [
      "the listed pull request has moved on",
      [{ number: 4, head: "octo:patch", sha: thirdSha }],
      runOf(octo, secondSha, "patch", [4]),
      moved,
    ],
  ])("%s: no comment, and the log says why", async (_, pulls, event, reason) => {
    const { api, comment } = await setUp();
    api.pulls.splice(0, 1, ...pulls);
    const options = { eventName: "workflow_run", event };
    const step = await comment({}, options);
    expect(step).toMatchObject({
      ...isClean,
      warnings: [{ message: expect.stringMatching(/^No comment: /) }],
    });
    expect(step.warnings[0]?.message).toContain(reason);
    expect(api.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });
});

test("a push whose branch has moved on leaves the comment of the newer commit alone", async () => {
  const { api, comment, push } = await setUp();
  await comment({}, push(secondSha));
  const step = await comment(
    {},
    { eventName: "push", ref: "refs/heads/patch", sha: firstSha, event: {} },
  );
  expect(step).toMatchObject(isClean);
  expect(step.log).toContain(
    "Comment left as it is: the newest commit of the pull request is bbbbbbb, and this run is of aaaaaaa: https://github.example/c/1000",
  );
  expect(api.comments[0]?.versions).toHaveLength(1);
});
