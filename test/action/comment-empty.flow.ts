import { describe, expect, test } from "vitest";
import { firstSha, isClean, pullEvent, secondSha, setUp, thirdSha } from "./comment-stage.ts";

const noFiles = { files: "none/*.mp4" };

describe("a run that has nothing to show", () => {
  test.each([
    ["ignore", 0],
    ["warn", 0],
    ["error", 1],
  ])("says so in the earlier comment, with if-no-files-found: %s", async (found, exitCode) => {
    const { api, comment, push } = await setUp();
    const first = await comment();
    const [url] = JSON.parse(first.outputs.urls ?? "");
    const step = await comment({ ...noFiles, "if-no-files-found": found }, push(secondSha));
    expect(step).toMatchObject({ exitCode, openGroups: 0 });
    expect(step.outputs).toMatchObject({ clips: "[]", markdown: "" });
    expect(step.log).toContain("Comment updated: https://github.example/c/1000");
    const [shown, folded] = (api.comments[0]?.body ?? "").split("<details>");
    expect(shown).toContain("Nothing to show for bbbbbbb.");
    expect(shown).not.toContain(url);
    expect(folded).toMatch(/^<summary>Earlier clips, of aaaaaaa<\/summary>/);
    expect(folded?.split("</details>")[0]).toContain(`<a href="${url}">`);
  });

  test("keeps the earlier clips, with which the next clips are compared", async () => {
    const { api, job, comment, push } = await setUp();
    const first = await comment();
    const [url] = JSON.parse(first.outputs.urls ?? "");
    for (const sha of [secondSha, thirdSha]) {
      await comment({ ...noFiles, "if-no-files-found": "ignore" }, push(sha));
    }
    expect(api.comments[0]?.body).toContain("Nothing to show for ccccccc.");
    expect(api.comments[0]?.body).toContain("Earlier clips, of aaaaaaa");
    await job.write("intro.mp4", "another intro");
    await comment({}, push("d".repeat(40)));
    const row = (api.comments[0]?.body ?? "")
      .split("\n")
      .find((line) => line.includes("<br>changed; "));
    expect(row).toContain(`| <a href="${url}">`);
    expect(api.comments[0]?.body).not.toContain("<details>");
  });

  test("removes the earlier comment with comment-when-empty: delete", async () => {
    const { api, comment, push } = await setUp();
    await comment();
    const step = await comment(
      { ...noFiles, "if-no-files-found": "ignore", "comment-when-empty": "delete" },
      push(secondSha),
    );
    expect(step).toMatchObject(isClean);
    expect(step.log).toContain("Comment deleted: there is nothing to show.");
    expect(api.comments).toEqual([]);
  });

  test("leaves the comment of a newer commit alone, also to delete it", async () => {
    const { api, comment, push } = await setUp();
    await comment({}, push(secondSha));
    for (const what of ["update", "delete"]) {
      const inputs = { ...noFiles, "if-no-files-found": "ignore", "comment-when-empty": what };
      expect(await comment(inputs, { event: pullEvent(firstSha) })).toMatchObject(isClean);
    }
    expect(api.comments.map(({ versions }) => versions.length)).toEqual([1]);
  });

  test("creates no comment, and is no warning where none is possible", async () => {
    const { api, comment } = await setUp();
    const inputs = { ...noFiles, "if-no-files-found": "ignore" };
    const step = await comment(inputs);
    expect(step).toMatchObject(isClean);
    expect(step.log).toContain("No comment: there is nothing to show, and no earlier comment.");
    const branch = await comment(inputs, { eventName: "push", ref: "refs/heads/main", event: {} });
    expect(branch).toMatchObject(isClean);
    expect(api.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  test("writes nothing in a dry run", async () => {
    const { api, comment } = await setUp();
    await comment({ ...noFiles, "if-no-files-found": "ignore", "dry-run": "true" });
    expect(api.requests).toEqual([]);
  });
});

test("a file without a match, which fails the step, is nothing to show as well", async () => {
  const { api, comment, push } = await setUp();
  await comment();
  const inputs = { files: "*.mp4\nnone.mp4", "fail-on-unmatched-pattern": "true" };
  expect(await comment(inputs, push(secondSha))).toMatchObject({ exitCode: 1, openGroups: 0 });
  expect(api.comments[0]?.body).toContain("Nothing to show for bbbbbbb.");
});

test("where every upload failed, the comment speaks of this commit", async () => {
  const { api, job, comment, push } = await setUp();
  await comment();
  await job.write("intro.mp4", "");
  expect((await comment({}, push(secondSha))).exitCode).toBe(1);
  expect(api.comments[0]?.body).toContain("1 failed. For bbbbbbb.");
});
