import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { answering, readyResult } from "../../service/test/fake-media.ts";
import { makeFolder, runCli } from "./run-cli.js";
import { startServer, startTestService } from "./start-service.js";

const vtt = "WEBVTT\n\n00:00.000 --> 00:04.500\nSign in\n\n00:04.500 --> 00:09.000\nPay\n";

test("--chapters gives a video its chapters, also where the content is known", async () => {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "intro.mp4"), randomBytes(100));
  await writeFile(path.join(cwd, "steps.vtt"), vtt);
  const uploads = [
    ["upload", "-q", "intro.mp4"],
    ["upload", "-q", "intro.mp4", "--chapters", "steps.vtt"],
  ];
  const urls: string[] = [];
  for (const args of uploads) {
    const { code, stdout, stderr } = await runCli(args, { cwd, env });
    expect([code, stderr]).toEqual([0, ""]);
    urls.push(stdout.trim());
  }
  expect(urls[0]).toBe(urls[1]);
  const facts = await (await fetch(`${urls[1]}.json`)).json();
  expect(facts).toMatchObject({
    chapters: [
      { start: 0, end: 4.5, title: "Sign in" },
      { start: 4.5, end: 9, title: "Pay" },
    ],
  });
});

const clip = { id: "c1", url: "http://127.0.0.1:1/c/c1", status: "available" };

/** What `upload --chapters` does where the service refuses the chapters. */
async function uploadRefused(status: number, message: string) {
  const row = { ...clip, preview_gif: null, thumbnail_url: null };
  const { rootUrl, requests } = await startServer(({ url = "" }, outgoing) => {
    const isRefused = url.endsWith("/chapters");
    outgoing.statusCode = isRefused ? status : 200;
    const answer = isRefused ? { error: { message }, status } : { _upload: false, data: [row] };
    outgoing.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "intro.mp4"), "a video");
  await writeFile(path.join(cwd, "steps.vtt"), vtt);
  const env = {
    ...{ CLIPCOURIER_API_URL: rootUrl, CLIPCOURIER_APP_ID: "app" },
    ...{ CLIPCOURIER_ACCESS_KEY: "key", CLIPCOURIER_ACCESS_TOKEN: "token" },
  };
  const args = ["upload", "-q", "intro.mp4", "--chapters", "steps.vtt"];
  return { requests, ...(await runCli(args, { cwd, env })) };
}

test("a service that knows no chapters is told, and the clip is there", async () => {
  const { code, stdout, stderr, requests } = await uploadRefused(404, "There is nothing here.");
  expect([code, stdout]).toEqual([0, `${clip.url}\n`]);
  expect(stderr).toContain("intro.mp4: no chapters, because the service does not know them.");
  expect(requests).toContainEqual(expect.stringMatching(/^POST \S*\/me\/videoclips\/c1\/chapters/));
});

test("chapters of several videos are refused before anything is uploaded", async () => {
  const cwd = await makeFolder();
  for (const name of ["intro.mp4", "outro.mp4"]) await writeFile(path.join(cwd, name), name);
  await writeFile(path.join(cwd, "steps.vtt"), vtt);
  const args = ["upload", "intro.mp4", "outro.mp4", "--chapters", "steps.vtt"];
  const { code, stdout, stderr } = await runCli(args, { cwd });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("--chapters belongs to one video, and 2 were found.");
  expect(stderr).toContain("Nothing was uploaded.");
});

test.each([
  ["none.vtt", "There is no file none.vtt."],
  [
    "bad.vtt",
    "bad.vtt: The chapters cannot be read: line 4: a cue needs its times here, such as 00:00.000 --> 00:04.500.",
  ],
])("chapters in %s are told and no reason to lose the upload", async (chapters, problem) => {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "intro.mp4"), "a video");
  await writeFile(path.join(cwd, "bad.vtt"), "WEBVTT\n\nSign in");
  const args = ["upload", "-q", "intro.mp4", "--chapters", chapters];
  const { code, stdout, stderr } = await runCli(args, { cwd, env });
  expect(code).toBe(1);
  expect((await fetch(stdout.trim())).status).toBe(200);
  expect(stderr).toContain(`${problem} The clip gets none of its chapters;`);
});

test("chapters that a service refuses are told, and the clip is there", async () => {
  const { code, stdout, stderr } = await uploadRefused(400, "chapters: a photo has none.");
  expect([code, stdout]).toEqual([1, `${clip.url}\n`]);
  expect(stderr).toContain("intro.mp4: no chapters: ");
  expect(stderr).toContain("a photo has none.");
});

test("chapters after the end of the video, and those for a picture, are told", async () => {
  const { env } = await startTestService({ media: answering(readyResult({ duration: 4 })) });
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "intro.mp4"), "a video");
  await writeFile(path.join(cwd, "shot.png"), Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
  await writeFile(path.join(cwd, "steps.vtt"), vtt);
  const upload = (file: string) =>
    runCli(["upload", "-q", file, "--chapters", "steps.vtt"], { cwd, env });
  const late = await upload("intro.mp4");
  expect([late.code, late.stderr]).toEqual([
    0,
    expect.stringContaining(
      "intro.mp4: a chapter begins after its end. Are they of another video?",
    ),
  ]);
  const photo = await upload("shot.png");
  expect([photo.code, photo.stderr]).toEqual([
    1,
    expect.stringContaining("shot.png: no chapters, because it is a picture, which has no times."),
  ]);
});
