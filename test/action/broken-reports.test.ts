import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { setUp } from "./comment-stage.ts";

// A folder of the file's name cannot be written, whoever the test runs as.
async function setUpWithFolder() {
  const stage = await setUp();
  const folder = join(stage.job.workspace, "in-the-way");
  await mkdir(folder);
  return { ...stage, folder };
}

test("outputs that cannot be set fail the step, after everything else was reported", async () => {
  const { api, folder, comment } = await setUpWithFolder();
  const step = await comment({ "results-file": "clips.json" }, { env: { GITHUB_OUTPUT: folder } });
  expect(step).toMatchObject({ exitCode: 1, openGroups: 0 });
  expect(step.warnings).toHaveLength(1);
  expect(step.warnings[0]?.message).toMatch(/^The outputs could not be written: .*in-the-way/);
  expect(step.warnings[0]?.message).toContain("There is a folder of that name: remove it.");
  expect(step.errors).toMatchObject([
    { message: "The outputs of this step could not be set; see the warning above." },
  ]);
  expect(step.summary).toContain("1 uploaded");
  expect(api.comments).toHaveLength(1);
  expect(step.printed).not.toMatch(/^\s+at /m);
});

test("a file of outputs that is gone is told as well, and when the step fails for another reason", async () => {
  const { job, comment } = await setUp();
  const env = { GITHUB_OUTPUT: join(job.workspace, "gone", "output") };
  for (const [inputs, reason] of [
    [{}, "The outputs of this step could not be set"],
    [{ files: "none.mp4" }, "There are no files: none.mp4 matches no file."],
    [{ concurrency: "many" }, "The input concurrency takes"],
  ] as const) {
    const step = await comment({ comment: "false", ...inputs }, { env });
    expect(step.exitCode).toBe(1);
    expect(step.errors.at(-1)?.message).toContain(reason);
    expect(step.warnings.at(-1)?.message).toMatch(/^The outputs could not be written: .*gone/);
    expect(step.printed).not.toMatch(/^\s+at /m);
  }
});

test.each([
  ["The summary", (folder: string) => ({ env: { GITHUB_STEP_SUMMARY: join(folder, "gone.md") } })],
  ["The results file", () => ({ inputs: { "results-file": "in-the-way" } })],
])("%s that cannot be written is a warning, and the others are there", async (what, breakIt) => {
  const { api, folder, comment } = await setUpWithFolder();
  const { inputs = {}, env = {} }: { inputs?: object; env?: object } = breakIt(folder);
  const step = await comment({ ...inputs }, { env: { ...env } });
  expect(step).toMatchObject({ exitCode: 0, errors: [], openGroups: 0 });
  expect(step.warnings).toHaveLength(1);
  expect(step.warnings[0]?.message).toMatch(new RegExp(`^${what} could not be written: `));
  expect(step.outputs).toMatchObject({ "uploaded-count": "1" });
  expect(api.comments).toHaveLength(1);
});

test("a results file takes the place of the one before, and leaves nothing beside it", async () => {
  const { job, comment } = await setUp();
  await job.write("results/clips.json", "an earlier one");
  await comment({ comment: "false", "results-file": "results/clips.json" });
  expect(await readdir(join(job.workspace, "results"))).toEqual(["clips.json"]);
});
