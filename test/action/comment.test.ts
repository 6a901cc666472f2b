import { describe, expect, test } from "vitest";
import { firstSha, isClean, pullEvent, setUp, token } from "./comment-stage.ts";
import { apiEnv, makeComment, startGitHubApi } from "./github-api.ts";
import { inputsFor } from "./service-inputs.ts";

const secondSha = "b".repeat(40);
const mark = "<!-- clipcourier: clips -->";

describe("one comment for each key", () => {
  test("is created, then updated in place, with the clip linked", async () => {
    const { api, comment } = await setUp();
    const first = await comment();
    expect(first).toMatchObject(isClean);
    expect(api.comments).toHaveLength(1);
    const [url] = JSON.parse(first.outputs.urls ?? "");
    expect(
      api.comments[0]?.body.startsWith(`${mark}\n\n### Clips\n\n1 uploaded. For aaaaaaa.`),
    ).toBe(true);
    expect(api.comments[0]?.body).toContain(`<a href="${url}">`);
    expect(first.log).toContain("Comment created: https://github.example/c/1000");

    const second = await comment({}, { event: pullEvent(secondSha) });
    expect(second).toMatchObject(isClean);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain("1 known. For bbbbbbb.");
    expect(api.requests.map(({ method }) => method)).toEqual(["GET", "POST", "GET", "PATCH"]);
  });

  test("is found on the third page", async () => {
    const { api, comment } = await setUp();
    for (let id = 0; id < 250; id++) api.comments.push(makeComment(id, `remark ${id}`, "ann"));
    api.comments[230] = makeComment(230, `${mark}\n\nold`);
    expect(await comment()).toMatchObject(isClean);
    expect(api.comments).toHaveLength(250);
    expect(api.comments[230]?.body).toContain("intro.mp4");
    expect(api.requests).toHaveLength(4);
  });

  test("is separate from those with other keys", async () => {
    const { api, comment } = await setUp();
    await comment();
    await comment({ "comment-key": "nightly" });
    expect(api.comments.map(({ body }) => body.split("\n")[0])).toEqual([
      mark,
      "<!-- clipcourier: nightly -->",
    ]);
  });

  test("is never one that somebody else wrote", async () => {
    const { api, comment } = await setUp();
    api.comments.push(makeComment(1, `${mark}\n\nnot ours`, "mallory"));
    api.comments.push(makeComment(2, `> ${mark}`));
    expect(await comment()).toMatchObject(isClean);
    expect(api.comments.map(({ body }) => body.slice(0, 40))).toEqual([
      `${mark}\n\nnot ours`.slice(0, 40),
      `> ${mark}`,
      expect.stringContaining(mark),
    ]);
  });

  test("is a person's where the token is that person's", async () => {
    const { api, comment } = await setUp();
    api.tokenOwner = "ann";
    api.comments.push(makeComment(1, `${mark}\n\nold`, "ann"));
    expect(await comment()).toMatchObject(isClean);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain("intro.mp4");
  });

  test("that is deleted meanwhile is created again", async () => {
    const { api, comment } = await setUp();
    api.comments.push(makeComment(1, `${mark}\n\nold`));
    api.intercept = ({ method }) =>
      method === "PATCH" ? { status: 404, body: { message: "Not Found" } } : undefined;
    expect(await comment()).toMatchObject(isClean);
    expect(api.comments).toHaveLength(2);
  });
});

describe("a file that had a clip before", () => {
  test("is shown before and now when it changed, and said to be unchanged when it did not", async () => {
    const { api, job, comment } = await setUp();
    await job.write("outro.mp4", "the outro");
    const first = await comment();
    const [oldUrl, sameUrl] = JSON.parse(first.outputs.urls ?? "");
    await job.write("intro.mp4", "another intro");
    const second = await comment({}, { event: pullEvent(secondSha) });
    const [newUrl] = JSON.parse(second.outputs.urls ?? "");
    const rows = (api.comments[0]?.body ?? "").split("\n").filter((line) => line.startsWith("|"));
    expect(rows[0]).toBe("| Before | Now | File |");
    expect(rows[2]).toMatch(
      new RegExp(`^\\| <a href="${oldUrl}">.* \\| <a href="${newUrl}">.*changed \\|$`),
    );
    expect(rows[3]).toMatch(new RegExp(`^\\|  \\| <a href="${sameUrl}">.*unchanged \\|$`));

    // A re-run of the same commit is compared with the same clips.
    const again = await comment({}, { event: pullEvent(secondSha) });
    expect(again).toMatchObject(isClean);
    expect(api.comments[0]?.body).toContain(`<a href="${oldUrl}">`);
    // The next commit is compared with this commit's clips.
    await comment({}, { event: pullEvent("c".repeat(40)) });
    expect(api.comments[0]?.body).not.toContain(`<a href="${oldUrl}">`);
  });

  test("is compared with its last clip when it failed in between", async () => {
    const { api, job, comment } = await setUp();
    await comment();
    await job.write("intro.mp4", "");
    expect((await comment({}, { event: pullEvent(secondSha) })).exitCode).toBe(1);
    expect(api.comments[0]?.body).toContain("failed: <code>");
    await job.write("intro.mp4", "the intro");
    await comment({}, { event: pullEvent("c".repeat(40)) });
    expect(api.comments[0]?.body).toContain("unchanged");
  });

  test("is new when somebody edited what the comment remembers", async () => {
    const { api, comment } = await setUp();
    api.comments.push(
      makeComment(1, `${mark}\n\n<!-- clipcourier-state: {"clips":[{"name":1}]} -->`),
    );
    expect(await comment()).toMatchObject(isClean);
    expect(api.comments[0]?.body).toContain("1 uploaded");
  });
});

describe("which pull request", () => {
  const other = { number: 9, head: "octo:other", sha: firstSha };
  test.each<[string, string, object, string]>([
    ["pull_request_target", "refs/heads/main", pullEvent(firstSha), "issues/7/"],
    ["issue_comment", "refs/heads/main", { issue: { number: 5, pull_request: {} } }, "issues/5/"],
    [
      "workflow_run",
      "refs/heads/main",
      { workflow_run: { head_branch: "x", head_sha: firstSha, pull_requests: [{ number: 3 }] } },
      "issues/3/",
    ],
    [
      "workflow_run",
      "refs/heads/main",
      {
        workflow_run: {
          ...{ head_branch: "patch", head_sha: secondSha, pull_requests: [] },
          head_repository: { owner: { login: "forker" } },
        },
      },
      "issues/11/",
    ],
    ["push", "refs/heads/feature/a", {}, "issues/8/"],
  ])("%s on %s: %j", async (eventName, ref, event, expected) => {
    const { api, comment } = await setUp();
    api.pulls.push(other, { number: 8, head: "octo:feature/a", sha: secondSha });
    api.pulls.push({ number: 10, head: "forker:patch", sha: firstSha });
    api.pulls.push({ number: 11, head: "forker:patch", sha: secondSha });
    expect(await comment({}, { eventName, ref, event })).toMatchObject(isClean);
    expect(api.requests.at(-1)).toMatchObject({ method: "POST", status: 201 });
    expect(api.requests.at(-1)?.path).toContain(expected);
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

test("GitHub Enterprise Server: the API below a path", async () => {
  const { job, service } = await setUp();
  const api = await startGitHubApi("/api/v3");
  const step = await job.run(
    { files: "*.mp4", comment: "true", ...inputsFor(service) },
    { event: pullEvent(firstSha), token, env: apiEnv(api) },
  );
  expect(step).toMatchObject(isClean);
  expect(api.comments).toHaveLength(1);
});

// Windows has no such names.
test.skipIf(process.platform === "win32")("odd names change only their own row", async () => {
  const { api, job, comment } = await setUp();
  const odd = ["a](x)|<img>.mp4", "--> @octo.mp4", "new\nline.mp4", "`tick`.mp4"];
  for (const name of odd) await job.write(name, `video ${name}`);
  for (const event of [pullEvent(firstSha), pullEvent(secondSha)]) {
    expect(await comment({}, { event })).toMatchObject(isClean);
    const lines = (api.comments[0]?.body ?? "").split("\n");
    const rows = lines.filter((line) => line.startsWith("|"));
    expect(rows).toHaveLength(2 + 5);
    for (const row of rows) expect(row.split("|")).toHaveLength(4);
    expect(rows.join()).not.toMatch(/<img>|-->|[`@]/);
    expect(lines.at(-1)).toMatch(/^<!-- clipcourier-state: [^<>@#]* -->$/);
  }
  expect(api.comments).toHaveLength(1);
});
