import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Demuxer } from "node-av/api";
import {
  FF_ENCODER_GIF,
  FF_ENCODER_LIBX264,
  FF_ENCODER_PCM_S16LE,
  FF_ENCODER_PNG,
} from "node-av/constants";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeMedia } from "../../../test/fixtures/encode-media.ts";
import { makeVideo } from "../../../test/fixtures/make-video.ts";
import { createMedia, type Media } from "../dist/index.js";
import { anyone, unhurried } from "./inspect-pictures.js";

let folder: string;
let media: Media;
let video: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipcourier-media-"));
  media = createMedia({ ...unhurried, concurrency: 2 });
  video = join(folder, "video.mp4");
  await makeVideo({
    path: video,
    container: "mp4",
    seconds: 1,
    width: 160,
    height: 120,
    rate: 10,
  });
});

afterAll(async () => {
  await media.close();
  await rm(folder, { recursive: true, force: true });
});

async function refusalOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  const result = await media.inspect(path, anyone);
  if (result.outcome !== "not-media") throw new Error(`${name} came out as ${result.outcome}`);
  return result.reason;
}

describe("what is not a video", () => {
  test("an empty file", async () => {
    expect(await refusalOf("empty.mp4", "")).toBe("the file is empty");
  });

  test.each([
    { name: "text.txt", content: "Rendered in twelve minutes.\n".repeat(100) },
    { name: "text.mp4", content: "Rendered in twelve minutes.\n".repeat(100) },
    { name: "page.html", content: "<!doctype html><title>A page</title><p>Hello" },
    { name: "one-byte.mp4", content: "x" },
    { name: "zeros.mp4", content: Buffer.alloc(200_000) },
  ])("$name", async ({ name, content }) => {
    expect(await refusalOf(name, content)).toContain("no video format");
  });

  test("random bytes, whatever FFmpeg takes them for", async () => {
    for (let round = 0; round < 5; round += 1) {
      expect(await refusalOf(`random-${round}.mp4`, randomBytes(300_000))).not.toBe("");
    }
  });

  test.each([
    { name: "still.png", encoder: FF_ENCODER_PNG, format: "rgb24", seconds: 0.1, says: "PNG" },
    { name: "moving.gif", encoder: FF_ENCODER_GIF, format: "rgb8", seconds: 1, says: "GIF" },
  ])("a picture: $name", async ({ name, encoder, format, seconds, says }) => {
    const path = join(folder, name);
    const source = `testsrc=s=160x120:r=10:d=${seconds},format=${format}`;
    await encodeMedia({ path, source, encoder });
    expect(await media.inspect(path, anyone)).toEqual({
      outcome: "not-media",
      reason: expect.stringContaining(says),
    });
  });

  test("a stream without a container, and what to do about it", async () => {
    const path = join(folder, "bare.h264");
    await encodeMedia({
      path,
      source: "testsrc=s=160x120:r=10:d=1,format=yuv420p",
      encoder: FF_ENCODER_LIBX264,
    });
    const reason = await refusalOf("bare.mp4", await readFile(path));
    expect(reason).toContain("a bare H.264 stream");
    expect(reason).toContain("`ffmpeg -i in.h264 -c copy out.mp4`");
  });

  test("sound in a container of its own", async () => {
    const path = join(folder, "sound.wav");
    await encodeMedia({ path, source: "sine=d=1", encoder: FF_ENCODER_PCM_S16LE });
    expect(await refusalOf("sound.mp4", await readFile(path))).toContain("sound only");
  });

  test("a picture that is stored as a video: AVIF", async () => {
    const bytes = await readFile(video);
    bytes.write("avif", bytes.indexOf("ftyp") + 4, "latin1");
    expect(await refusalOf("still.avif", bytes)).toContain("AVIF");
  });

  test("an MP4 that was cut off before its index was written", async () => {
    const bytes = await readFile(video);
    const reason = await refusalOf("no-index.mp4", bytes.subarray(0, bytes.indexOf("moov") - 4));
    expect(reason).toContain("QuickTime / MOV");
    expect(reason).toContain("cut off");
  });
});

describe("a file that names another file", () => {
  test.each([
    {
      kind: "HLS playlist",
      name: "list.m3u8",
      write: (target: string) =>
        `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${target}\n#EXT-X-ENDLIST\n`,
    },
    {
      kind: "list of files to join",
      name: "list.ffconcat",
      write: (target: string) => `ffconcat version 1.0\nfile ${target}\n`,
    },
  ])("$kind: the other file is not read", async ({ name, write }) => {
    const segment = join(folder, "segment.ts");
    await encodeMedia({
      path: segment,
      source: "testsrc=s=160x120:r=10:d=1,format=yuv420p",
      encoder: FF_ENCODER_LIBX264,
    });
    const list = join(folder, name);
    await writeFile(list, write(basename(segment)));
    // Followed, the list does work. Otherwise the refusal below would prove nothing.
    await using followed = await Demuxer.open(list);
    expect(followed.video()?.codecpar.width).toBe(160);

    expect((await media.inspect(list, anyone)).outcome).toBe("not-media");
    for (const disguise of [`${name}.mp4`, `${name}.ts`]) {
      await refusalOf(disguise, write(basename(segment)));
    }
  });
});
