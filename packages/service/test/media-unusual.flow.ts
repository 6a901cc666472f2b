import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  FF_ENCODER_AAC,
  FF_ENCODER_LIBVPX_VP9,
  FF_ENCODER_LIBX264,
  FF_ENCODER_MPEG4,
  FF_ENCODER_QTRLE,
} from "node-av/constants";
import { describe, expect, test } from "vitest";
import { encodeMedia } from "../../../test/fixtures/encode-media.ts";
import { makeVideo } from "../../../test/fixtures/make-video.ts";
import { anyone, inspectPictures, inspectReady, openMediaFolder } from "./inspect-pictures.js";

const GiB = 1024 ** 3;
const fast = { preset: "ultrafast" };

const { folder, media } = openMediaFolder();

describe("an unusual video", () => {
  test("a single frame", async () => {
    const path = join(folder, "one.mp4");
    await makeVideo({ path, container: "mp4", seconds: 0.04, width: 320, height: 240, rate: 25 });
    const { facts, preview } = await inspectPictures(media, path);
    expect(facts.duration).toBeCloseTo(0.04, 3);
    expect(preview.delays).toHaveLength(1);
  });

  test("odd sides", async () => {
    const path = join(folder, "odd.avi");
    await makeVideo({ path, container: "avi", seconds: 1, width: 641, height: 361, rate: 10 });
    const { facts, thumbnail, preview } = await inspectPictures(media, path);
    expect(facts).toMatchObject({ width: 641, height: 361 });
    expect(thumbnail).toMatchObject({ width: 640, height: 360 });
    expect(preview).toMatchObject({ width: 480, height: 270 });
  });

  test("two pixels by two", async () => {
    const path = join(folder, "tiny.mp4");
    await encodeMedia({
      path,
      source: "color=red:s=2x2:r=10:d=1,format=yuv420p",
      encoder: FF_ENCODER_LIBX264,
      encoderOptions: fast,
    });
    const { facts, thumbnail, preview } = await inspectPictures(media, path);
    expect(facts).toMatchObject({ width: 2, height: 2 });
    expect(thumbnail).toMatchObject({ width: 2, height: 2 });
    expect(preview).toMatchObject({ width: 2, height: 2 });
  });

  test("recorded upright: rotated as the matrix in the file says", async () => {
    const path = join(folder, "upright.mp4");
    const redThenBlue = "color=red:s=320x240:r=10:d=1,drawbox=x=160:w=160:h=240:c=blue:t=fill";
    await encodeMedia({
      path,
      source: `${redThenBlue},format=yuv420p`,
      encoder: FF_ENCODER_LIBX264,
      encoderOptions: fast,
    });
    await turnClockwise(path);
    const { facts, thumbnail, preview } = await inspectPictures(media, path);
    expect(facts).toMatchObject({ width: 240, height: 320 });
    for (const picture of [thumbnail, preview]) {
      expect(picture).toMatchObject({ width: 240, height: 320 });
      expect(picture.colorAt(120, 40).red).toBeGreaterThan(200);
      expect(picture.colorAt(120, 280).blue).toBeGreaterThan(200);
    }
  });

  test("pixels that are not square: shown at their true shape", async () => {
    const path = join(folder, "anamorphic.mp4");
    await encodeMedia({
      path,
      source: "testsrc=s=720x576:r=10:d=1,format=yuv420p,setsar=16/11",
      encoder: FF_ENCODER_LIBX264,
      encoderOptions: fast,
    });
    const { facts, thumbnail } = await inspectPictures(media, path);
    expect(facts).toMatchObject({ width: 1047, height: 576 });
    expect(thumbnail).toMatchObject({ width: 1046, height: 576 });
  });

  test.each([
    {
      name: "10 bits a colour",
      file: "deep.mp4",
      format: "yuv420p10le",
      encoder: FF_ENCODER_LIBX264,
    },
    {
      name: "transparent WebM",
      file: "alpha.webm",
      format: "yuva420p",
      encoder: FF_ENCODER_LIBVPX_VP9,
    },
    { name: "transparent MOV", file: "alpha.mov", format: "argb", encoder: FF_ENCODER_QTRLE },
  ])("$name", async ({ file, format, encoder }) => {
    const path = join(folder, file);
    await encodeMedia({
      path,
      source: `testsrc=s=320x240:r=10:d=1,format=${format}`,
      encoder,
    });
    const { facts, preview } = await inspectPictures(media, path);
    expect(facts).toMatchObject({ duration: expect.closeTo(1, 1), width: 320, height: 240 });
    expect(preview.delays).toHaveLength(10);
  });

  test("without a duration, as browsers record: the frames are counted", async () => {
    const path = join(folder, "recorded.webm");
    await makeVideo({ path, container: "webm", seconds: 2, width: 160, height: 120, rate: 25 });
    await eraseDuration(path);
    const { facts } = await inspectPictures(media, path);
    expect(facts.duration).toBeCloseTo(2, 1);
  });

  test("a tebibyte long: only its beginning is read", async () => {
    const path = join(folder, "huge.mp4");
    await makeVideo({ path, container: "mp4", seconds: 1, width: 160, height: 120, rate: 25 });
    // Reading all of it would take minutes, more than a file is given. Windows writes zeros.
    await truncate(path, process.platform === "win32" ? 5 * GiB : 1024 * GiB);
    const { facts } = await inspectPictures(media, path);
    expect(facts).toMatchObject({ duration: 1, width: 160 });
    await rm(path);
  });

  test("cut off in the middle: its beginning is shown", async () => {
    const whole = join(folder, "whole.mp4");
    const path = join(folder, "cut.mp4");
    await encodeMedia({
      path: whole,
      source: "testsrc=s=640x480:r=25:d=8,format=yuv420p",
      encoder: FF_ENCODER_MPEG4,
      containerOptions: { movflags: "+faststart" },
    });
    const bytes = await readFile(whole);
    await writeFile(path, bytes.subarray(0, bytes.indexOf("mdat") + 40_000));
    const { facts, preview } = await inspectPictures(media, path);
    expect(facts).toMatchObject({ duration: 8, width: 640, height: 480, codec: "mpeg4" });
    expect(preview.delays.length).toBeGreaterThan(0);
    expect(preview.delays.length).toBeLessThan(40);
  });

  test("broken frames: facts, no pictures, and a note", async () => {
    const path = join(folder, "broken.mp4");
    await makeVideo({ path, container: "mp4", seconds: 1, width: 320, height: 240, rate: 25 });
    const bytes = await readFile(path);
    const data = bytes.indexOf("mdat") + 4;
    await writeFile(path, bytes.fill(0x55, data, data + bytes.readUInt32BE(data - 8) - 8));
    expect(await inspectReady(media, path)).toMatchObject({
      outcome: "ready",
      facts: { duration: 1, width: 320, height: 240, codec: "h264" },
      pictures: { thumbnail: null, gif: null },
      notes: [expect.stringContaining("cannot be decoded")],
    });
  });

  test("an unknown codec: facts, no pictures, and a note", async () => {
    const path = join(folder, "unknown.mp4");
    await makeVideo({ path, container: "mp4", seconds: 1, width: 320, height: 240, rate: 25 });
    const bytes = await readFile(path);
    bytes.write("qqqq", bytes.indexOf("avc1", bytes.indexOf("stsd")), "latin1");
    await writeFile(path, bytes);
    expect(await inspectReady(media, path)).toMatchObject({
      outcome: "ready",
      facts: { duration: 1, width: 320, height: 240, codec: null },
      pictures: { thumbnail: null, gif: null },
      notes: [expect.stringContaining("cannot be decoded")],
    });
  });

  test("sound alone is not a video", async () => {
    const path = join(folder, "sound.mp4");
    await encodeMedia({
      path,
      source: "sine=d=1",
      encoder: FF_ENCODER_AAC,
    });
    expect(await media.inspect(path, anyone)).toEqual({
      outcome: "not-media",
      reason: expect.stringContaining("without a video track"),
    });
  });
});

/** Writes the display matrix of a phone that was held upright into an MP4's track header. */
async function turnClockwise(path: string): Promise<void> {
  const bytes = await readFile(path);
  const matrix = bytes.indexOf("tkhd") + 44;
  const one = 0x10000;
  const values = [0, one, 0, -one, 0, 0, 240 * one, 0, 0x40000000];
  for (const [index, value] of values.entries()) bytes.writeInt32BE(value, matrix + index * 4);
  await writeFile(path, bytes);
}

/** Turns the Duration element of a WebM file into a Void one of the same length. */
async function eraseDuration(path: string): Promise<void> {
  const bytes = await readFile(path);
  const duration = bytes.indexOf(Buffer.from("448988", "hex"));
  bytes.set([0xec, 0x89], duration);
  await writeFile(path, bytes);
}
