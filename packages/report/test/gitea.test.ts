import { describe, expect, test } from "vitest";
import { connectGitea, createGiteaTarget } from "../src/forges/gitea/index.js";
import { ForgeError, writeComment } from "../src/index.js";
import { giteaToken, makeComment, startGitea } from "./forges/gitea.js";
import { writeTogether } from "./forges/write-together.js";
import { makeRecord } from "./records.js";

const mark = "<!-- clipcourier: clips -->";
const sha = "a".repeat(40);

async function setUp({ token = giteaToken, repo = "intro", number = 7 } = {}) {
  const gitea = await startGitea();
  const api = connectGitea({ rootUrl: gitea.url, token });
  const target = createGiteaTarget(api, { owner: "octo", repo }, number);
  const write = () =>
    writeComment(target, { key: "clips", records: [makeRecord("intro.mp4", "one")], sha });
  return { gitea, target, write };
}

describe("the comment of a pull request on Gitea or Forgejo", () => {
  test("is created, then updated in place, with what its API takes", async () => {
    const { gitea, write } = await setUp();
    const url = "https://gitea.example/octo/intro/pulls/7#issuecomment-1000";
    expect(await write()).toEqual({ kind: "created", url });
    expect(await write()).toEqual({ kind: "updated", url });
    expect(gitea.comments).toHaveLength(1);
    const writes = gitea.requests.filter(({ method }) => method !== "GET");
    expect(writes.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "POST /api/v1/repos/octo/intro/issues/7/comments",
      "PATCH /api/v1/repos/octo/intro/issues/comments/1000",
    ]);
    for (const { headers, body } of writes) {
      expect(headers).toMatchObject({
        authorization: `token ${giteaToken}`,
        "content-type": "application/json",
      });
      expect(body).toEqual({ body: expect.stringContaining("https://clips.example.com/c/one") });
    }
  });

  test("is that of the token's user or of a job, among any number of others", async () => {
    const { gitea, target } = await setUp();
    for (let id = 1; id <= 250; id++) gitea.comments.push(makeComment(id, `remark ${id}`));
    gitea.comments.push(
      makeComment(251, `${mark}\n\nof somebody else`),
      makeComment(252, `${mark}\n\nof a job`, { id: -2, login: "gitea-actions" }),
      makeComment(253, `${mark}\n\nours`, { id: 5, login: "clips-bot" }),
      makeComment(254, `> ${mark}`, { id: 5, login: "clips-bot" }),
    );
    expect((await target.findComments(mark)).map(({ id }) => id)).toEqual(["252", "253"]);
    const lists = gitea.requests.filter(({ url }) => url.includes("/comments"));
    expect(lists).toHaveLength(1);
  });

  test("is a job's own, whose token may not ask whose it is", async () => {
    const { gitea, write } = await setUp();
    gitea.owner = undefined;
    expect(await write()).toMatchObject({ kind: "created" });
    expect(await write()).toMatchObject({ kind: "updated" });
    expect(gitea.comments).toHaveLength(1);
  });

  test("is none whose writer is gone, also where the token may not ask whose it is", async () => {
    const { gitea, target } = await setUp();
    gitea.owner = undefined;
    gitea.comments.push(Object.assign(makeComment(1, `${mark}\n\nof nobody`), { user: null }));
    expect(await target.findComments(mark)).toEqual([]);
  });

  test("of ten writers at once is one", async () => {
    const { gitea, target } = await setUp();
    await writeTogether(gitea, target, 10);
    expect(gitea.requests.filter(({ method }) => method === "POST")).toHaveLength(10);
    expect(gitea.comments.map(({ id }) => id)).toEqual([1000]);
  });
});

describe("Gitea refuses", () => {
  test.each([
    ["a wrong token", { token: "wrong-token" }, "401: invalid username, password or token"],
    ["another repository", { repo: "outro" }, "404: The target couldn't be found."],
    ["another pull request", { number: 8 }, "404: The target couldn't be found."],
  ])("%s", async (_, options, message) => {
    const { write } = await setUp(options);
    const error = await write().then(() => undefined, String);
    expect(error).toContain(message);
    expect(error).not.toContain("wrong-token");
  });

  test("a comment on a locked conversation, in whichever language it says so", async () => {
    const { gitea, write } = await setUp();
    gitea.pull.is_locked = true;
    const error = await write().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ForgeError);
    expect(error).toMatchObject({
      failure: "locked",
      message: expect.stringContaining("gesperrt"),
    });
  });
});
