import { createHash, randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { gatewayError, slowDown } from "../faults/answers.ts";
import { answerWith, goSilent, resetAtOnce } from "../faults/faults.ts";
import { Gate, holdAt } from "../faults/gate.ts";
import { mebibyte, startSpoiledService } from "../spoiled-service.ts";
import { startTestService } from "../start-service.ts";
import { until } from "../until.ts";
import { startJobWith } from "./job-with-clips.ts";
import { startJob } from "./runner.ts";
import { inputsFor, inputsThrough } from "./service-inputs.ts";

const refuse = (times: number) => ({
  when: { method: "POST", path: /directupload/ },
  times,
  fault: answerWith({ status: 400, body: '{"error":{"message":"Not today"},"status":400}' }),
});

describe("one of three files fails", () => {
  test("the others are uploaded, the file is annotated, the step fails", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([refuse(1)]);
    const job = await startJobWith(3);
    const step = await job.run({ files: "*.mp4", concurrency: "1", ...inputsThrough(spoiled) });
    expect(step).toMatchObject({ exitCode: 1, openGroups: 0 });
    expect(step.outputs).toMatchObject({ "uploaded-count": "2", "failed-count": "1" });
    const records = JSON.parse(step.outputs.clips ?? "");
    expect(records[0]).toMatchObject({ outcome: "failed", id: null, error: { code: "rejected" } });
    expect(JSON.parse(step.outputs["clip-ids"] ?? "")).toEqual([records[1].id, records[2].id]);
    expect(step.errors).toMatchObject([
      {
        message: "clip-0.mp4: Finalizing was answered with 400: Not today.",
        properties: { file: "clip-0.mp4", title: "Not uploaded" },
      },
      { message: "1 of 3 files failed." },
    ]);
    expect(step.summary).toMatch(/failed: <code>clip-0\.mp4/);
    expect(step.log).toContain("Failed: clip-0.mp4 (1000 bytes): ");
  });

  test("on-error: stop leaves the others alone", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([refuse(1)]);
    const job = await startJobWith(6);
    const inputs = { files: "*.mp4", concurrency: "1", "on-error": "stop" };
    const step = await job.run({ ...inputs, ...inputsThrough(spoiled) });
    expect(step.exitCode).toBe(1);
    const records: { outcome: string }[] = JSON.parse(step.outputs.clips ?? "");
    expect(records.map(({ outcome }) => outcome)).toEqual([
      "failed",
      ...Array.from({ length: 5 }, () => "skipped"),
    ]);
    expect(spoiled.finalized()).toBe(1);
  });

  test("fail-on-error: false makes it a warning", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([refuse(1)]);
    const job = await startJobWith(3);
    const inputs = { files: "*.mp4", "fail-on-error": "false" };
    const step = await job.run({ ...inputs, ...inputsThrough(spoiled) });
    expect(step.exitCode).toBe(0);
    expect(step.outputs["failed-count"]).toBe("1");
    expect(step.warnings).toMatchObject([{ message: "1 of 3 files failed." }]);
  });
});

test("a reason that all files share is reported once", async () => {
  const spoiled = await startSpoiledService();
  spoiled.front.script([refuse(Infinity)]);
  const job = await startJobWith(3);
  const step = await job.run({ files: "*.mp4", ...inputsThrough(spoiled) });
  expect(step.errors).toMatchObject([
    { message: "3 of 3 files failed. Finalizing was answered with 400: Not today." },
  ]);
});

test("of twelve failures nine are annotated, and the step reports three more", async () => {
  const spoiled = await startSpoiledService();
  // One of them for another reason, so that there is none that all share.
  const body = '{"error":{"message":"Never"},"status":400}';
  const other = answerWith({ status: 400, body });
  const { when } = refuse(1);
  spoiled.front.script([{ when, times: 1, fault: other }, refuse(Infinity)]);
  const job = await startJobWith(12);
  const step = await job.run({ files: "*.mp4", ...inputsThrough(spoiled) });
  const errors = step.commands.filter(({ name }) => name === "error");
  expect(errors).toHaveLength(10);
  expect(errors.filter(({ properties }) => properties.file)).toHaveLength(9);
  expect(errors.at(-1)?.message).toContain("12 of 12 files failed: those above and 3 more");
});

test("an empty file fails with what to do about it", async () => {
  const service = await startTestService();
  const job = await startJob();
  await job.write("out/empty.mp4", "");
  const step = await job.run({ files: "out/*.mp4", ...inputsFor(service) });
  expect(step.errors[0]?.message).toContain("out/empty.mp4 was not uploaded: it is empty.");
});

describe("storage that is slow or fails", () => {
  test("SlowDown and resets are tried again, and reported with their reason", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([
      { when: { method: "PUT", part: 1 }, fault: answerWith(slowDown()) },
      { when: { method: "PUT", part: 2 }, fault: resetAtOnce() },
    ]);
    const job = await startJob();
    await job.write("a.mp4", randomBytes(6 * mebibyte));
    const step = await job.run({ files: "a.mp4", ...inputsThrough(spoiled) });
    expect(step.exitCode).toBe(0);
    expect(step.log).toMatch(/^Retry: a\.mp4: part 1 of 2: try 1 failed: .*503.*SlowDown/m);
    expect(step.log).toMatch(/^Retry: a\.mp4: part 2 of 2: try 1 failed: .*ECONNRESET/m);
    expect(JSON.parse(step.outputs.clips ?? "")[0]).toMatchObject({
      outcome: "uploaded",
      attempts: 4,
    });
  });

  test("one that keeps failing fails after max-attempts", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([
      { when: { method: "PUT" }, times: Infinity, fault: answerWith(gatewayError(502)) },
    ]);
    const job = await startJobWith(1);
    const inputs = { files: "*.mp4", "max-attempts": "3" };
    const step = await job.run({ ...inputs, ...inputsThrough(spoiled) });
    expect(step.exitCode).toBe(1);
    expect(spoiled.parts()).toHaveLength(3);
    expect(step.errors[0]?.message).toContain("tried 3 times");
  });

  test("one that is silent is cut when timeout-minutes is over", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([{ when: { method: "PUT" }, times: Infinity, fault: goSilent() }]);
    const job = await startJobWith(1);
    const inputs = { files: "*.mp4", "timeout-minutes": "0.02" };
    const step = await job.run({ ...inputs, ...inputsThrough(spoiled) });
    expect(step.exitCode).toBe(1);
    expect(step.errors[0]?.message).toContain("not finished after 0.02 minutes");
    expect(JSON.parse(step.outputs.clips ?? "")[0]).toMatchObject({ error: { code: "deadline" } });
  });
});

test("a clip that the service cannot make fails with the service's reason", async () => {
  const service = await startTestService({ looksInto: true });
  const job = await startJob();
  await job.write("a.mp4", "no video at all");
  const step = await job.run({ files: "a.mp4", ...inputsFor(service) });
  expect(step.exitCode).toBe(1);
  expect(step.errors[0]?.message).toContain("The service could not make a clip of it");
  const [record] = JSON.parse(step.outputs.clips ?? "");
  expect(record).toMatchObject({
    ...{ outcome: "failed", status: "failed", url: null, size: 15 },
    id: expect.stringMatching(/^[\w-]{24}$/),
    md5: createHash("md5").update("no video at all").digest("hex"),
  });
  expect(step.outputs).toMatchObject({ "clip-ids": "[]", "clip-id": "", urls: "[]" });
});

// On Windows no process can send another one SIGINT.
describe.skipIf(process.platform === "win32")("a step that is cancelled", () => {
  test("stops at once with outputs and summary, and a second run sends what is missing", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([
      { when: { method: "PUT", part: 4 }, times: Infinity, fault: goSilent() },
    ]);
    const job = await startJob();
    const size = 24 * mebibyte;
    await job.write("a.mp4", randomBytes(1000));
    await job.write("b.mp4", randomBytes(size));
    const inputs = { files: "*.mp4", ...inputsThrough(spoiled) };
    const running = await job.start(inputs);
    await running.waitFor(/^Uploaded: a\.mp4/);
    await until(() => spoiled.parts().filter(({ status }) => status === 200).length === 5);
    running.cancel();
    // Storage is still silent: the step ends by itself.
    const step = await running.finished;
    expect(step).toMatchObject({ exitCode: 1, openGroups: 0 });
    const records = JSON.parse(step.outputs.clips ?? "");
    expect(records).toMatchObject([{ outcome: "uploaded" }, { outcome: "skipped", id: null }]);
    expect(JSON.parse(step.outputs["clip-ids"] ?? "")).toEqual([records[0].id]);
    expect(step.summary).toContain("1 uploaded, 1 skipped");
    expect(step.errors).toMatchObject([
      { message: "Cancelled: 1 uploaded, 1 skipped. Run the job again to upload what is missing." },
    ]);

    spoiled.front.script([]);
    const again = await job.run(inputs);
    expect(again.exitCode).toBe(0);
    expect(again.outputs).toMatchObject({ "uploaded-count": "1", "known-count": "1" });
    expect(Number(again.outputs["bytes-sent"])).toBeLessThanOrEqual(
      size - 4 * 5 * mebibyte + 5 * mebibyte,
    );
  });
});

// A line comes every five seconds.
test("the progress counts of a file that has failed what storage has of it", async () => {
  const spoiled = await startSpoiledService();
  const gate = new Gate();
  spoiled.front.script([
    { ...refuse(1), when: { method: "GET", path: /directupload/ } },
    { when: { method: "PUT" }, fault: holdAt(gate) },
  ]);
  const job = await startJob();
  await job.write("a.mp4", Buffer.alloc(3 * mebibyte, "a"));
  await job.write("b.mp4", Buffer.alloc(mebibyte, "b"));
  const inputs = { files: "*.mp4", concurrency: "1", ...inputsThrough(spoiled) };
  const running = await job.start(inputs);
  const line = await running.waitFor(/^1 of 2 files: (25|100) %/);
  expect(line).toMatch(/^1 of 2 files: 25 %, 1\.0 MiB of 4\.0 MiB/);
  gate.open();
  expect(await running.finished).toMatchObject({ exitCode: 1, outputs: { "failed-count": "1" } });
});
