import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { FF_ENCODER_LIBX264, FF_ENCODER_PNG } from "node-av/constants";
import { expect, test } from "vitest";
import { encodeMedia } from "../../../test/fixtures/encode-media.ts";
import { makeSampleVideo } from "../../../test/fixtures/make-video.ts";
import { createMedia } from "../dist/index.js";
import { anyone, inspectPictures, openMediaFolder, unhurried } from "./inspect-pictures.js";

const MiB = 1024 * 1024;

const { folder, media } = openMediaFolder();

test("a preview of pure noise is made smaller until it fits", async () => {
  const path = join(folder, "noise.mp4");
  await encodeMedia({
    path,
    source: "color=gray:s=640x640:r=25:d=5,format=yuv420p,noise=alls=100:allf=t",
    encoder: FF_ENCODER_LIBX264,
    encoderOptions: { preset: "ultrafast", crf: "10" },
  });
  const { preview, gif } = await inspectPictures(media, path);
  expect(gif.length).toBeLessThanOrEqual(3 * MiB);
  expect(gif.length).toBeGreaterThan(MiB / 4);
  expect(preview.width).toBeLessThan(480);
  expect(preview.delays).toEqual(Array(50).fill(0.1));
});

test("the sample of the demo takes three parts, and its pictures are within the limits", async () => {
  const path = join(folder, "sample.mp4");
  await makeSampleVideo(path);
  const bytes = await readFile(path);
  expect(Math.ceil(bytes.length / (5 * MiB))).toBe(3);
  expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
  const { facts, gif } = await inspectPictures(media, path);
  expect(facts).toMatchObject({ duration: 8, width: 1280, height: 720, codec: "h264" });
  expect(gif.length).toBeLessThanOrEqual(3 * MiB);
});

test("hostile sizes: the facts at once, and pictures where they can be had", async () => {
  const path = join(folder, "square.mp4");
  await encodeMedia({
    path,
    source: "testsrc2=s=8192x8192:r=1:d=2,format=yuv420p",
    encoder: FF_ENCODER_LIBX264,
    encoderOptions: { preset: "ultrafast" },
  });
  const square = await createMedia().inspect(path, anyone);
  expect(square).toMatchObject({
    outcome: "ready",
    facts: { width: 8192, height: 8192, codec: "h264" },
    pictures: { thumbnail: expect.anything(), gif: expect.anything() },
    notes: [expect.stringContaining("key frames alone, because a frame of 8192×8192")],
  });
  const picture = join(folder, "picture.mov");
  const source = "color=gray:s=16000x16000:r=1:d=1,format=rgb24";
  await encodeMedia({ path: picture, source, encoder: FF_ENCODER_PNG });
  expect(await createMedia().inspect(picture, anyone)).toMatchObject({
    outcome: "ready",
    facts: { width: 16_000, height: 16_000, codec: "png" },
    playback: { kind: "never" },
    pictures: { thumbnail: null, gif: null, webp: null, storyboard: null },
    notes: ["No pictures: a frame of 16000×16000 is too large to be decoded."],
  });
});

test("the memory limit ends it, and says so", async () => {
  const path = join(folder, "large.mp4");
  await encodeMedia({
    path,
    source: "testsrc2=s=4800x4800:r=10:d=2,format=yuv420p",
    encoder: FF_ENCODER_LIBX264,
    encoderOptions: { preset: "ultrafast" },
  });
  const tight = await createMedia({ ...unhurried, memoryLimit: 220 * MiB }).inspect(path, anyone);
  expect(tight).toMatchObject({ outcome: "ready", facts: { width: 4800, codec: "h264" } });
  const notes = tight.outcome === "ready" ? tight.notes.join() : "";
  expect(notes).toContain("reading it took more than 220 MiB of memory");
  expect(await media.inspect(path, anyone)).toMatchObject({ outcome: "ready", notes: [] });
});
