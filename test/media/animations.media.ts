import { stat } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { launchBrowser } from "../vscode/browser.ts";
import { decodeAnimation, frameAt } from "./animation.ts";
import type { ClipCase, VideoCase } from "./corpus/clip-case.ts";
import { corpus } from "./corpus/corpus.ts";
import { type Frame, readFrames } from "./frames.ts";
import { brightness, difference, nearest, ssim } from "./measure.ts";
import { compared, readReference } from "./reference.ts";
import { useClips } from "./seen.ts";
import { parseStoryboard } from "./storyboard.ts";

const { huge: _, ...others } = corpus;
const cases = Object.values(others).flat().filter(isVideo);
const { see, pathOf } = useClips(cases);
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

/** An empty page of the service. */
async function openPage(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(new URL("/healthz", inject("service").rootUrl).href);
  return page;
}

/** How much worse a picture may fit to where it belongs than to another place, of 255. */
const tolerance = 1.5;

const inGrey = { filter: compared, grey: true };

function showsSomething(frame: Frame | undefined): boolean {
  return frame !== undefined && brightness(frame).deviation > 6;
}

/** Whether a browser has recorded an empty page first, as on a busy machine. */
async function beginsEmpty(one: ClipCase): Promise<boolean> {
  const isRecorded = corpus.recordings?.includes(one) ?? false;
  return isRecorded && !showsSomething((await readReference(one, pathOf(one))).frames[0]);
}

describe("the GIF shows what happens, to the end", () => {
  for (const one of cases) {
    test(one.file, async () => {
      const { moves = true, isBlank = false, likeness = 0.95 } = one.gives.pictures ?? {};
      const { gif } = await see(one);
      if (gif === null) throw new Error("There is no GIF.");
      expect((await stat(gif)).size).toBeLessThanOrEqual(3 * 1024 * 1024);
      const frames = await readFrames(gif, inGrey);
      const [first, last] = [frames[0], frames.at(-1)];
      if (!first || !last) throw new Error("The GIF has no frame.");
      if (moves) expect(countDistinct(frames)).toBeGreaterThan(4);
      if (!isBlank && !(await beginsEmpty(one))) expect(showsSomething(first)).toBe(true);
      if (likeness === 0 || !moves) return;
      const reference = await readReference(one, pathOf(one));
      // Half a second before the end, and a frame.
      const tail = reference.frames.slice(-Math.ceil(0.5 * reference.rate) - 1);
      const anywhere = nearest(last, reference.frames).error;
      expect(nearest(last, tail).error).toBeLessThan(anywhere + tolerance);
    });
  }
});

describe("the WebP shows the same, and is smaller", () => {
  for (const one of cases) {
    test(one.file, async () => {
      const { clip, gif, webp } = await see(one);
      if (gif === null || webp === null) throw new Error("There is no animation.");
      const page = await openPage();
      const shown = await decodeAnimation(page, String(clip.previewGif));
      const same = await decodeAnimation(page, String(clip.previewWebp));
      await page.close();
      const seconds = sum(shown.delays);
      // Equal frames are stored as one: a picture without a delay, where all are.
      if (same.frames.length > 1) expect(sum(same.delays)).toBeCloseTo(seconds, 1);
      const differences: number[] = [];
      for (let second = 0.05; second < seconds; second += 0.1) {
        differences.push(difference(frameAt(same, second), frameAt(shown, second)));
      }
      expect(sum(differences) / differences.length).toBeLessThan(5);
      const [gifSize, webpSize] = [(await stat(gif)).size, (await stat(webp)).size];
      // Of almost nothing there is no fraction.
      if (gifSize > 20_000) expect(webpSize).toBeLessThan(gifSize);
    });
  }
});

describe("each tile of the storyboard shows the time that it claims", () => {
  for (const one of cases) {
    test(one.file, async () => {
      const { clip, storyboard } = await see(one);
      if (storyboard === null) throw new Error("There is no storyboard.");
      const cues = parseStoryboard(storyboard.vtt);
      const { columns, rows } = cues;
      const filter = `untile=${columns}x${rows},${compared}`;
      const tiles = await readFrames(storyboard.image, { filter, grey: true });
      expect(cues.list[0]?.start).toBe(0);
      expect(cues.list.at(-1)?.end).toBeCloseTo(clip.duration ?? 0, 1);
      if (one.gives.pictures?.likeness === 0) return;
      const { frames, rate } = await readReference(one, pathOf(one));
      for (const { start, end, tile } of cues.list) {
        const picture = tiles[tile];
        if (!picture) throw new Error(`There is no tile ${tile}.`);
        const from = Math.max(0, Math.floor((start - 0.2) * rate) - 1);
        const within = frames.slice(from, Math.ceil((end + 0.2) * rate) + 1);
        const best = nearest(picture, frames);
        expect(nearest(picture, within).error).toBeLessThan(best.error + tolerance);
        // Of tiles of a few pixels nothing is to be recognized.
        if (cues.thinnest >= 16)
          expect(ssim(picture, frames[best.index] as Frame)).toBeGreaterThan(0.85);
      }
    });
  }
});

/** How many frames differ from the one before. */
function countDistinct(frames: readonly Frame[]): number {
  return frames.filter((frame, index) => {
    const before = frames[index - 1];
    return before === undefined || difference(frame, before) > 0.02;
  }).length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function isVideo(one: ClipCase): one is ClipCase & { gives: VideoCase } {
  return one.gives.kind === "video";
}
