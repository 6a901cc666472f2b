import { join } from "node:path";
import { FF_ENCODER_LIBX264 } from "node-av/constants";
import { describe, expect, test } from "vitest";
import { encodeMedia } from "../../../test/fixtures/encode-media.ts";
import { makeVideo } from "../../../test/fixtures/make-video.ts";
import { inspectPictures, openMediaFolder } from "./inspect-pictures.js";

const fast = { preset: "ultrafast" };

const { folder, media } = openMediaFolder();

describe("a video's facts and pictures", () => {
  test.each([
    { container: "mp4", codec: "h264" },
    { container: "mp4", codec: "hevc" },
    { container: "mov", codec: "h264" },
    { container: "avi", codec: "mpeg4" },
    { container: "webm", codec: "vp8" },
    { container: "webm", codec: "vp9" },
  ] as const)("$codec in $container", async ({ container, codec }) => {
    const path = join(folder, `plain-${codec}.${container}`);
    await makeVideo({ path, container, codec, seconds: 2, width: 320, height: 240, rate: 25 });
    const { facts, thumbnail, preview } = await inspectPictures(media, path);
    expect(facts).toMatchObject({ duration: expect.closeTo(2, 1), width: 320, codec });
    expect(thumbnail).toMatchObject({ width: 320, height: 240, delays: { length: 1 } });
    expect(preview).toMatchObject({ width: 320, height: 240, delays: { length: 20 } });
  });

  test("the preview of 5 s is all of it at 10 frames a second, at most 480 wide, and repeats for ever", async () => {
    const path = join(folder, "five.mp4");
    await makeVideo({
      path,
      container: "mp4",
      seconds: 5,
      width: 1600,
      height: 900,
      rate: 12,
    });
    const { facts, thumbnail, preview, gif } = await inspectPictures(media, path);
    expect(facts).toMatchObject({ duration: 5, width: 1600, height: 900, codec: "h264" });
    expect(thumbnail).toMatchObject({ width: 1280, height: 720 });
    expect(preview).toMatchObject({ width: 480, height: 270 });
    expect(preview.delays).toEqual(Array(50).fill(0.1));
    const loop = gif.indexOf("NETSCAPE2.0");
    expect(gif.readUInt16LE(loop + "NETSCAPE2.0".length + 2)).toBe(0);
  });

  test("the preview of a video with few frames keeps its speed", async () => {
    const path = join(folder, "slow.mp4");
    await makeVideo({ path, container: "mp4", seconds: 3, width: 64, height: 64, rate: 1 });
    const { preview } = await inspectPictures(media, path);
    expect(preview.delays.reduce((sum, delay) => sum + delay)).toBeCloseTo(3, 5);
  });

  test("the thumbnail skips a black beginning", async () => {
    const path = join(folder, "black.mp4");
    const black = "drawbox=c=black:t=fill:enable='lt(t,0.9)'";
    await encodeMedia({
      path,
      source: `color=orange:s=320x240:r=10:d=6,format=yuv420p,${black}`,
      encoder: FF_ENCODER_LIBX264,
      encoderOptions: fast,
    });
    const { thumbnail } = await inspectPictures(media, path);
    const { red, green, blue } = thumbnail.colorAt(160, 120);
    expect([red > 230, green > 130 && green < 190, blue < 30]).toEqual([true, true, true]);
  });
});
