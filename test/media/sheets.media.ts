import { existsSync } from "node:fs";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cacheFolder } from "../cache-folder.ts";
import { launchBrowser } from "../vscode/browser.ts";
import type { ClipCase } from "./corpus/clip-case.ts";
import { corpus } from "./corpus/corpus.ts";
import { ffmpeg, ffprobe } from "./programs.ts";
import { type Seen, useClips } from "./seen.ts";

/** How many frames of an animation stand side by side. */
const frames = 6;

const folder = cacheFolder("media-sheets");
const { see, pathOf } = useClips(Object.values(corpus).flat().filter(isVideo));

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
});

afterAll(() => browser?.close());

/** For people: the middle frame of each original, its pictures, and what the service says. */
describe(`sheets to look at, in ${folder}`, () => {
  for (const [group, cases] of Object.entries(corpus)) {
    test(group, async () => {
      const rows: string[] = [];
      for (const one of cases.filter(isVideo)) rows.push(await renderRow(one, await see(one)));
      const file = join(folder, `${group}.html`);
      await writeFile(file, `${head}<h1>${group}</h1>${rows.join("\n")}`);
      const page = await browser.newPage({ viewport: { width: 1520, height: 800 } });
      await page.goto(pathToFileURL(file).href);
      await page.screenshot({ path: join(folder, `${group}.png`), fullPage: true });
      const broken = "[...document.images].filter((image) => image.naturalWidth === 0).length";
      expect(await page.evaluate(broken)).toBe(0);
      await page.close();
    });
  }
});

async function renderRow(one: ClipCase, { clip, ...pictures }: Seen): Promise<string> {
  const place = (ending: string) => join(folder, `${one.file}.${ending}`);
  const names = [await takeMiddle(pathOf(one), place("middle.jpg"))];
  if (pictures.thumbnail) names.push(await copy(pictures.thumbnail, place("thumbnail.jpg")));
  if (pictures.gif) names.push(await copy(pictures.gif, place("preview.gif")));
  if (pictures.gif) names.push(await takeFrames(pictures.gif, place("frames.png")));
  if (pictures.storyboard) {
    names.push(await copy(pictures.storyboard.image, place("storyboard.jpg")));
  }
  const images = names.filter(Boolean).map((name) => `<img src="${name}">`);
  const { width, height, codec, duration, mime, plays, previewOf, notes } = clip;
  const facts = { width, height, codec, duration, mime, plays, previewOf, notes };
  return `<h2>${one.file}</h2><p>${JSON.stringify(facts)}</p><div>${images.join("")}</div>`;
}

/** The frame in the middle of the original: nothing where the file ends before it. */
async function takeMiddle(path: string, to: string): Promise<string> {
  const { duration = 0 } = await ffprobe(path);
  const frame = ["-frames:v", "1", "-vf", "scale=w='min(320,iw)':h=-1"];
  // It succeeds without a frame, too, and fails at what is too large for it.
  await ffmpeg("-ss", String(duration / 2), "-i", path, ...frame, to).catch(() => {});
  return existsSync(to) ? nameOf(to) : "";
}

/** Frames of an animation from its beginning to its end, side by side. */
async function takeFrames(gif: string, to: string): Promise<string> {
  await ffmpeg("-i", gif, "-vf", `fps=1.25,scale=160:-1,tile=${frames}x1`, "-frames:v", "1", to);
  return nameOf(to);
}

async function copy(from: string, to: string): Promise<string> {
  await copyFile(from, to);
  return nameOf(to);
}

function nameOf(path: string): string {
  return encodeURIComponent(path.slice(folder.length + 1));
}

const head = `<!doctype html><meta charset="utf-8"><style>
body { font: 12px sans-serif; background: #b8c4d0; margin: 8px; width: 1500px; }
h2 { font-size: 14px; margin: 8px 0 0; } p { margin: 0 0 2px; }
img { max-width: 340px; max-height: 200px; margin-right: 6px; vertical-align: top; }
img:nth-child(n+4) { max-width: 700px; max-height: 110px; }</style>`;

function isVideo({ gives }: ClipCase): boolean {
  return gives.kind === "video";
}
