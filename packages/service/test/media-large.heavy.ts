import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FF_ENCODER_LIBX264, FF_ENCODER_MPEG4 } from "node-av/constants";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeMedia } from "../../../test/fixtures/encode-media.ts";
import { makeSampleVideo } from "../../../test/fixtures/make-video.ts";
import { createMedia, type Media } from "../dist/index.js";
import { inspectPictures } from "./inspect-pictures.js";

const MiB = 1024 * 1024;

let folder: string;
let media: Media;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipcourier-media-"));
  media = createMedia({ timeLimit: 600_000 });
});

afterAll(async () => {
  await media.close();
  await rm(folder, { recursive: true, force: true });
});

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
  expect(preview.delays).toEqual(Array(40).fill(0.1));
});

test("the sample of the demo takes three parts, and its pictures are within the limits", async () => {
  const path = join(folder, "sample.mp4");
  await makeSampleVideo(path);
  const bytes = await readFile(path);
  expect(Math.ceil(bytes.length / (5 * MiB))).toBe(3);
  expect(bytes.indexOf("moov")).toBeLessThan(bytes.indexOf("mdat"));
  const { facts, gif } = await inspectPictures(media, path);
  expect(facts).toEqual({ duration: 8, width: 1280, height: 720, codec: "h264" });
  expect(gif.length).toBeLessThanOrEqual(3 * MiB);
});

test("the memory limit ends it", async () => {
  const large = join(folder, "large.avi");
  // Each frame is shown for a second, and so is scaled ten times: the memory is taken for long
  // enough to be noticed on a busy machine, too.
  await encodeMedia({
    path: large,
    source: "color=red:s=8000x8000:r=1:d=4,format=yuv420p",
    encoder: FF_ENCODER_MPEG4,
  });
  expect(await createMedia({ memoryLimit: 200 * MiB }).inspect(large)).toEqual({
    outcome: "unavailable",
    reason: "reading it took more than 200 MiB of memory",
  });
  expect(await media.inspect(large)).toMatchObject({ outcome: "ready" });
});
