import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Clip } from "@clipcourier/core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchBrowser } from "../vscode/browser.ts";
import type { ClipCase, VideoCase } from "./corpus/clip-case.ts";
import { corpus } from "./corpus/corpus.ts";
import { useClips } from "./seen.ts";

const cases = Object.values(corpus).flat().filter(isVideo);
const { see, pathOf } = useClips(cases);

let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  browser = await launchBrowser();
  context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
});

afterAll(() => browser?.close());

describe("the page of a clip", () => {
  for (const one of cases) {
    const { file, gives } = one;
    test(`${file}: ${gives.plays}, and the download is the original`, async () => {
      const { clip } = await see(one);
      const page = await context.newPage();
      await page.goto(clip.url);
      if (gives.plays === "download only") expect(await page.locator("video").count()).toBe(0);
      else await play(page, gives.size);
      if (gives.plays !== "everywhere") await readWhy(page, clip, gives.because);
      const link = page.getByRole("link", { name: /download/i });
      const address = new URL(String(await link.getAttribute("href")), clip.url);
      await page.close();
      const answer = await fetch(address);
      expect(answer.headers.get("content-disposition")).toMatch(/^attachment/);
      expect(md5Of(await answer.bytes())).toBe(md5Of(await readFile(pathOf(one))));
    });
  }
});

test("a click on the link of a page saves the file under its name", async () => {
  const [one] = cases;
  if (!one) throw new Error("There is no case.");
  const { clip } = await see(one);
  const page = await context.newPage();
  await page.goto(clip.url);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: /download/i }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(one.file);
  await page.close();
});

test("?t= begins there, and three hours are not 180 minutes", async () => {
  const long = cases.find(({ file }) => file === "three-hours.mp4");
  if (!long) throw new Error("There is no video of three hours.");
  const { clip } = await see(long);
  const page = await context.newPage();
  await page.goto(`${clip.url}?t=5000`);
  expect(await page.locator("body").textContent()).toContain("3:00:00");
  const time = () => page.evaluate<number>("document.querySelector('video').currentTime");
  await expect.poll(time).toBeGreaterThan(4990);
  expect(await time()).toBeLessThan(5060);
  await page.close();
});

interface Playing {
  error: string | null;
  width: number;
  height: number;
}

/** Runs in the page: `null` until the time of the video has moved, or something has failed. */
const lookAtVideo = `(() => {
  const { error, currentTime, videoWidth, videoHeight } = document.querySelector("video");
  const isPlaying = currentTime > 0 && videoWidth > 0;
  if (!error && !isPlaying) return null;
  return { error: error && error.message, width: videoWidth, height: videoHeight };
})()`;

/** Plays the video of a page until its time has moved, and checks the shape of the picture. */
async function play(page: Page, [width, height]: VideoCase["size"]): Promise<void> {
  await page.evaluate(
    "void Object.assign(document.querySelector('video'), { muted: true }).play()",
  );
  let playing: Playing | null = null;
  const look = async () => {
    playing = await page.evaluate<Playing | null>(lookAtVideo);
    return playing;
  };
  await expect.poll(look).toMatchObject({ error: null });
  // A rendition has even sides and 1080 lines at most, and pixels that are not square grow either way.
  const { width: shownWidth, height: shownHeight } = playing as unknown as Playing;
  const share = shownWidth / shownHeight / (width / height);
  expect(Math.abs(share - 1)).toBeLessThan(0.02);
}

/** The clip says why browsers do not take the original; the page does where nothing plays. */
async function readWhy(page: Page, clip: Clip, because = /Browsers/): Promise<void> {
  const reason = clip.notes?.find((note) => because.test(note)) ?? "nothing";
  expect(reason).toMatch(/^[A-Z].*\.$/);
  if (clip.plays === "download only") {
    expect(await page.locator("body").textContent()).toContain(reason);
  }
}

function md5Of(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}

function isVideo(one: ClipCase): one is ClipCase & { gives: VideoCase } {
  return one.gives.kind === "video";
}
