import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answering, readyResult } from "../../packages/service/test/fake-media.ts";
import { makeVideo } from "../fixtures/make-video.ts";
import { mebibyte } from "../spoiled-service.ts";
import { startTestService } from "../start-service.ts";
import { startJob } from "./runner.ts";
import { inputsFor } from "./service-inputs.ts";

test("one file: a clip with pictures, every output, the log and the summary", async () => {
  const service = await startTestService({ looksInto: true });
  const job = await startJob();
  await makeVideo({
    ...{ path: join(job.workspace, "intro.mp4"), container: "mp4" },
    ...{ seconds: 2, width: 320, height: 180, rate: 10 },
  });
  const step = await job.run({ files: "*.mp4", ...inputsFor(service) });

  expect(step).toMatchObject({ exitCode: 0, errors: [], warnings: [], openGroups: 0 });
  const {
    clips: [clip],
  } = await service.connect().listClips();
  if (clip === undefined) throw new Error("there is no clip");
  const [record] = JSON.parse(step.outputs.clips ?? "");
  expect(record).toMatchObject({
    ...{ file: "intro.mp4", outcome: "uploaded", id: clip.id, url: clip.url },
    ...{ thumbnail: clip.thumbnailUrl, preview: clip.previewGif, status: "available" },
    ...{ width: 320, height: 180, attempts: 1, error: null },
  });
  expect(record.duration).toBeCloseTo(2, 1);
  expect(record.size).toBe(record.bytesSent);
  expect(record.md5).toMatch(/^[0-9a-f]{32}$/);
  expect(record.milliseconds).toBeGreaterThan(0);
  expect(step.jobOutputs).toMatchObject({
    "clip-ids": JSON.stringify([clip.id]),
    "clip-id": clip.id,
    urls: JSON.stringify([clip.url]),
    ...{ "uploaded-count": "1", "known-count": "0", "failed-count": "0" },
    "bytes-sent": String(record.size),
  });
  for (const text of [step.summary, step.outputs.markdown]) {
    expect(text).toContain(`<a href="${clip.url}"><img src="${clip.previewGif}"`);
    expect(text).toMatch(/intro\.mp4.*2\.0 s \| 320×180 \| [\d.]+ KiB \| uploaded/);
  }
  expect(step.log).toMatch(/^Uploaded: intro\.mp4 \([\d.]+ KiB\) in .* clip [\w-]+$/m);
  expect(step.log).toContain(clip.id);
});

test("several files with parts, sent once: duplicates and a second step send nothing", async () => {
  const service = await startTestService();
  const job = await startJob();
  const large = randomBytes(11 * mebibyte);
  await job.write("out/a.mp4", large);
  await job.write("out/b.mov", randomBytes(1000));
  await job.write("out/c.mp4", large);
  const inputs = { files: "out/*.{mp4,mov}", ...inputsFor(service) };
  const first = await job.run(inputs);
  expect(first.exitCode).toBe(0);
  expect(first.outputs).toMatchObject({
    ...{ "uploaded-count": "2", "known-count": "1", "failed-count": "0" },
    "bytes-sent": String(large.length + 1000),
  });
  const records = JSON.parse(first.outputs.clips ?? "");
  expect(records.map(({ file }: { file: string }) => file)).toEqual([
    ...["out/a.mp4", "out/b.mov", "out/c.mp4"],
  ]);
  expect(records[0].md5).toBe(createHash("md5").update(large).digest("hex"));
  expect(records[0].id).toBe(records[2].id);

  const second = await job.run(inputs);
  expect(second.exitCode).toBe(0);
  expect(second.outputs).toMatchObject({ "known-count": "3", "bytes-sent": "0" });
  expect(second.outputs["clip-ids"]).toBe(first.outputs["clip-ids"]);
  expect(second.log).toContain("Known: out/a.mp4 (11.0 MiB), nothing sent, clip ");
});

// Windows has no such names.
const odd = [
  ...'two words.mp4;it\'s "quoted".mp4;take [1].mp4;{a,b}.mp4;🎬 película.mp4'.split(";"),
  ..."new\nline.mp4;::error::no.mp4;##[error]no.mp4;a](x)|<img>.mp4;@octo #1 `x`.mp4".split(";"),
  ..."100%0A.mp4;carriage\rreturn.mp4;end\u2028.mp4;--><table>.mp4;_under_ *stars*.mp4".split(";"),
];

// Windows has no such names.
test.skipIf(process.platform === "win32")(
  "names of every kind change only their own row",
  async () => {
    const service = await startTestService();
    const job = await startJob();
    for (const name of odd) await job.write(name, `video ${name}`);
    const step = await job.run({ files: "*.mp4", ...inputsFor(service) });
    expect(step).toMatchObject({ exitCode: 0, errors: [], warnings: [], openGroups: 0 });
    const records = JSON.parse(step.jobOutputs.clips ?? "");
    expect(records.map(({ file }: { file: string }) => file).sort()).toEqual([...odd].sort());
    const { clips } = await service.connect().listClips({ count: 100 });
    expect(clips.map(({ id }) => id).sort()).toEqual(
      JSON.parse(step.outputs["clip-ids"] ?? "").sort(),
    );
    for (const text of [step.summary, step.jobOutputs.markdown ?? ""]) {
      const rows = text.split("\n").filter((line) => line.startsWith("| "));
      expect(rows).toHaveLength(2 + odd.length);
      for (const row of rows) expect(row.split("|")).toHaveLength(9);
      expect(text).not.toMatch(/<img>|-->|<table>|[`@*]/);
      const tags = new Set(text.match(/<\/?[^>\s]*/g));
      expect([...tags].sort()).toEqual(["</a", "</code", "<a", "<code"]);
    }
  },
);

test.skipIf(process.platform === "win32")(
  "no name becomes a command in the line that says how a clip plays",
  async () => {
    const notes = ["There is no preview."];
    const service = await startTestService({ media: answering(readyResult({}, { notes })) });
    const job = await startJob();
    const name = "::stop-commands::x.mkv";
    await job.write(name, "video");
    const step = await job.run({ files: "*.mkv", ...inputsFor(service) });
    expect(step).toMatchObject({ exitCode: 0, errors: [], warnings: [], openGroups: 0 });
    expect(step.log).toContain(`\nPlays: ${name}: There is no preview.\n`);
    expect(step.commands.map((command) => command.name)).not.toContain("stop-commands");
  },
);

test("a path that exists is taken literally, with its brackets", async () => {
  const service = await startTestService();
  const job = await startJob();
  await job.write("take [1].mp4", "one");
  await job.write("take 1.mp4", "other");
  const step = await job.run({ files: "take [1].mp4", ...inputsFor(service) });
  expect(JSON.parse(step.outputs.clips ?? "")).toMatchObject([{ file: "take [1].mp4" }]);
});

test("an access key and token instead of the secret; mime and wait-for go to the service", async () => {
  const service = await startTestService();
  const { accessKey, accessToken } = await service.connect().signIn();
  const job = await startJob();
  await job.write("a.bin", randomBytes(100));
  const step = await job.run({
    ...{ files: "a.bin", "api-url": service.rootUrl, "app-id": service.appId },
    ...{ "access-key": accessKey, "access-token": accessToken },
    ...{ mime: "video/webm", "wait-for": "finalized" },
  });
  expect(step.exitCode).toBe(0);
  expect(step.masks).toEqual(expect.arrayContaining([accessKey, accessToken]));
  expect(step.log).not.toContain(accessKey);
  expect(step.log).not.toContain(accessToken);
  await service.settled();
  const {
    clips: [clip],
  } = await service.connect().listClips();
  expect(clip?.mime).toBe("video/webm");
  expect(JSON.parse(step.outputs.clips ?? "")[0].id).toBe(clip?.id);
});

test("secrets and signatures are masked, and no output holds one", async () => {
  const service = await startTestService();
  const job = await startJob();
  await job.write("a.mp4", randomBytes(6 * mebibyte));
  const step = await job.run({ files: "a.mp4", ...inputsFor(service) });
  // The secret, the session's key and token, and two parts' signatures.
  expect(new Set(step.masks).size).toBe(5);
  expect(step.masks).toContain(service.appSecret);
  expect(step.jobOutputs).toEqual(step.outputs);
  const unmasked = step.printed.replace(/^::add-mask::.*$/gm, "");
  for (const mask of step.masks) {
    expect(unmasked).not.toContain(mask);
    expect(JSON.stringify(step.outputs) + step.summary).not.toContain(mask);
  }
});

test("a dry run sends nothing, and says what it would send", async () => {
  const job = await startJob();
  await job.write("a.mp4", "video");
  const step = await job.run({
    ...{
      files: "a.mp4",
      "api-url": "http://127.0.0.1:9/v2.7",
      "app-id": "a",
      "app-secret": "none",
    },
    "dry-run": "true",
  });
  expect(step.exitCode).toBe(0);
  expect(step.log).toContain("Found: a.mp4 (5 bytes)");
  expect(JSON.parse(step.outputs.clips ?? "")).toMatchObject([
    { file: "a.mp4", outcome: "skipped" },
  ]);
  expect(step.outputs).toMatchObject({ "clip-ids": "[]", "clip-id": "", "uploaded-count": "0" });
});

test("the summary can be left out", async () => {
  const service = await startTestService();
  const job = await startJob();
  await job.write("a.mp4", "video");
  const step = await job.run({ files: "a.mp4", summary: "false", ...inputsFor(service) });
  expect(step).toMatchObject({ exitCode: 0, summary: "" });
});
