import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FF_ENCODER_LIBVPX_VP9, FF_ENCODER_LIBX264 } from "node-av/constants";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ComparedBy, compareMedia } from "../../../test/fixtures/compare-media.ts";
import { encodeMedia } from "../../../test/fixtures/encode-media.ts";
import { readPicture } from "../../../test/fixtures/read-picture.ts";
import { createMedia, type Media } from "../dist/index.js";

/** Of all videos here: frames a second, and pixels. */
const rate = 25;
const size = "480x272";

/** Pixels of a tile of the comparison: these videos are compared at their own size. */
const tile = 8;

let folder: string;
let media: Media;
let plain: string;

/** The test card for some seconds, after filters. */
async function make(name: string, filters: readonly string[] = [], crf = 20): Promise<string> {
  const path = join(folder, name);
  const isWebm = name.endsWith(".webm");
  await encodeMedia({
    path,
    source: [`testsrc2=duration=2:size=${size}:rate=${rate}`, ...filters, "format=yuv420p"].join(
      ",",
    ),
    encoder: isWebm ? FF_ENCODER_LIBVPX_VP9 : FF_ENCODER_LIBX264,
    encoderOptions: isWebm
      ? { deadline: "realtime", "cpu-used": "6", b: "1500000" }
      : { preset: "ultrafast", crf: String(crf) },
  });
  return path;
}

const diff = (old: string, now: string, options?: ComparedBy) =>
  compareMedia(media, old, now, options);

/** A box in the colours of nothing else in the card, from a frame to another. */
function box(from: number, to: number): string {
  return `drawbox=x=48:y=176:w=96:h=64:c=0x404040:t=fill:enable='between(n,${from},${to - 1})'`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipcourier-diff-"));
  media = createMedia({ comparisonTimeLimit: 600_000 });
  plain = await make("plain.mp4");
});

afterAll(async () => {
  await media.close();
  await rm(folder, { recursive: true, force: true });
});

describe("what has not changed", () => {
  test("is the same where the bytes are, without FFmpeg", async () => {
    const copy = join(folder, "copy.mp4");
    await copyFile(plain, copy);
    const blind = createMedia({ ffmpeg: join(folder, "no-ffmpeg") });
    const result = await blind.compare?.(plain, copy, { account: "acc" });
    expect(result).toMatchObject({ outcome: "ready", diff: { verdict: "same", ranges: [] } });
  });

  test("is found in bytes of one length that are others", async () => {
    const bytes = await readFile(plain);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const other = join(folder, "one-bit.mp4");
    await writeFile(other, bytes);
    expect(await diff(plain, other)).toMatchObject({ old: { width: 480 }, ranges: [] });
  });

  test.each([
    ["worse", "worse.mp4", [], 34],
    ["by another codec", "vp9.webm", [], 0],
    ["half as large", "half.mp4", ["scale=240:136"], 20],
    ["with every frame twice", "fifty.mp4", ["fps=50"], 20],
  ] as const)("is found in a video that was encoded anew, %s", async (_, name, filters, crf) => {
    expect(await diff(plain, await make(name, filters, crf))).toMatchObject({
      verdict: "re-encoded",
      ranges: [],
    });
  });

  test("is found in a recording that begins late and stalls, with the delay", async () => {
    const now = await make("late.mp4", [
      "tpad=start=10:start_mode=clone",
      `loop=loop=15:size=1:start=30,setpts=N/${rate}/TB`,
    ]);
    const found = await diff(plain, now);
    expect(found).toMatchObject({ ranges: [], delay: { start: 0.4, most: 1 } });
    expect(["same", "re-encoded"]).toContain(found.verdict);
  });
});

test("what is the same is told to come later where a stall is long, and what is short to be at one time", async () => {
  const stalled = await make("stalled.mp4", ["loop=loop=40:size=1:start=25"]);
  const same = await diff(plain, stalled);
  expect(same).toMatchObject({ verdict: "re-encoded", ranges: [], delay: { most: 1.6 } });
  expect(same.summary).toMatch(/\. It comes up to 1\.6 s later\.$/);
  const short = await diff(plain, await make("one-frame.mp4", ["negate=enable='eq(n,30)'"]));
  expect(short.summary).toMatch(/^Changed at 0:01\.2, \d+ % of the picture\.$/);
});

describe("what has changed", () => {
  test.each([
    ["for a while", 20, 38],
    ["in one frame", 26, 27],
    ["from the beginning", 0, 15],
    ["until the end", 35, 50],
  ])("is found within a frame and a tile, %s", async (title, from, to) => {
    const now = await make(`box-${title.replaceAll(" ", "-")}.mp4`, [box(from, to)]);
    const { verdict, ranges } = await diff(plain, now);
    expect(verdict).toBe("changed");
    expect(ranges).toHaveLength(1);
    const [range] = ranges;
    for (const span of [range?.old, range?.new]) {
      expect(Math.abs((span?.from ?? 9) - from / rate)).toBeLessThan(1.01 / rate);
      expect(Math.abs((span?.to ?? 9) - to / rate)).toBeLessThan(1.01 / rate);
    }
    const [{ x = 0, y = 0, width = 0, height = 0 } = {}] = range?.regions ?? [];
    for (const [found, real] of [
      [x, 48],
      [y, 176],
      [x + width, 144],
      [y + height, 240],
    ] as const) {
      expect(Math.abs(found - real)).toBeLessThanOrEqual(tile);
    }
    // The box, with up to a tile around it.
    expect((range?.share ?? 0) * 480 * 272).toBeGreaterThan((96 - tile) * (64 - tile));
    expect((range?.share ?? 1) * 480 * 272).toBeLessThan((96 + 2 * tile) * (64 + 2 * tile));
  });

  test("is not looked for in boxes that are ignored, in pixels and in shares", async () => {
    const now = await make("ignored.mp4", [box(20, 38)]);
    const pixels = { x: 48, y: 176, width: 96, height: 64, unit: "pixel" } as const;
    const shares = { x: 0.1, y: 0.64, width: 0.2, height: 0.25, unit: "share" } as const;
    expect(await diff(plain, now, { ignore: [pixels] })).toMatchObject({ ranges: [] });
    expect(await diff(plain, now, { ignore: [shares] })).toMatchObject({ ranges: [] });
    const above = { ...pixels, y: 0 };
    expect(await diff(plain, now, { ignore: [above] })).toMatchObject({ verdict: "changed" });
  });

  test("is the whole picture where its colours are others", async () => {
    const { verdict, ranges } = await diff(plain, await make("bright.mp4", ["eq=brightness=0.08"]));
    expect(verdict).toBe("changed");
    expect(ranges[0]?.share).toBeGreaterThan(0.9);
  });

  test("is the length, at the end", async () => {
    const short = await make("short.mp4", ["trim=duration=1.2"]);
    expect(await diff(plain, short)).toMatchObject({
      verdict: "shorter",
      ranges: [{ kind: "removed", new: { from: 1.2, to: 1.2 } }],
    });
    expect(await diff(short, plain)).toMatchObject({
      verdict: "longer",
      ranges: [{ kind: "added", old: { from: 1.2, to: 1.2 }, new: { to: 2 } }],
    });
  });

  // The card moves in each frame, so that a frame is like those beside it and unlike all others.
  test.each([
    ["all but the beginning", "lt(n,10)", "shorter", "longer", [0.4, 2]],
    ["all but the end", "gte(n,35)", "shorter", "longer", [0, 1.4]],
    ["a piece in the middle", "lt(n,15)+gte(n,30)", "changed", "changed", [0.6, 1.2]],
  ])("is exactly what one of them lacks: %s", async (name, kept, lacking, having, [from, to]) => {
    const filters = [`select='${kept}'`, `setpts=N/${rate}/TB`];
    const cut = await make(`${name.replaceAll(" ", "-")}.mp4`, filters);
    const [there, nowhere] = [
      { from, to },
      { from, to: from },
    ];
    expect(await diff(plain, cut)).toMatchObject({
      verdict: lacking,
      ranges: [{ kind: "removed", old: there, new: nowhere }],
    });
    expect(await diff(cut, plain)).toMatchObject({
      verdict: having,
      ranges: [{ kind: "added", old: nowhere, new: there }],
    });
  });

  test("is everything, in another video", async () => {
    const other = await make("other.mp4", ["hflip,vflip,negate,rotate=1"]);
    expect(await diff(plain, other)).toMatchObject({ verdict: "different" });
  });

  test("is drawn: old, new and difference beside each other, as a GIF", async () => {
    const now = await make("drawn.mp4", [box(20, 38)]);
    const result = await media.compare?.(plain, now, { account: "acc", picture: true });
    if (result?.outcome !== "ready" || !result.picture) throw new Error("no picture");
    const { width, height } = await readPicture(result.picture);
    expect(width).toBeGreaterThan(4 * height);
  });
});

describe("what cannot be told", () => {
  test("has a reason: a video that was cut off", async () => {
    const cut = await make("cut.webm");
    await truncate(cut, 12_000);
    const { verdict, reason } = await diff(plain, cut);
    expect(verdict).toBe("cannot-tell");
    expect(reason).toContain("the new video");
  });

  test("has a reason: too little time", async () => {
    const hurried = createMedia({ comparisonTimeLimit: 1 });
    const result = await hurried.compare?.(plain, await make("slow.mp4", [], 30), {
      account: "acc",
    });
    expect(result).toMatchObject({ diff: { verdict: "cannot-tell" } });
    await hurried.close();
  });

  test("is told of a file that is no video, by which of both it is", async () => {
    const text = join(folder, "notes.txt");
    await writeFile(text, "no video");
    const result = await media.compare?.(plain, text, { account: "acc" });
    expect(result).toMatchObject({ outcome: "not-media" });
    expect(JSON.stringify(result)).toContain("of the new file");
  });

  test("is told of two empty files, though they have the same bytes", async () => {
    const [one, other] = [join(folder, "one.mp4"), join(folder, "other.mp4")];
    await Promise.all([writeFile(one, ""), writeFile(other, "")]);
    expect(await media.compare?.(one, other, { account: "acc" })).toMatchObject({
      outcome: "not-media",
    });
  });
});
