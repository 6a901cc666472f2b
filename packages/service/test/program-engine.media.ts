import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMedia, type Media } from "../dist/index.js";
import type { Engine, FrameRequest, OpenedVideo, RawFrame } from "../dist/media/engine/engine.js";
import { checkProgram } from "../dist/media/engine/ffmpeg/check-program.js";
import { createProgramEngine } from "../dist/media/engine/ffmpeg/program-engine.js";
import { createNodeAvEngine } from "../dist/media/engine/node-av/node-av-engine.js";
import { readOrientation } from "../dist/media/orientation.js";
import { pictureFilter, renditionFilter } from "../dist/media/picture-filter.js";
import { openSource } from "../dist/media/source.js";
import { debian, ffmpeg, installFfmpeg, makeVideos } from "./engine-videos.ts";
import { anyone, inspectPictures, unhurried } from "./inspect-pictures.js";

const size = { width: 160, height: 90 };
const none = Buffer.alloc(0);

let folder: string;
let names: string[];
let program: Engine;
const nodeAv = createNodeAvEngine();

beforeAll(async () => {
  installFfmpeg();
  folder = await mkdtemp(join(tmpdir(), "clipcourier-engines-"));
  names = await makeVideos(folder);
  program = createProgramEngine((await checkProgram(debian.ffmpeg)).program, 2 ** 31);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const path = (name: string): string => join(folder, name);

async function open(engine: Engine, name: string): Promise<OpenedVideo> {
  return engine.open(await openSource(path(name)));
}

type Passage = Pick<FrameRequest, "start" | "length"> & Partial<FrameRequest>;

async function take(video: OpenedVideo, passage: Passage): Promise<RawFrame[]> {
  const frames: RawFrame[] = [];
  const filter = pictureFilter(video.probe.video, size);
  const usual = { rate: 10, filter, sequential: null, ...size, effort: "full" } as const;
  for await (const frame of video.frames({ ...usual, ...passage })) {
    // The next one may be in the same memory.
    frames.push({ ...frame, data: Uint8Array.from(frame.data) });
  }
  return frames;
}

/** The mean difference of two pictures, of 255. */
function difference(one: Uint8Array, other: Uint8Array): number {
  expect(one.length).toBe(other.length);
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) / one.length;
}

/** Every frame of a file as Debian's ffmpeg shows it, and the seconds at which it begins. */
async function decodeAll(name: string, filter: string) {
  const shown = "frame=best_effort_timestamp_time";
  const select = ["-select_streams", "v:0", "-show_entries", shown, "-of", "csv=p=0"];
  const { stdout } = await promisify(execFile)(debian.ffprobe, [
    "-v",
    "quiet",
    ...select,
    path(name),
  ]);
  const times = stdout.split("\n").filter(Boolean).map(Number.parseFloat);
  const raw = await ffmpeg([
    ...["-noautorotate", "-i", path(name), "-map", "0:v:0", "-vf", filter, "-vsync", "passthrough"],
    ...["-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"],
  ]);
  const bytes = size.width * size.height * 3;
  return times.map((time, index) => ({
    at: time - (times[0] ?? 0),
    data: raw.subarray(index * bytes, (index + 1) * bytes),
  }));
}

/** The bytes of a file after what is done to the last box of an MP4 that has this name: brands come before. */
async function alter(name: string, box: string, change: (bytes: Buffer, at: number) => void) {
  const bytes = await readFile(path(name));
  change(bytes, bytes.lastIndexOf(box));
  return bytes;
}

/** No decoder is for what has this name. */
const spoilName = (bytes: Buffer, at: number) => void bytes.write("zzzz", at, "latin1");

/** Nothing is left of the content of the box. */
const spoilContent = (bytes: Buffer, at: number) =>
  void bytes.fill(0, at + 4, at - 4 + bytes.readUInt32BE(at - 4));

test("both find the same facts in every kind of file", async () => {
  expect(names.length).toBeGreaterThan(12);
  for (const name of names) {
    await using one = await open(nodeAv, name);
    await using other = await open(program, name);
    expect({ name, ...other.probe }).toEqual({ name, ...one.probe });
  }
});

test("each gives the frame that is displayed at any time", async () => {
  for (const name of [
    "h264-aac.mp4",
    "late.ts",
    "interlaced.mpg",
    "uneven.mkv",
    "sound-first.mp4",
  ]) {
    await using video = await open(program, name);
    const frames = await decodeAll(name, pictureFilter(video.probe.video, size));
    for (const start of [0, 0.3, 0.81, 1.23, 2, 2.43, 2.97, 40]) {
      const shown = frames.findLast(({ at }) => at <= start + 1e-4);
      const [frame, ...more] = await take(video, { start, length: 0 });
      expect(more).toEqual([]);
      const distance = difference(frame?.data ?? none, shown?.data ?? none);
      expect({ name, start, isThat: distance < 0.5 }).toEqual({ name, start, isThat: true });
    }
  }
});

test("both give the same frames of a passage", async () => {
  // A damaged frame is left out by one of them and mended by the other.
  for (const name of names.filter((each) => each !== "damaged.ts")) {
    await using one = await open(nodeAv, name);
    await using other = await open(program, name);
    const passage = { start: 0, length: 2 };
    const [expected, given] = [await take(one, passage), await take(other, passage)];
    expect({ name, count: given.length }).toEqual({ name, count: expected.length });
    expect(given.map(({ at }) => at)).toEqual(given.map((_, index) => index / 10));
    const distances = given.map(({ data }, index) =>
      difference(data, expected[index]?.data ?? none),
    );
    expect({ name, isAlike: Math.max(...distances) < 1 }).toEqual({ name, isAlike: true });
  }
});

test("both give the same key frames where little may be spent", async () => {
  for (const name of ["h264-aac.mp4", "hevc.mov", "mpeg4-mp3.avi", "vp9-opus.webm"]) {
    await using one = await open(nodeAv, name);
    await using other = await open(program, name);
    for (const rate of [0.4, 1, 5]) {
      const passage = { start: 0, length: 3, rate, effort: "cheap" } as const;
      const [expected, given] = [await take(one, passage), await take(other, passage)];
      expect({ name, rate, count: given.length }).toEqual({ name, rate, count: expected.length });
      for (const [index, { data }] of given.entries()) {
        expect(difference(data, expected[index]?.data ?? none)).toBeLessThan(1);
      }
    }
  }
});

test("a damaged video gives frames, and what cannot be decoded gives a reason", async () => {
  await using damaged = await open(program, "damaged.ts");
  expect(await take(damaged, { start: 0, length: 2 })).toHaveLength(20);
  await expect(
    take(damaged, { start: 0, length: 2, filter: "a-filter-that-is-not-there" }),
  ).rejects.toThrow("No such filter: 'a-filter-that-is-not-there'");
});

describe("renditions", () => {
  const size = { width: 160, height: 90 };
  const copy = { video: "copy", audio: "copy", filter: "null", size } as const;

  test("one of a turned video is upright, and says nothing about turning", async () => {
    await using video = await open(program, "turned.mp4");
    const upright = { width: 90, height: 160 };
    const filter = renditionFilter(video.probe.video, upright);
    const encoded = { video: "h264", audio: "aac", filter, size: upright } as const;
    const conversion = { ...encoded, byteLimit: 2 ** 30 };
    await video.convert(conversion, path("rendition.mp4"));
    await using made = await open(program, "rendition.mp4");
    expect(made.probe).toMatchObject({
      brand: "isom",
      duration: expect.closeTo(3, 0),
      video: { codec: "h264", pixelFormat: "yuv420p", width: 90, height: 160, matrix: "bt709" },
      audio: { codec: "aac", channels: 2 },
    });
    expect(readOrientation(made.probe.video.displayMatrix).filter).toBe("null");
    // The index comes first, so that it plays while it is loaded.
    const head = (await readFile(path("rendition.mp4"))).toString("latin1");
    expect(head.indexOf("moov")).toBeLessThan(head.indexOf("mdat"));
    const [original] = await take(video, { start: 1, length: 0 });
    const [rendered] = await take(made, { start: 1, length: 0 });
    expect(difference(original?.data ?? none, rendered?.data ?? none)).toBeLessThan(12);
  });

  test("what browsers play is copied, not encoded again", async () => {
    await using video = await open(program, "late.ts");
    await video.convert({ ...copy, byteLimit: 2 ** 30 }, path("copy.mp4"));
    await using made = await open(program, "copy.mp4");
    expect(made.probe.video.codec).toBe("h264");
    const hash = async (name: string): Promise<string> =>
      (await ffmpeg(["-i", path(name), "-map", "0:v", "-f", "md5", "pipe:1"])).toString();
    expect(await hash("copy.mp4")).toBe(await hash("late.ts"));
  });

  test("one that grows too large fails", async () => {
    await using video = await open(program, "h264-aac.mp4");
    await expect(video.convert({ ...copy, byteLimit: 50_000 }, path("large.mp4"))).rejects.toThrow(
      "it would be larger than 50000 bytes",
    );
  });
});

describe("whole files", () => {
  let byPackage: Media;
  let byProgram: Media;

  beforeAll(() => {
    byPackage = createMedia(unhurried);
    byProgram = createMedia({ ...unhurried, ffmpeg: debian.ffmpeg });
  });

  test("the same pictures, of the same size, for as long", async () => {
    for (const name of ["turned.mp4", "anamorphic.mp4", "unstated.webm"]) {
      const one = await inspectPictures(byPackage, path(name));
      const other = await inspectPictures(byProgram, path(name));
      expect(other.facts).toEqual(one.facts);
      for (const kind of ["thumbnail", "preview"] as const) {
        const { codec, width, height, delays } = one[kind];
        expect({ name, ...other[kind] }).toMatchObject({ name, codec, width, height, delays });
        const points = [0.1, 0.35, 0.6, 0.9].map((part) => [part * width, part * height] as const);
        for (const [x, y] of points.map((point) => point.map(Math.floor))) {
          const expected = one[kind].colorAt(x ?? 0, y ?? 0);
          const given = other[kind].colorAt(x ?? 0, y ?? 0);
          expect(Math.abs(given.red - expected.red)).toBeLessThan(24);
          expect(Math.abs(given.green - expected.green)).toBeLessThan(24);
          expect(Math.abs(given.blue - expected.blue)).toBeLessThan(24);
        }
      }
    }
  });

  test("the same verdicts on what cannot be decoded, and no picture of it", async () => {
    await writeFile(path("no-decoder.mp4"), await alter("h264-aac.mp4", "avc1", spoilName));
    await writeFile(path("no-frame.mp4"), await alter("h264-aac.mp4", "mdat", spoilContent));
    for (const media of [byPackage, byProgram]) {
      for (const [name, reason] of [
        ["no-decoder.mp4", "FFmpeg has no decoder for the old video"],
        ["no-frame.mp4", "no frame of the old video can be decoded"],
      ] as const) {
        const compared = await media.compare?.(path(name), path("turned.mp4"), anyone);
        expect(compared).toMatchObject({
          ...{ outcome: "ready", diff: { verdict: "cannot-tell", reason } },
        });
        const inspected = await media.inspect(path(name), anyone);
        expect(inspected).toMatchObject({ outcome: "ready", pictures: {} });
        expect(JSON.stringify(inspected)).toContain("No pictures: the video cannot be decoded");
      }
    }
  });

  test("the same refusals, in the same words", async () => {
    await writeFile(path("empty.mp4"), "");
    await writeFile(
      path("text.mp4"),
      "This is no video, but a text that is called one.".repeat(99),
    );
    await ffmpeg(["-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", path("sound.m4a")]);
    await ffmpeg(["-f", "lavfi", "-i", "testsrc2=duration=0.04", path("picture.png")]);
    const whole = await ffmpeg([
      "-i",
      path("hevc.mov"),
      "-c",
      "copy",
      "-f",
      "h264",
      "pipe:1",
    ]).catch(() => ffmpeg(["-i", path("hevc.mov"), "-c", "copy", "-f", "hevc", "pipe:1"]));
    await writeFile(path("raw.mp4"), whole);
    for (const name of ["empty.mp4", "text.mp4", "sound.m4a", "picture.png", "raw.mp4"]) {
      const expected = await byPackage.inspect(path(name), anyone);
      expect(expected.outcome).toBe("not-media");
      expect(await byProgram.inspect(path(name), anyone)).toEqual(expected);
    }
  });
});
