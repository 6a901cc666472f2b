import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Job, startJob } from "./runner.ts";

const nowhere = {
  ...{ "api-url": "http://127.0.0.1:9/v2.7", "app-id": "a", "app-secret": "none" },
  "dry-run": "true",
};

async function list(job: Job, files: string, inputs: Record<string, string> = {}) {
  const step = await job.run({ files, ...nowhere, ...inputs });
  const records: { file: string }[] = JSON.parse(step.outputs.clips ?? "");
  return { step, names: records.map(({ file }) => file) };
}

async function startJobWith(...names: string[]): Promise<Job> {
  const job = await startJob();
  for (const name of names) await job.write(name, name);
  return job;
}

describe("which files the patterns mean", () => {
  const names = [
    "a.mp4",
    "b.mov",
    "c.txt",
    "deep/er/d.mp4",
    "take [1].mp4",
    ".hidden.mp4",
    ".h/e.mp4",
  ];
  test.each([
    ["a pattern", "*.mp4", ["a.mp4", "take [1].mp4"]],
    ["a pattern on each line, each file once", "*.mp4\n\n  a.mp4  \n", ["a.mp4", "take [1].mp4"]],
    ["braces", "*.{mp4,mov}", ["a.mp4", "b.mov", "take [1].mp4"]],
    ["all folders", "**/*.mp4", ["a.mp4", "deep/er/d.mp4", "take [1].mp4"]],
    ["an exclusion", "**/*.mp4\n!deep/**", ["a.mp4", "take [1].mp4"]],
    ["an exclusion that stands first", "!a.mp4\n*.mp4", ["take [1].mp4"]],
    ["an exclusion of a path with brackets", "*.mp4\n!take [1].mp4", ["a.mp4"]],
    ["a literal path that is excluded", "a.mp4\nb.mov\n!*.mp4", ["b.mov"]],
    ["a hidden file that is named", ".hidden.mp4", [".hidden.mp4"]],
    ["`./` and `..`", "./a.mp4\ndeep/../b.mov\n../repo/a.mp4", ["a.mp4", "b.mov"]],
  ])("%s", async (_, files, expected) => {
    const job = await startJobWith(...names);
    expect((await list(job, files)).names).toEqual(expected);
  });

  test("hidden files with include-hidden-files", async () => {
    const job = await startJobWith(...names);
    const { names: found } = await list(job, "**/*.mp4", { "include-hidden-files": "true" });
    expect(found).toEqual([".h/e.mp4", ".hidden.mp4", "a.mp4", "deep/er/d.mp4", "take [1].mp4"]);
  });

  test("working-directory, and `../` from there", async () => {
    const job = await startJobWith(...names);
    const { names: found } = await list(job, "*.mp4\n../../*.mov", {
      "working-directory": "deep/er",
    });
    expect(found).toEqual(["../../b.mov", "d.mp4"]);
  });

  test("an absolute path is reported relative to the working directory", async () => {
    const job = await startJobWith("a.mp4");
    const path = join(job.workspace, "a.mp4").replaceAll("\\", "/");
    expect((await list(job, path)).names).toEqual(["a.mp4"]);
  });

  // Creating links needs a special permission on Windows.
  test.skipIf(process.platform === "win32")(
    "links are followed, loops are harmless, each real file once",
    async () => {
      const job = await startJobWith("a/one.mp4", "far/two.mp4");
      await symlink("..", join(job.workspace, "a", "loop"));
      await symlink("self", join(job.workspace, "a", "self"));
      await symlink("one.mp4", join(job.workspace, "a", "same.mp4"));
      await mkdir(join(job.workspace, "b"));
      await symlink(join(job.workspace, "far"), join(job.workspace, "b", "near"));
      await symlink("gone.mp4", join(job.workspace, "b", "dangling.mp4"));
      const { step, names: found } = await list(job, "a/**/*.mp4\nb/**/*.mp4");
      expect(step.exitCode).toBe(0);
      expect(found).toEqual(["a/one.mp4", "b/near/two.mp4"]);
      expect(step.warnings).toMatchObject([
        { message: "b/dangling.mp4 was skipped: it is gone, or a link that leads nowhere." },
      ]);
    },
  );
});

describe("no files", () => {
  test("are an error, with all outputs set", async () => {
    const job = await startJob();
    const { step } = await list(job, "out/*.mp4\nnone.mp4");
    expect(step.exitCode).toBe(1);
    expect(step.errors).toMatchObject([
      { message: "There are no files: out/*.mp4 matches no file. none.mp4 matches no file." },
    ]);
    expect(step.outputs).toEqual({
      ...{ clips: "[]", "clip-ids": "[]", "clip-id": "", urls: "[]", markdown: "" },
      ...{ "changed-count": "", diff: "[]" },
      ...{ "uploaded-count": "0", "known-count": "0", "failed-count": "0", "bytes-sent": "0" },
    });
    expect(step.openGroups).toBe(0);
  });

  test("are a warning with warn", async () => {
    const { step } = await list(await startJob(), "*.mp4", { "if-no-files-found": "warn" });
    expect(step).toMatchObject({ exitCode: 0, errors: [], warnings: [{ name: "warning" }] });
  });

  test("are nothing with ignore", async () => {
    const { step } = await list(await startJob(), "*.mp4", { "if-no-files-found": "ignore" });
    expect(step).toMatchObject({ exitCode: 0, errors: [], warnings: [], summary: "" });
  });
});

describe("a pattern that matches nothing, beside one that does", () => {
  test("is a warning", async () => {
    const { step, names } = await list(await startJobWith("a.mp4"), "a.mp4\nb.mp4");
    expect(names).toEqual(["a.mp4"]);
    expect(step).toMatchObject({ exitCode: 0, warnings: [{ message: "b.mp4 matches no file." }] });
  });

  test("fails with fail-on-unmatched-pattern", async () => {
    const job = await startJobWith("a.mp4");
    const { step } = await list(job, "a.mp4\nb.mp4", { "fail-on-unmatched-pattern": "true" });
    expect(step).toMatchObject({ exitCode: 1, errors: [{ message: "b.mp4 matches no file." }] });
  });

  test("is none where its files are excluded", async () => {
    const { step, names } = await list(await startJobWith("a.mp4", "b.mp4"), "a.mp4\nb.mp4\n!a*");
    expect(names).toEqual(["b.mp4"]);
    expect(step).toMatchObject({ exitCode: 0, warnings: [] });
  });

  test("that is a folder says what to write", async () => {
    const { step } = await list(await startJobWith("out/a.mp4"), "out");
    expect(step.errors[0]?.message).toContain(
      "out is a folder. Name its files, for example out/*.mp4.",
    );
  });
});
