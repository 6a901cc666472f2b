import { describe, expect, test } from "vitest";
import { connectGitLab, createGitLabTarget } from "../src/forges/gitlab/index.js";
import {
  describeCleanUpFailure,
  ForgeError,
  type PlacedComment,
  writeComment,
} from "../src/index.js";
import { bot, gitLabToken, makeNote, startGitLab } from "./forges/gitlab.js";
import { readBody } from "./forges/stand-in.js";
import { writeTogether } from "./forges/write-together.js";
import { makeRecord } from "./records.js";

const mark = "<!-- clipcourier: clips -->";
const sha = "a".repeat(40);
const page = "https://gitlab.example/group/intro/-/merge_requests/7";

async function setUp({ token = gitLabToken, project = "42", iid = 7 } = {}) {
  const gitlab = await startGitLab();
  const api = connectGitLab({ rootUrl: gitlab.url, token });
  const target = createGitLabTarget(api, project, iid);
  const write = () =>
    writeComment(target, { key: "clips", records: [makeRecord("intro.mp4", "one")], sha });
  return { gitlab, target, write };
}

async function catchError(work: () => Promise<unknown>): Promise<unknown> {
  return work().then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("the note of a merge request on GitLab", () => {
  test("is created, then updated in place, with what GitLab's API takes", async () => {
    const { gitlab, write } = await setUp();
    expect(await write()).toEqual({ kind: "created", url: `${page}#note_1000` });
    expect(await write()).toEqual({ kind: "updated", url: `${page}#note_1000` });
    expect(gitlab.notes).toHaveLength(1);
    expect(gitlab.notes[0]?.body).toMatch(new RegExp(`^${mark}\n`));
    const writes = gitlab.requests.filter(({ method }) => method !== "GET");
    const root = "/api/v4/projects/42/merge_requests/7/notes";
    expect(writes.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `POST ${root}`,
      `PUT ${root}/1000`,
    ]);
    for (const { headers, body } of writes) {
      expect(headers).toMatchObject({
        "private-token": gitLabToken,
        "content-type": "application/json",
        "user-agent": "clipcourier",
      });
      expect(headers).not.toHaveProperty("authorization");
      expect(body).toEqual({ body: expect.stringContaining("https://clips.example.com/c/one") });
    }
  });

  test("is found on the third page, by the mark and the user of the token", async () => {
    const { gitlab, target } = await setUp({ project: "group/intro" });
    for (let id = 1; id <= 250; id++) gitlab.notes.push(makeNote(id, `remark ${id}`));
    gitlab.notes.splice(
      ...[230, 4],
      makeNote(231, `${mark}\n\nof somebody else`),
      makeNote(232, `> ${mark}`, { author: bot }),
      makeNote(233, `${mark}\n\nof GitLab`, { author: bot, system: true }),
      makeNote(234, `${mark}\n\nours`, { author: bot }),
    );
    const ours = { id: "234", body: `${mark}\n\nours`, url: `${page}#note_234` };
    expect(await target.findComments(mark)).toEqual<PlacedComment[]>([ours]);
    const lists = gitlab.requests.filter(({ url }) => url.includes("/notes"));
    expect(lists.map(({ url }) => url)).toEqual(
      [1, 2, 3].map(
        (number) =>
          `/api/v4/projects/group%2Fintro/merge_requests/7/notes?per_page=100&sort=asc&order_by=created_at&page=${number}`,
      ),
    );
  });

  test("is created again when it was deleted meanwhile, and deleted once", async () => {
    const { gitlab, target, write } = await setUp();
    await write();
    gitlab.intercept = async ({ method }) => {
      if (method === "PUT") gitlab.notes.length = 0;
      return undefined;
    };
    expect(await write()).toMatchObject({ kind: "created" });
    expect(gitlab.notes).toHaveLength(1);
    await target.deleteComment("1000");
    await target.deleteComment("1000");
    expect(gitlab.notes).toEqual([]);
  });

  test("is there although looking for others after it, or deleting them, fails", async () => {
    const { gitlab, write } = await setUp();
    let isCreated = false;
    gitlab.intercept = async ({ method }) => {
      if (isCreated) return { status: 429, headers: { "retry-after": "999" } };
      isCreated = method === "POST";
      return undefined;
    };
    const url = `${page}#note_1000`;
    const created = await write();
    expect(created).toMatchObject({ kind: "created", url });
    expect(describeCleanUpFailure(created)).toContain("was answered with 429");
    gitlab.notes.push(makeNote(1001, gitlab.notes[0]?.body ?? "", { author: bot }));
    gitlab.intercept = async ({ method }) => (method === "DELETE" ? { status: 403 } : undefined);
    const updated = await write();
    expect(updated).toMatchObject({ kind: "updated", url });
    expect(describeCleanUpFailure(updated)).toContain("was answered with 403");
    gitlab.intercept = undefined;
    expect(describeCleanUpFailure(await write())).toBe(undefined);
    expect(gitlab.notes.map(({ id }) => id)).toEqual([1000]);
  });

  test("is not created twice when the answer is lost, and is created again when it is not there", async () => {
    const { gitlab, write } = await setUp();
    gitlab.intercept = async (request) => {
      if (request.method !== "POST") return undefined;
      gitlab.notes.push(makeNote(1000, readBody(request), { author: bot }));
      return { status: 502 };
    };
    expect(await write()).toEqual({ kind: "created", url: `${page}#note_1000` });
    expect(gitlab.notes).toHaveLength(1);
    gitlab.notes.length = 0;
    let failures = 0;
    gitlab.intercept = async ({ method }) =>
      method === "POST" && failures++ === 0 ? { status: 502 } : undefined;
    expect(await write()).toEqual({ kind: "created", url: `${page}#note_1000` });
    expect(gitlab.notes).toHaveLength(1);
  });

  test("of ten writers at once is one", async () => {
    const { gitlab, target } = await setUp();
    await writeTogether(gitlab, target, 10);
    expect(gitlab.requests.filter(({ method }) => method === "POST")).toHaveLength(10);
    expect(gitlab.notes.map(({ id }) => id)).toEqual([1000]);
  });

  test("holds no command for GitLab, which it would carry out: no line begins with a slash", async () => {
    const { gitlab, target } = await setUp();
    const names = ["/close", "x\n/close", "/merge\r/approve"];
    const records = names.map((name) => ({ ...makeRecord(name, "one"), notes: [name] }));
    await writeComment(target, { key: "clips", records, sha });
    await writeComment(target, { key: "clips", records: [], sha });
    expect(gitlab.notes[0]?.body).toContain("/close");
    expect(gitlab.notes[0]?.body).not.toMatch(/^\s*\//m);
  });

  test("may be longer than GitHub's, and not longer than GitLab takes", async () => {
    const { gitlab, target } = await setUp();
    const records = Array.from({ length: 5_000 }, (_, index) =>
      makeRecord(`${index}.mp4`, `${index}`),
    );
    await writeComment(target, { key: "clips", records, sha });
    const { length } = gitlab.notes[0]?.body ?? "";
    expect(length).toBeGreaterThan(900_000);
    expect(length).toBeLessThanOrEqual(1_000_000);
  });
});

test("the newest commit of a merge request that GitLab still prepares is not known", async () => {
  const { gitlab, target } = await setUp();
  expect(await target.readHead()).toBe(sha);
  gitlab.mergeRequest.sha = null;
  expect(await target.readHead()).toBe(null);
});

describe("GitLab refuses", () => {
  test.each([
    [
      "a wrong token",
      { token: "glpat-wrong" },
      "refused",
      "GET /projects/42/merge_requests/7/notes",
    ],
    ["another project", { project: "43" }, "refused", "404: 404 Not found"],
    ["another merge request", { iid: 8 }, "refused", "404: 404 Not found"],
  ])("%s", async (_, options, failure, message) => {
    const { write } = await setUp(options);
    const error = await catchError(write);
    expect(error).toBeInstanceOf(ForgeError);
    expect(error).toMatchObject({ failure });
    expect(String(error)).not.toContain("glpat");
    expect(String(error)).toContain(message.startsWith("GET") ? "401: 401 Unauthorized" : message);
  });

  test("a note where the discussion is locked, and says in the same way that it may not", async () => {
    const { gitlab, write } = await setUp();
    gitlab.mergeRequest.discussion_locked = true;
    expect(await catchError(write)).toMatchObject({ failure: "locked", status: 403 });
    gitlab.mergeRequest.discussion_locked = false;
    gitlab.intercept = async ({ method }) =>
      method === "POST" ? { status: 403, body: { error: "insufficient_scope" } } : undefined;
    expect(await catchError(write)).toMatchObject({
      failure: "refused",
      message: expect.stringContaining("insufficient_scope"),
    });
  });

  test("too many requests for a while, after which it is asked again", async () => {
    const { gitlab, write } = await setUp();
    let refusals = 0;
    gitlab.intercept = async ({ method }) => {
      if (method !== "POST" || refusals++ > 0) return undefined;
      return { status: 429, body: { message: "Retry later" }, headers: { "retry-after": "0" } };
    };
    expect(await write()).toMatchObject({ kind: "created" });
    expect(gitlab.notes).toHaveLength(1);
  });
});
