import type { UploadRecord } from "@clipcourier/batch";
import {
  type CommentContent,
  type CommentOutcome,
  connectGitHub,
  createGitHubTarget,
  writeComment,
} from "@clipcourier/report";
import { expect, test } from "vitest";
import { firstSha, isClean, runEnv, secondSha, setUp, thirdSha, token } from "./comment-stage.ts";
import { type GitHubApi, makeComment, startGitHubApi } from "./github-api.ts";
import { interleave } from "./interleave.ts";

const mark = "<!-- clipcourier: clips -->";
const seeds = Array.from({ length: 40 }, (_, seed) => seed + 1);

/** The commit with this number; a larger one is newer. */
const toSha = (number: number) => number.toString(16).padStart(40, "0");

/** What a run of the commit wants to show: its clip's address ends with the number of the commit. */
function makeContent(commit: number, run = commit): CommentContent {
  const record: UploadRecord = {
    ...{ file: "intro.mp4", outcome: "uploaded", status: "available", plays: null, notes: [] },
    ...{ id: `clip-${commit}`, url: `https://clips.example/c/${commit}`, md5: toSha(commit) },
    ...{ thumbnail: null, preview: null, size: 1, duration: 1, width: 1, height: 1, error: null },
    ...{ bytesSent: 1, bytesReused: 0, attempts: 1, milliseconds: 1 },
  };
  return { key: "clips", records: [record], sha: toSha(commit), run: { number: run } };
}

async function write(api: GitHubApi, content: CommentContent): Promise<CommentOutcome> {
  using github = connectGitHub({ rootUrl: api.url, token });
  return writeComment(createGitHubTarget(github, { owner: "octo", repo: "intro" }, 7), content);
}

/** The numbers of the commits that a comment compares: before, if any, and now. */
function readCompared(body: string): number[] {
  const row = body.split("\n").find((line) => line.includes("intro.mp4")) ?? "";
  return [...row.matchAll(/clips\.example\/c\/(\d+)/g)].map(([, commit]) => Number(commit));
}

async function startRace(head: number): Promise<GitHubApi> {
  const api = await startGitHubApi();
  api.pulls.push({ number: 7, head: "octo:patch", sha: toSha(head) });
  return api;
}

test.each(seeds)("ten runs of ten commits, in the order of seed %i", async (seed) => {
  const api = await startRace(10);
  const commits = [4, 9, 1, 10, 7, 2, 8, 3, 6, 5];
  await interleave(
    api,
    seed,
    commits.map((commit) => () => write(api, makeContent(commit))),
  );
  expect(api.comments).toHaveLength(1);
  expect(api.comments[0]?.body).toContain("1 uploaded. For 0000000.");
  expect(readCompared(api.comments[0]?.body ?? "").at(-1)).toBe(10);
  for (const { versions } of [...api.comments, ...api.deleted]) {
    for (const body of versions) {
      const compared = readCompared(body);
      expect(compared).toEqual(compared.toSorted((one, other) => one - other));
    }
  }
  // The oldest one that was ever created is the one that stayed.
  for (const { id } of api.deleted) expect(id).toBeGreaterThan(Number(api.comments[0]?.id));
});

test.each(seeds)("ten runs where there is a comment, in the order of seed %i", async (seed) => {
  const api = await startRace(10);
  await write(api, makeContent(1));
  const created = api.comments[0]?.id;
  await interleave(
    api,
    seed,
    [10, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(
      (commit, run) => () => write(api, makeContent(commit, run)),
    ),
  );
  expect(api.comments.map(({ id }) => id)).toEqual([created]);
  expect(readCompared(api.comments[0]?.body ?? "")).toEqual([1, 10]);
  // Nobody but the runs of the newest commit has changed it.
  const [, ...later] = api.comments[0]?.versions ?? [];
  expect(later.length).toBeGreaterThan(0);
  for (const body of later) expect(readCompared(body).at(-1)).toBe(10);
  expect(api.deleted).toEqual([]);
});

test.each(seeds.slice(0, 10))("ten runs of one commit, in the order of seed %i", async (seed) => {
  const api = await startRace(10);
  const runs = [4, 9, 1, 10, 7, 2, 8, 3, 6, 5];
  await interleave(
    api,
    seed,
    runs.map((run) => () => write(api, makeContent(10, run))),
  );
  expect(api.comments).toHaveLength(1);
  expect(readCompared(api.comments[0]?.body ?? "")).toEqual([10]);
});

test("comments that earlier runs have left behind become the oldest one, with the newest content", async () => {
  const api = await startRace(3);
  for (const commit of [1, 2]) {
    await write(api, makeContent(commit));
    // The next run does not find it, as if it had looked before.
    api.deleted.push(...api.comments.splice(0));
  }
  api.comments.push(...api.deleted.splice(0));
  await write(api, makeContent(3));
  expect(api.comments.map(({ id }) => id)).toEqual([1000]);
  expect(readCompared(api.comments[0]?.body ?? "")).toEqual([2, 3]);
});

test("a run of an older commit that ends later changes nothing, and says so", async () => {
  const api = await startRace(2);
  await write(api, makeContent(2));
  expect(await write(api, makeContent(1))).toMatchObject({ kind: "outdated" });
  expect(api.comments.map(({ versions }) => versions.length)).toEqual([1]);
});

test("a run of an older commit where there is no comment says that there is a newer commit", async () => {
  const { api, comment, push } = await setUp();
  push(secondSha);
  expect(await comment()).toMatchObject(isClean);
  expect(api.comments[0]?.body).toContain(
    "For aaaaaaa, which is not the newest commit: that is bbbbbbb.",
  );
});

test("of two attempts at one commit the later one stays", async () => {
  const { api, comment } = await setUp();
  await comment({}, { env: runEnv(12, 2) });
  for (const env of [runEnv(12, 1), runEnv(11, 3)]) {
    const step = await comment({}, { env });
    expect(step).toMatchObject(isClean);
    expect(step.log).toMatch(
      /Comment left as it is: attempt 2 of run 12 has written it, and this is /,
    );
  }
  expect(api.comments[0]?.versions).toHaveLength(1);
  await comment({}, { env: runEnv(12, 3) });
  // The runs of another workflow have numbers of their own.
  await comment({}, { env: { ...runEnv(3), GITHUB_WORKFLOW_REF: "octo/intro/other.yml@main" } });
  expect(api.comments[0]?.versions).toHaveLength(3);
});

test("a comment of an earlier version of the action is read", async () => {
  const api = await startRace(2);
  const state = {
    sha: toSha(1),
    clips: [{ name: "intro.mp4", url: "https://clips.example/c/1", md5: toSha(1), picture: null }],
    before: [],
  };
  api.comments.push(
    makeComment(1, `${mark}\n\n### Clips\n\n<!-- clipcourier-state: ${JSON.stringify(state)} -->`),
  );
  expect(await write(api, makeContent(2))).toMatchObject({ kind: "updated" });
  expect(readCompared(api.comments[0]?.body ?? "")).toEqual([1, 2]);
});

test("three steps at once, of which each finds no comment, leave one", async () => {
  const { api, start, push } = await setUp();
  let looking = 0;
  let letGo = () => {};
  const allLook = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  api.hold = async ({ method, path }, what) => {
    if (method !== "GET" || !path.endsWith("/comments") || what !== "answer") return;
    looking++;
    if (looking === 3) letGo();
    await allLook;
  };
  const steps = await Promise.all(
    [thirdSha, firstSha, secondSha].map(async (sha, at) =>
      start({}, { ...push(sha), env: runEnv(at + 1) }),
    ),
  );
  push(thirdSha);
  for (const step of steps) expect(await step.finished).toMatchObject(isClean);
  expect(api.comments).toHaveLength(1);
  expect(api.comments[0]?.body).toContain("For ccccccc.");
  expect(api.deleted).toHaveLength(2);
});
