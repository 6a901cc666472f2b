import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { DiffBox } from "@clipcourier/core";
import { createMedia, type Media } from "@clipcourier/service";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ComparedBy, compareMedia } from "../fixtures/compare-media.ts";
import { readPicture } from "../fixtures/read-picture.ts";
import { ffmpeg } from "./programs.ts";

let folder: string;
let media: Media;

/** A picture from ffmpeg, after filters and with the options of its encoder. */
async function make(name: string, filters: string, ...options: string[]): Promise<string> {
  const path = join(folder, name);
  const source = `testsrc2=s=321x241:d=0.1,format=rgb24,${filters || "null"}`;
  const input = ["-f", "lavfi", "-i", source];
  await ffmpeg(...input, "-frames:v", "1", ...options, path);
  return path;
}

const diff = (old: string, now: string, options?: ComparedBy) =>
  compareMedia(media, old, now, options);

let plain: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipcourier-photo-diff-"));
  media = createMedia({ comparisonTimeLimit: 600_000 });
  plain = await make("plain.png", "");
});

afterAll(async () => {
  await media.close();
  await rm(folder, { recursive: true, force: true });
});

/** A grey box on the card. */
const box: DiffBox = { x: 101, y: 121, width: 61, height: 41 };
const boxFilter = `drawbox=x=${box.x}:y=${box.y}:w=${box.width}:h=${box.height}:c=0x404040:t=fill`;

describe("pictures of ffmpeg", () => {
  test.each([
    ["in 16 bits", "16.png", ["-pix_fmt", "rgb48be"], "same"],
    ["as a WebP without loss", "exact.webp", ["-lossless", "1"], "same"],
    ["as a WebP", "lossy.webp", ["-quality", "70"], "re-encoded"],
    ["as a JPEG", "lossy.jpg", ["-q:v", "6"], "re-encoded"],
    ["half as large", "half.png", ["-vf", "scale=iw/2:ih/2:flags=area"], "re-encoded"],
  ] as const)("have not changed %s", async (_, name, options, verdict) => {
    expect(await diff(plain, await make(name, "", ...options))).toMatchObject({
      verdict,
      ranges: [],
      delay: { start: 0, most: 0 },
    });
  });

  test("have changed where a box is, to the pixel", async () => {
    const found = await diff(plain, await make("box.png", boxFilter));
    expect(found).toMatchObject({
      verdict: "changed",
      summary: "Changed, 3 % of the picture.",
      ranges: [{ kind: "changed", regions: [box], old: { from: 0, to: 0 } }],
    });
    expect(found.ranges[0]?.share).toBeCloseTo((box.width * box.height) / (321 * 241), 4);
  });

  test("have changed where a box is, as JPEGs, to a few pixels", async () => {
    const old = await make("plain.jpg", "", "-q:v", "4");
    const { verdict, ranges } = await diff(old, await make("box.jpg", boxFilter, "-q:v", "8"));
    expect(verdict).toBe("changed");
    const [{ x = 0, y = 0, width = 0, height = 0 } = {}] = ranges[0]?.regions ?? [];
    const sides = [x - box.x, y - box.y, width - box.width, height - box.height];
    expect(Math.max(...sides.map(Math.abs))).toBeLessThan(12);
  });

  test("are compared as they are turned", async () => {
    const turned = await make("turned.jpg", "transpose=cclock", "-q:v", "2");
    expect(await diff(plain, turned)).not.toMatchObject({ verdict: "re-encoded" });
    const exif = Buffer.from(
      "ffe100224578696600004d4d002a00000008000101120003000000010006000000000000",
      "hex",
    );
    const bytes = await readFile(turned);
    await writeFile(turned, Buffer.concat([bytes.subarray(0, 2), exif, bytes.subarray(2)]));
    expect(await diff(plain, turned)).toMatchObject({ verdict: "re-encoded" });
  });

  test("have changed where they are transparent, whatever colour is under that", async () => {
    const grey = "format=rgba,lutrgb=r=140:g=140:b=140";
    const old = await make("opaque.png", `${grey}:a=255`);
    const half = "format=rgba,lutrgb=r=140:g=140:b=140:a=128";
    expect(await diff(old, await make("clear.png", half))).toMatchObject({ verdict: "changed" });
    const hidden = [`${grey}:a=0`, "format=rgba,lutrgb=r=9:g=9:b=9:a=0"] as const;
    const [one, other] = [await make("one.png", hidden[0]), await make("other.png", hidden[1])];
    expect(await diff(one, other)).toMatchObject({ verdict: "re-encoded", ranges: [] });
  });

  test("have an edge that was added or removed, and is not compared where it is ignored", async () => {
    const wider = await make("wider.png", "pad=w=iw+32:color=red");
    const strip = { x: 321, y: 0, width: 32, height: 241 };
    expect(await diff(plain, wider)).toMatchObject({
      verdict: "changed",
      ranges: [{ kind: "added", regions: [strip] }],
    });
    expect(await diff(wider, plain)).toMatchObject({
      verdict: "changed",
      ranges: [{ kind: "removed", regions: [strip] }],
    });
    const ignored = { ...strip, unit: "pixel" } as const;
    expect(await diff(plain, wider, { ignore: [ignored] })).toMatchObject({ verdict: "same" });
  });

  test("have little in common where they are two", async () => {
    const other = await make("flipped.png", "hflip,vflip,negate,rotate=1");
    expect(await diff(plain, other)).toMatchObject({ verdict: "different" });
  });

  test("are not compared in boxes that are ignored, in pixels and in shares", async () => {
    const now = await make("ignored.png", boxFilter);
    const pixels = { ...box, unit: "pixel" } as const;
    expect(await diff(plain, now, { ignore: [pixels] })).toMatchObject({ verdict: "same" });
    const shares = { x: 0.31, y: 0.5, width: 0.2, height: 0.18, unit: "share" } as const;
    expect(await diff(plain, now, { ignore: [shares] })).toMatchObject({ verdict: "same" });
    const above = { ...pixels, y: 0 };
    expect(await diff(plain, now, { ignore: [above] })).toMatchObject({ verdict: "changed" });
  });

  test("may differ more with a tolerance", async () => {
    const now = await make("faint.png", "lutrgb=r=val+9:g=val+9:b=val+9");
    expect(await diff(plain, now)).toMatchObject({ verdict: "changed" });
    expect(await diff(plain, now, { tolerance: 4 })).toMatchObject({ verdict: "re-encoded" });
  });

  test("are drawn: old, new and difference beside each other, as a PNG", async () => {
    const now = await make("drawn.png", boxFilter);
    const result = await media.compare?.(plain, now, { account: "acc", picture: true });
    if (result?.outcome !== "ready" || !result.picture) throw new Error("no picture");
    const { codec, width, height, colorAt } = await readPicture(result.picture);
    expect([codec, width, height]).toEqual(["png", 3 * 320 + 8, 240]);
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    expect(colorAt(Math.round(324 + middle.x), Math.round(middle.y))).toEqual({
      ...{ red: 64, green: 64, blue: 64 },
    });
    const marked = colorAt(Math.round(648 + middle.x), Math.round(middle.y));
    expect(marked).toEqual({ red: 220, green: 40, blue: 60 });
  });
});

describe("what cannot be told", () => {
  test("is whether what moves has changed where its first pictures are the same", async () => {
    const moving = ["-t", "1", "-r", "5"];
    const path = (name: string) => join(folder, name);
    for (const [name, filter] of [
      ["moving.gif", "null"],
      ["moving-2.gif", "drawbox=enable='gte(n,2)'"],
      ["moving-3.gif", boxFilter],
    ] as const) {
      const source = `testsrc2=s=321x241:r=5,format=rgb24,${filter}`;
      await ffmpeg("-f", "lavfi", "-i", source, ...moving, path(name));
    }
    const same = await diff(path("moving.gif"), path("moving-2.gif"));
    expect(same).toMatchObject({ verdict: "cannot-tell" });
    expect(same.reason).toContain("both pictures move");
    const changed = await diff(path("moving.gif"), path("moving-3.gif"));
    expect(changed).toMatchObject({ verdict: "changed" });
    expect(changed.summary).toContain("Only first pictures were compared.");
  });

  test("has a reason: a picture that was cut off, by a tenth or by nearly all", async () => {
    const jpeg = join(folder, "whole.jpg");
    await ffmpeg("-i", plain, jpeg);
    for (const [path, share] of [
      [plain, 0.02],
      [jpeg, 0.3],
      [jpeg, 0.9],
    ] as const) {
      const bytes = await readFile(path);
      const cut = join(folder, `cut-${basename(path)}`);
      await writeFile(cut, bytes.subarray(0, Math.max(60, bytes.length * share)));
      expect(await diff(path, cut)).toMatchObject({
        verdict: "cannot-tell",
        reason: "the new picture cannot be decoded",
      });
    }
  });

  test("has a reason: a picture that is too large", async () => {
    const huge = Buffer.from(await readFile(plain));
    huge.writeUInt32BE(50_000, 16);
    huge.writeUInt32BE(50_000, 20);
    const large = join(folder, "large.png");
    await writeFile(large, huge);
    const { verdict, reason } = await diff(large, plain);
    expect(verdict).toBe("cannot-tell");
    expect(reason).toContain("the old picture has 50000 × 50000 pixels");
  });

  test("is told of a photo and a video, and of a photo and neither", async () => {
    const video = await make("video.mp4", "scale=320:240");
    const notes = join(folder, "notes.txt");
    await writeFile(notes, "neither");
    expect(await media.compare?.(plain, video, { account: "acc" })).toMatchObject({
      outcome: "not-media",
      reason: "the old file is a picture, and the new one is a video",
    });
    const result = await media.compare?.(notes, plain, { account: "acc" });
    expect(result).toMatchObject({ outcome: "not-media" });
    expect(JSON.stringify(result)).toContain("of the old file");
  });
});
