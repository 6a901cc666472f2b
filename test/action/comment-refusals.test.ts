import { describe, expect, test } from "vitest";
import { isClean, setUp } from "./comment-stage.ts";
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
    expect(api.requests).toHaveLength(2);
    const quiet = await comment({ comment: "auto" });
    expect(quiet).toMatchObject(isClean);
    expect(quiet.log).toContain("pull-requests: write");
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
    expect(api.requests.map(({ method }) => method)).toEqual(["GET", "POST", "POST"]);
    const [, refused, again] = api.requests.map(({ time }) => time);
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

  test("GitHub that fails: reading is tried again, creating is not", async () => {
    const { api, comment } = await setUp();
    api.intercept = () => ({ status: 502, body: {} });
    expect((await comment()).warnings.at(-1)?.message).toContain("GitHub failed");
    expect(api.requests).toHaveLength(3);
    api.requests.length = 0;
    api.intercept = ({ method }) => (method === "POST" ? { status: 502, body: {} } : undefined);
    expect((await comment()).exitCode).toBe(0);
    expect(api.requests.map(({ method }) => method)).toEqual(["GET", "POST"]);
  });

  test("a very long thread is read up to its thirtieth page", async () => {
    const { api, comment } = await setUp();
    api.comments.push(...Array.from({ length: 3_500 }, (_, id) => makeComment(id, "remark")));
    expect(await comment()).toMatchObject(isClean);
    expect(api.requests).toHaveLength(31);
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
