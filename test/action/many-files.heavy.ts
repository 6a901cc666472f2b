import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { Gate, holdAt } from "../faults/gate.ts";
import { mebibyte, startSpoiledService } from "../spoiled-service.ts";
import { startTestService } from "../start-service.ts";
import { firstSha, isClean, pullEvent, setUp } from "./comment-stage.ts";
import { startJob } from "./runner.ts";
import { inputsFor, inputsThrough } from "./service-inputs.ts";

const secondSha = "b".repeat(40);
const outputLimit = 1024 * 1024;
const utf16Length = (text: string) => 2 * text.length;

test("outputs over 1 MB are cut to the first clips, and the results file has the whole", async () => {
  const service = await startTestService();
  const job = await startJob();
  const folder = Array.from({ length: 4 }, () => "long".repeat(60)).join("/");
  for (let n = 0; n < 300; n++) await job.write(`${folder}/${n}.mp4`, `video ${n}`);
  const inputs = { files: "**/*.mp4", "results-file": "deep/results.json", ...inputsFor(service) };
  const step = await job.run(inputs);
  expect(step).toMatchObject({ exitCode: 0, errors: [] });
  const values = Object.values(step.outputs);
  expect(values.reduce((sum, value) => sum + utf16Length(value), 0)).toBeLessThan(outputLimit);
  const clips = JSON.parse(step.outputs.clips ?? "");
  expect(clips.length).toBeGreaterThan(100);
  expect(clips.length).toBeLessThan(300);
  expect(step.outputs).toMatchObject({ "uploaded-count": "300" });
  expect(JSON.parse(step.outputs["clip-ids"] ?? "")).toHaveLength(300);
  expect(step.warnings).toMatchObject([
    {
      message: expect.stringMatching(
        /^A job's outputs hold 1 MB: clips hold.* deep\/results\.json has/,
      ),
    },
  ]);
  const gathered = await job.run({ gather: "deep/*.json" });
  expect(gathered.outputs["uploaded-count"]).toBe("300");
  expect(JSON.parse(gathered.outputs.clips ?? "")[0]).toEqual({ ...clips[0], job: "results" });
});

test("300 files: a record for each in their order, and no more lines than files ask for", async () => {
  const service = await startTestService();
  const job = await startJob();
  const names = Array.from({ length: 300 }, (_, n) => `clip-${String(n).padStart(3, "0")}.mp4`);
  for (const name of names) await job.write(name, `video ${name}`);
  const step = await job.run({ files: "*.mp4", ...inputsFor(service) });
  expect(step).toMatchObject({ exitCode: 0, openGroups: 0 });
  const records = JSON.parse(step.outputs.clips ?? "");
  expect(records.map(({ file }: { file: string }) => file)).toEqual(names);
  expect(new Set(JSON.parse(step.outputs["clip-ids"] ?? "")).size).toBe(300);
  expect(step.summary.match(/\| uploaded \|/g)).toHaveLength(300);
  expect(step.log.match(/^Uploaded: /gm)).toHaveLength(300);
});

test("a comment holds at most 65,536 characters, and says how many clips are left out", async () => {
  const { api, job, comment } = await setUp();
  for (let n = 0; n < 200; n++) await job.write(`${"long".repeat(40)}-${n}.mp4`, `video ${n}`);
  for (const event of [pullEvent(firstSha), pullEvent(secondSha)]) {
    expect(await comment({}, { event })).toMatchObject(isClean);
    const body = api.comments[0]?.body ?? "";
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body.length).toBeGreaterThan(60_000);
    expect(body).toMatch(/… and \d+ more, for which there is no room here\./);
  }
});

// A line comes every five seconds.
test("a slow upload is followed with progress lines", async () => {
  const spoiled = await startSpoiledService();
  const gate = new Gate();
  spoiled.front.script([{ when: { method: "PUT", part: 3 }, fault: holdAt(gate) }]);
  const job = await startJob();
  await job.write("a.mp4", randomBytes(20 * mebibyte));
  const inputs = { files: "a.mp4", "part-concurrency": "1" };
  const running = await job.start({ ...inputs, ...inputsThrough(spoiled) });
  await running.waitFor(/^0 of 1 file: \d+ %, [\d.]+ MiB of 20\.0 MiB, .*\/s, .* left$/);
  gate.open();
  expect((await running.finished).exitCode).toBe(0);
});
