import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FF_ENCODER_LIBX264 } from "node-av/constants";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareMedia } from "../../../test/fixtures/compare-media.ts";
import { encodeMedia } from "../../../test/fixtures/encode-media.ts";
import { createMedia, type Media } from "../dist/index.js";

/** Pixels of a tile of the comparison, whose pictures are 480 pixels wide. */
const tile = (8 * 640) / 480;

/** A page that is scrolled twice a second, below a bar that stays, with a dialog for a second. */
const page = [
  "color=0xf6f4ef:s=640x420:r=25:d=3",
  ...Array.from({ length: 11 }, (_, row) => {
    const width = 220 + ((row * 97) % 260);
    return `drawbox=x=60:y=${50 + row * 32}:w=${width}:h=9:color=0x33373d:t=fill`;
  }),
  "crop=640:360:0:'8*floor(2*t)'",
  "drawbox=x=0:y=0:w=640:h=28:color=0x2f6fdb:t=fill",
  "drawbox=x=190:y=110:w=260:h=140:color=0xdfe7f5:t=fill:enable='between(t,1.2,2.2)'",
];

const cursor = (phase: number) =>
  `drawbox=x=104:y=103:w=2:h=16:color=0x101010:t=fill:enable='lt(mod(t+${phase},1),0.5)'`;

let folder: string;
let media: Media;

async function make(name: string, filters: readonly string[], crf = 20): Promise<string> {
  const path = join(folder, name);
  await encodeMedia({
    path,
    source: [...page, ...filters, "format=yuv420p"].join(","),
    encoder: FF_ENCODER_LIBX264,
    encoderOptions: { preset: "veryfast", crf: String(crf) },
  });
  return path;
}

const diff = (old: string, now: string) => compareMedia(media, old, now);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipcourier-page-diff-"));
  media = createMedia({ comparisonTimeLimit: 600_000 });
});

afterAll(async () => {
  await media.close();
  await rm(folder, { recursive: true, force: true });
});

test("text whose edges another program has made sharper is the same", async () => {
  const [old, now] = [
    await make("sharp-old.mp4", []),
    await make("sharp-new.mp4", ["scale=480:-2:flags=bicubic"]),
  ];
  expect(await diff(old, now)).toMatchObject({ verdict: "re-encoded", ranges: [] });
});

test("a cursor that blinks at other moments is the same, also over text that is scrolled", async () => {
  const [old, now] = [
    await make("cursor-old.mp4", [cursor(0)]),
    await make("cursor-new.mp4", [cursor(0.3)]),
  ];
  expect(await diff(old, now)).toMatchObject({ verdict: "re-encoded", ranges: [] });
});

test("the noise that an encoder makes around a change is not part of it", async () => {
  const box = "drawbox=x=220:y=176:w=96:h=128:color=0xd02090:t=fill:enable='between(n,20,44)'";
  const [old, now] = [await make("box-old.mp4", []), await make("box-new.mp4", [box], 32)];
  const { ranges } = await diff(old, now);
  expect(ranges).toHaveLength(1);
  const [{ x = 0, y = 0, width = 0, height = 0 } = {}] = ranges[0]?.regions ?? [];
  const sides = [x - 220, y - 176, x + width - 316, y + height - 304];
  expect(Math.max(...sides.map(Math.abs))).toBeLessThanOrEqual(tile);
});
