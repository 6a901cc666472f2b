import { describe, expect, test } from "vitest";
import { isClean, secondSha, setUp } from "./comment-stage.ts";
import { makeComment } from "./github-api.ts";

describe("what prevents the comment is a warning", () => {
  const forbidden = { status: 403, body: { message: "Resource not accessible by integration" } };

  test("a token that may not comment names the permission; with auto it is no news", async () => {
    const { api, comment } = await setUp();
    api.intercept = ({ method }) => (method === "POST" ? forbidden : undefined);
    const step = await comment();
    expect(step).toMatchObject({ exitCode: 0, errors: [] });
    expect(step.warnings).toHaveLength(1);
    expect(step.warnings[0]?.message).toContain("pull-requests: write");
    expect(api.requests.map(({ method }) => method)).toEqual(["GET", "GET", "POST"]);
    const quiet = await comment({ comment: "auto" });
    expect(quiet).toMatchObject(isClean);
    expect(quiet.log).toContain("pull-requests: write");
  });

  test("a locked conversation is told as that, and not as a missing permission", async () => {
    const { api, comment } = await setUp();
    const message = "Unable to create comment because issue is locked.";
    api.intercept = ({ method }) =>
      method === "POST" ? { status: 403, body: { message } } : undefined;
    const step = await comment({ summary: "false" });
    expect(step).toMatchObject({ exitCode: 0, errors: [] });
    expect(step.warnings).toHaveLength(1);
    const told = step.warnings[0]?.message;
    expect(told).toMatch(/^No comment: the conversation of the pull request is locked/);
    expect(told).toMatch(
      /Unlock it, or set comment: false while it is locked\. The clips are there\.$/,
    );
    expect(told).not.toContain("pull-requests: write");
  });

  test("an earlier comment that may not be corrected is told, also when there are no clips", async () => {
    const { api, comment, push } = await setUp();
    await comment();
    api.intercept = ({ method }) => (method === "PATCH" ? forbidden : undefined);
    const empty = { files: "none/*.mp4", "if-no-files-found": "ignore" };
    const step = await comment(empty, push(secondSha));
    expect(step).toMatchObject({ exitCode: 0, errors: [] });
    expect(step.warnings).toHaveLength(1);
    expect(step.warnings[0]?.message).toContain("pull-requests: write");
    expect(step.warnings[0]?.message).toMatch(/An earlier comment, if there is one, still shows/);
    expect(await comment({ ...empty, comment: "auto" }, push(secondSha))).toMatchObject(isClean);
  });

  test("where no clip is there, none is promised", async () => {
    const { api, job, comment } = await setUp();
    api.intercept = ({ method }) => (method === "POST" ? forbidden : undefined);
    await job.write("intro.mp4", "");
    const step = await comment();
    expect(step.warnings[0]?.message).toContain("pull-requests: write");
    expect(step.warnings[0]?.message).not.toContain("clips are there");
  });

  test.each<[string, { status: number; body: object; headers: Record<string, string> }]>([
    [
      "a secondary limit with retry-after",
      {
        status: 403,
        body: { message: "You have exceeded a secondary rate limit." },
        headers: { "retry-after": "1" },
      },
    ],
    ["429 with retry-after", { status: 429, body: {}, headers: { "retry-after": "1" } }],
    [
      "the limit of the hour, which ends in a second",
      {
        status: 403,
        body: { message: "API rate limit exceeded" },
        headers: {
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": String(Math.floor(Date.now() / 1000)),
        },
      },
    ],
  ])("%s is waited for", async (_, limited) => {
    const { api, comment } = await setUp();
    let left = 1;
    api.intercept = ({ method }) => (method === "POST" && left-- > 0 ? limited : undefined);
    const step = await comment();
    expect(step).toMatchObject({ exitCode: 0, errors: [] });
    expect(step.warnings).toMatchObject([
      { message: expect.stringContaining("GitHub asks to wait") },
    ]);
    expect(api.comments).toHaveLength(1);
    const posts = api.requests.filter(({ method }) => method === "POST");
    expect(posts.map(({ status }) => status)).toEqual([limited.status, 201]);
    const [refused, again] = posts.map(({ time }) => time);
    expect(Number(again) - Number(refused)).toBeGreaterThanOrEqual(990);
  });

  test("a limit that does not end is given up after three requests", async () => {
    const { api, comment } = await setUp();
    api.intercept = () => ({ status: 429, body: {}, headers: { "retry-after": "0" } });
    const step = await comment();
    expect(step.exitCode).toBe(0);
    expect(step.warnings.at(-1)?.message).toContain("rate limit stands in the way");
    expect(api.requests).toHaveLength(3);
  });

  test("a limit that lasts for long is not waited for", async () => {
    const { api, comment } = await setUp();
    const reset = String(Math.floor(Date.now() / 1000) + 1800);
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    api.intercept = () => ({ status: 403, body: { message: "API rate limit exceeded" }, headers });
    const step = await comment();
    expect(step.warnings).toHaveLength(1);
    expect(api.requests).toHaveLength(1);
  });

  test("a limit that begins once the comment is there does not deny that it is there", async () => {
    const { api, comment } = await setUp();
    api.intercept = () =>
      api.comments.length > 0
        ? { status: 429, body: {}, headers: { "retry-after": "999" } }
        : undefined;
    const step = await comment();
    expect(step).toMatchObject({ exitCode: 0, errors: [] });
    expect(step.log).toContain("Comment created: https://github.example/c/1000");
    expect(step.log).not.toContain("No comment");
    expect(step.warnings).toHaveLength(1);
    expect(step.warnings[0]?.message).toMatch(/^The comment is written, but other comments/);
  });

  test("GitHub that fails: reading is tried again, creating once after a look", async () => {
    const { api, comment } = await setUp();
    api.intercept = () => ({ status: 502, body: {} });
    expect((await comment()).warnings.at(-1)?.message).toContain("GitHub failed");
    expect(api.requests).toHaveLength(3);
    api.requests.length = 0;
    api.intercept = ({ method }) => (method === "POST" ? { status: 502, body: {} } : undefined);
    expect((await comment()).exitCode).toBe(0);
    const methods = api.requests.map(({ method }) => method);
    expect(methods).toEqual(["GET", "GET", "POST", "GET", "POST"]);
  });

  test("a thread of which only the first 3,000 comments are read gets no new comment at each run", async () => {
    const { api, comment } = await setUp();
    api.comments.push(...Array.from({ length: 3_500 }, (_, id) => makeComment(id, "remark")));
    const step = await comment();
    expect(step.warnings).toHaveLength(1);
    expect(step.warnings[0]?.message).toMatch(/more than 3,000 comments.* delete old comments\./);
    expect(api.requests).toHaveLength(30);
    expect(api.comments).toHaveLength(3_500);
  });
});

// On Windows no process can send another one SIGINT.
test.skipIf(process.platform === "win32")(
  "a step that is cancelled while GitHub makes it wait ends at once, with its outputs",
  async () => {
    const { api, start } = await setUp();
    api.intercept = () => ({ status: 429, body: {}, headers: { "retry-after": "50" } });
    const running = await start();
    await running.waitFor(/GitHub asks to wait 50 s/);
    running.cancel();
    const step = await running.finished;
    // It did not wait: then it would have asked again.
    expect(api.requests).toHaveLength(1);
    expect(step).toMatchObject({ exitCode: 1, outputs: { "uploaded-count": "1" }, openGroups: 0 });
  },
);
