import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { answerWith } from "../faults/faults.ts";
import { makePng } from "../fixtures/make-photo.ts";
import { startSpoiledService } from "../spoiled-service.ts";
import { startTestService } from "../start-service.ts";
import { isClean } from "./comment-stage.ts";
import { startJob } from "./runner.ts";
import { inputsFor, inputsThrough } from "./service-inputs.ts";

const vtt = "WEBVTT\n\n00:00.000 --> 00:04.500\nSign in\n\n00:04.500 --> 00:09.000\nPay\n";
const subtitles = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Ann>Hello";

async function start() {
  const [job, service] = await Promise.all([startJob(), startTestService()]);
  const upload = (names: string[], inputs: Record<string, string> = {}) =>
    job.run({ files: names.join("\n"), chapters: "true", ...inputs, ...inputsFor(service) });
  /** The titles of the chapters of each clip, by the name of its file. */
  const readTitles = async () => {
    const client = service.connect();
    const { clips } = await client.listClips();
    const whole = await Promise.all(clips.map(({ id }) => client.getClip(id)));
    return Object.fromEntries(
      whole.map(({ filename, chapters }) => [filename, chapters?.map(({ title }) => title)]),
    );
  };
  return { job, upload, readTitles };
}

test("each video gets the chapters beside it, also where its content is known, and photos none", async () => {
  const { job, upload, readTitles } = await start();
  const names = ["out/intro.mp4", "out/outro.v2.webm", "out/plain.mp4", "out/shot.png"];
  for (const name of names.slice(0, 3)) await job.write(name, randomBytes(100));
  await job.write("out/shot.png", makePng(64, 48));
  await upload(["out/intro.mp4"], { chapters: "false" });
  await job.write("out/intro.chapters.vtt", vtt);
  // Not these, which are beside the chapters.
  await job.write("out/intro.vtt", subtitles);
  await job.write("out/outro.v2.vtt", vtt.replace("Pay", "Leave"));
  await job.write("out/shot.vtt", vtt);
  const step = await upload(["out/*.{mp4,webm,png}"]);
  expect(step).toMatchObject({ ...isClean, outputs: { "known-count": "1" } });
  expect(step.log).toContain("Chapters: out/intro.mp4: 2 chapters of out/intro.chapters.vtt");
  expect(await readTitles()).toEqual({
    ...{ "intro.mp4": ["Sign in", "Pay"], "outro.v2.webm": ["Sign in", "Leave"] },
    ...{ "plain.mp4": undefined, "shot.png": undefined },
  });
});

test("chapters that cannot be read are a warning with their line, and all videos are uploaded", async () => {
  const { job, upload, readTitles } = await start();
  for (const name of ["a.mp4", "b.mp4", "c.mp4"]) await job.write(name, randomBytes(100));
  await job.write("a.vtt", subtitles);
  await job.write("b.vtt", `${vtt}\n00:05.000 --> 00:06.000\nOver another\n`);
  await job.write("c.vtt", vtt);
  // The damaged chapters beside it are none of its own.
  await job.write("a.png", makePng(64, 48));
  const step = await upload(["*.{mp4,png}"]);
  expect(step).toMatchObject({ exitCode: 0, errors: [], outputs: { "uploaded-count": "4" } });
  expect(step.warnings.map(({ message }) => message)).toEqual([
    "a.vtt: The chapters cannot be read: line 4: a title has no markup; write &lt; and &gt; for < and >. a.mp4 is uploaded without chapters.",
    "b.vtt: The chapters cannot be read: line 9: chapter 3: must not begin before chapter 2 ends. b.mp4 is uploaded without chapters.",
  ]);
  expect(await readTitles()).toMatchObject({ "c.mp4": ["Sign in", "Pay"] });
});

test("a service that knows no chapters is one warning for all clips of a run", async () => {
  const [job, service] = await Promise.all([startJob(), startSpoiledService()]);
  const fault = answerWith({ status: 404, headers: {}, body: "" });
  const when = { method: "POST", path: /\/chapters$/ };
  service.front.script([{ when, times: Infinity, fault }]);
  for (const name of ["a", "b", "c"]) {
    await job.write(`${name}.mp4`, randomBytes(100));
    await job.write(`${name}.vtt`, vtt);
  }
  const step = await job.run({ files: "*.mp4", chapters: "true", ...inputsThrough(service) });
  expect(step).toMatchObject({ exitCode: 0, errors: [], outputs: { "uploaded-count": "3" } });
  expect(step.warnings.map(({ message }) => message)).toEqual([
    "No chapters for 3 clips: the service does not know them.",
  ]);
  expect(step.log).toContain(
    "Chapters: b.mp4: no chapters, because the service does not know them.",
  );
});
