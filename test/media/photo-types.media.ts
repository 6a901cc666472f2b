import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Clip, DirectUploadClient } from "@clipcourier/core";
import { createMedia } from "@clipcourier/service";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { readPicture } from "../fixtures/read-picture.ts";
import { launchBrowser } from "../vscode/browser.ts";
import { ffmpeg, installPhotoPrograms } from "./programs.ts";

const run = promisify(execFile);

let folder: string;
let client: DirectUploadClient;
const path = (name: string) => join(folder, name);
const convert = (...args: string[]) => run("/usr/bin/convert", args, { cwd: folder });
const avifenc = (...args: string[]) => run("avifenc", ["-s", "10", ...args], { cwd: folder });

/** Of the picture that all files show: its quarters are red, green, blue and white. */
const size = { width: 96, height: 64 };
const quarters = ["100", "010", "001", "111"];

/** How ImageMagick stores a picture that has to be turned as EXIF says, from 2 to 8. */
const stored: Record<number, string[]> = {
  2: ["-flop"],
  3: ["-rotate", "180"],
  4: ["-flip"],
  5: ["-transpose"],
  6: ["-rotate", "-90"],
  7: ["-transverse"],
  8: ["-rotate", "90"],
};

/** How each file is made of `base.png` by a program of Debian. */
const files: Record<string, () => Promise<unknown>> = {
  "8.png": () => convert("base.png", "PNG24:8.png"),
  "16.png": () => convert("base.png", "PNG48:16.png"),
  "palette.png": () => convert("base.png", "PNG8:palette.png"),
  "interlaced.png": () => convert("base.png", "-interlace", "PNG", "interlaced.png"),
  "alpha.png": () => convert("base.png", "-alpha", "on", "PNG32:alpha.png"),
  "progressive.jpg": () => convert("base.png", "-interlace", "JPEG", "progressive.jpg"),
  "cmyk.jpg": () => convert("base.png", "-colorspace", "CMYK", "cmyk.jpg"),
  "lossy.webp": () => run("cwebp", ["-quiet", "base.png", "-o", "lossy.webp"], { cwd: folder }),
  "lossless.webp": () =>
    run("cwebp", ["-quiet", "-lossless", "base.png", "-o", "lossless.webp"], { cwd: folder }),
  "moving.webp": () =>
    run("img2webp", ["base.png", "turned.png", "-o", "moving.webp"], { cwd: folder }),
  "8.avif": () => avifenc("base.png", "8.avif"),
  "10.avif": () => avifenc("-d", "10", "base.png", "10.avif"),
  "still.gif": () => convert("base.png", "still.gif"),
  "moving.gif": () => convert("-delay", "20", "base.png", "turned.png", "moving.gif"),
  "apng.png": () =>
    ffmpeg("-i", path("base.png"), "-vf", "loop=4:1", "-f", "apng", path("apng.png")),
  "mirror.avif": () => avifenc("--imir", "1", "stored-2.png", "mirror.avif"),
  "upside-down.avif": () => avifenc("--imir", "0", "stored-4.png", "upside-down.avif"),
  "rotated.avif": () => avifenc("--irot", "3", "stored-6.png", "rotated.avif"),
  "transposed.avif": () => avifenc("--irot", "1", "--imir", "0", "stored-5.png", "transposed.avif"),
  ...Object.fromEntries(
    Object.keys(stored).flatMap((orientation) =>
      ["jpg", "png"].map((type) => {
        const name = `orientation-${orientation}.${type}`;
        return [name, () => turn(name, `stored-${orientation}.png`, orientation)];
      }),
    ),
  ),
};

async function turn(name: string, from: string, orientation: string): Promise<void> {
  await convert(from, "-quality", "92", name);
  await run("exiftool", ["-q", "-overwrite_original", "-n", `-Orientation=${orientation}`, name], {
    cwd: folder,
  });
}

const moving = new Set(["moving.webp", "moving.gif", "apng.png"]);

const uploads = new Map<string, Promise<Clip>>();

async function upload(name: string): Promise<Clip> {
  const ending = name.split(".").at(-1) ?? "";
  const mime = `image/${ending === "jpg" ? "jpeg" : ending}`;
  const { clip } = await client.upload(path(name), { mime });
  return client.waitUntilAvailable(clip.id);
}

beforeAll(async () => {
  installPhotoPrograms();
  folder = await mkdtemp(join(tmpdir(), "clipcourier-photos-"));
  client = new DirectUploadClient({ ...inject("service"), proxyEnv: {} });
  const row = (left: string, right: string) => [
    ...["(", "-size", "48x32", `xc:${left}`, `xc:${right}`, "+append", ")"],
  ];
  await convert(...row("red", "lime"), ...row("blue", "white"), "-append", "base.png");
  await convert("base.png", "-negate", "turned.png");
  for (const [orientation, args] of Object.entries(stored)) {
    await convert("base.png", ...args, `stored-${orientation}.png`);
  }
  for (const [name, make] of Object.entries(files)) {
    await make();
    uploads.set(name, upload(name));
  }
});

afterAll(async () => {
  await Promise.allSettled(uploads.values());
  await client?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The middles of the quarters, as zeros and ones of red, green and blue. */
async function readQuarters(bytes: Uint8Array) {
  const { width, height, colorAt } = await readPicture(bytes);
  const colors = [
    [0.25, 0.25],
    [0.75, 0.25],
    [0.25, 0.75],
    [0.75, 0.75],
  ].map(([x = 0, y = 0]) => {
    const { red, green, blue } = colorAt(Math.floor(width * x), Math.floor(height * y));
    return [red, green, blue].map((value) => (value > 128 ? 1 : 0)).join("");
  });
  return { width, height, colors };
}

describe("a photo is known, and its thumbnail upright and in its colours", () => {
  test.each(Object.keys(files))("%s", async (name) => {
    const clip = await uploads.get(name);
    expect(clip).toMatchObject({ ...size, isAnimated: moving.has(name), notes: [] });
    const thumbnail = await (await fetch(clip?.thumbnailUrl ?? "")).bytes();
    expect(await readQuarters(thumbnail)).toEqual({ ...size, colors: quarters });
  });
});

test("Chromium turns the same files, and leaves EXIF in a WebP out", async () => {
  await turn("orientation-6.webp", "stored-6.png", "6");
  const names = [...Object.keys(files).filter((name) => /orient|avif/.test(name))];
  const browser = await launchBrowser();
  const page = await browser.newPage();
  const shown = [];
  for (const name of names) shown.push([name, ...(await sizeIn(page, name))]);
  const webp = await sizeIn(page, "orientation-6.webp");
  await browser.close();
  expect(shown).toEqual(names.map((name) => [name, size.width, size.height]));
  expect(webp).toEqual([size.height, size.width]);
  expect(await upload("orientation-6.webp")).toMatchObject({ width: 64, height: 96 });
});

async function sizeIn(page: Page, name: string): Promise<number[]> {
  const ending = name.split(".").at(-1) ?? "";
  const type = `image/${ending === "jpg" ? "jpeg" : ending}`;
  const source = `data:${type};base64,${(await readFile(path(name))).toString("base64")}`;
  return page.evaluate(`(async () => {
    const image = Object.assign(new Image(), { src: ${JSON.stringify(source)} });
    await image.decode();
    return [image.naturalWidth, image.naturalHeight];
  })()`);
}

test("what is transparent is put onto a grey ground, and grey stays grey", async () => {
  await convert(
    "-size",
    "96x64",
    "xc:none",
    "-fill",
    "red",
    "-draw",
    "rectangle 0,0 47,63",
    "c.png",
  );
  await convert("base.png", "-colorspace", "Gray", "grey.jpg");
  const [clear, grey] = [await upload("c.png"), await upload("grey.jpg")];
  const seen = await readPicture(await (await fetch(clear.thumbnailUrl ?? "")).bytes());
  const { red, green, blue } = seen.colorAt(72, 32);
  expect([red, green, blue].map((value) => Math.abs(value - 0x8c) < 8)).toEqual([true, true, true]);
  const program = createMedia({ ffmpeg: "/usr/bin/ffmpeg", timeLimit: 600_000 });
  const result = await program.inspectPhoto?.(path("c.png"), { account: "", type: "image/png" });
  await program.close();
  if (result?.outcome !== "ready" || !result.pictures.thumbnail) throw new Error("no thumbnail");
  const ground = (await readPicture(result.pictures.thumbnail)).colorAt(72, 32);
  expect(Math.abs(ground.green - 0x8c)).toBeLessThan(8);
  const dull = await readPicture(await (await fetch(grey.thumbnailUrl ?? "")).bytes());
  const color = dull.colorAt(24, 16);
  expect(Math.max(...Object.values(color)) - Math.min(...Object.values(color))).toBeLessThan(4);
});

test("a JPEG that was cut off has no thumbnail, and says why", async () => {
  const bytes = await readFile(path("progressive.jpg"));
  await writeFile(path("half.jpg"), bytes.subarray(0, Math.floor(bytes.length / 2)));
  const { notes, thumbnailUrl } = await upload("half.jpg");
  expect(notes).toEqual([expect.stringMatching(/^No thumbnail: .*may be damaged\.$/)]);
  expect(thumbnailUrl).toBeNull();
});

test.each(["8.png", "lossy.webp", "8.avif", "still.gif"])(
  "%s that was cut off is told, and ends nothing",
  async (name) => {
    const bytes = await readFile(path(name));
    const cut = `cut-${name}`;
    await writeFile(path(cut), bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const outcome = await upload(cut).catch(String);
    if (typeof outcome === "string") expect(outcome).toMatch(/damaged|cut off/);
    else expect(outcome.notes?.join() + (outcome.thumbnailUrl ?? "")).toMatch(/damaged|thumbnail/);
  },
);
