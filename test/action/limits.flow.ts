import { expect, test } from "vitest";
import { startTestService } from "../start-service.ts";
import { apiEnv, startGitHubApi } from "./github-api.ts";
import { startJob } from "./runner.ts";
import { inputsFor } from "./service-inputs.ts";

test("a summary over 1 MiB is cut to the rows that fit", async () => {
  const job = await startJob();
  const record = {
    ...{ file: `out/${"x".repeat(200)}.mp4`, outcome: "uploaded", status: "available" },
    ...{ id: "abc", url: "https://clips.example.com/c/abc", thumbnail: null, size: 1, md5: "0" },
    ...{ preview: "https://clips.example.com/c/abc/preview.gif", duration: 1, width: 2, height: 2 },
    ...{ bytesSent: 1, attempts: 1, milliseconds: 1, error: null },
  };
  const clips = Array.from({ length: 4_000 }, () => record);
  await job.write("results.json", JSON.stringify({ version: 1, clips }));
  const step = await job.run({ gather: "results.json" });
  expect(step.exitCode).toBe(0);
  expect(step.summary.length).toBeGreaterThan(900_000);
  expect(step.summary).toMatch(/… and \d+ more, for which there is no room here\.\n$/);
  expect(step.outputs.markdown?.length).toBeLessThanOrEqual(65_536);
});

test("where nothing can be written, the outputs are there all the same", async () => {
  const service = await startTestService();
  const job = await startJob();
  await job.write("a.mp4", "video");
  await job.write("taken", "a file where a folder should be");
  const inputs = { files: "a.mp4", "results-file": "taken/results.json", ...inputsFor(service) };
  const step = await job.run(inputs, { env: { GITHUB_STEP_SUMMARY: "/gone/summary.md" } });
  expect(step).toMatchObject({ exitCode: 0, outputs: { "uploaded-count": "1" } });
  expect(step.warnings.map(({ message }) => message.slice(0, 32))).toEqual([
    "The results file could not be wr",
    "The summary could not be written",
  ]);
});

test("gather: one comment and one summary for all legs of a matrix", async () => {
  const [api, service] = await Promise.all([startGitHubApi(), startTestService()]);
  const sha = "a".repeat(40);
  api.pulls.push({ number: 7, head: "octo:patch", sha });
  const job = await startJob();
  for (const leg of ["linux", "windows", "macos"]) {
    await job.write("out/intro.mp4", `rendered on ${leg}`);
    if (leg === "macos") await job.write("out/intro.mp4", "");
    const inputs = { files: "out/*.mp4", "results-file": `results/clips-${leg}.json` };
    await job.run({ ...inputs, ...inputsFor(service), comment: "false" });
  }
  const step = await job.run(
    { gather: "results/*.json", comment: "true" },
    {
      event: { pull_request: { number: 7, head: { sha } } },
      ...{ token: "ghs_stand-in-token", env: apiEnv(api) },
    },
  );
  // The step that gathers does not fail because of a clip that failed in another job.
  expect(step).toMatchObject({ exitCode: 0, errors: [], openGroups: 0 });
  expect(step.outputs).toMatchObject({ "uploaded-count": "2", "failed-count": "1" });
  expect(api.comments).toHaveLength(1);
  for (const text of [api.comments[0]?.body, step.summary]) {
    for (const leg of ["linux", "windows", "macos"]) {
      expect(text).toContain(`<code>clips-${leg}&#58; out/intro.mp4</code>`);
    }
  }
});

test.each([
  ["no results files", undefined, "There are no files: results.json matches no file."],
  ["what is no JSON", "{", "results.json cannot be read as a results file"],
  ["another JSON", '{"version":1,"clips":[{"file":7}]}', "results.json is not a results file"],
])("gather says what is wrong with %s", async (_, content, message) => {
  const job = await startJob();
  if (content !== undefined) await job.write("results.json", content);
  const step = await job.run({ gather: "results.json" });
  expect(step.exitCode).toBe(1);
  expect(step.errors[0]?.message).toContain(message);
  expect(step.outputs.clips).toBe("[]");
});

test("gather trusts no address in a results file", async () => {
  const job = await startJob();
  const record = {
    ...{ file: "a.mp4", outcome: "uploaded", status: "available", id: "<b>", md5: "0", size: 1 },
    ...{ url: "javascript:alert(1)", preview: 'https://x.example/"onerror="x', thumbnail: null },
    ...{
      duration: 1,
      width: 2,
      height: 2,
      bytesSent: 1,
      attempts: 1,
      milliseconds: 1,
      error: null,
    },
  };
  await job.write("results.json", JSON.stringify({ version: 1, clips: [record] }));
  const step = await job.run({ gather: "results.json" });
  expect(step.summary).not.toMatch(/javascript:|"onerror|<b>/);
});
