import { join } from "node:path";
import type { ClipComparison } from "@clipcourier/core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPicture } from "../fixtures/read-picture.ts";
import { type CompareStage, startCompareStage } from "./compare-stage.ts";
import { type ContextOptions, openPage } from "./open-page.ts";
import { ffmpeg } from "./programs.ts";

/** The old photo; the new one is taller. */
const size = { width: 2400, height: 1600 };
/** Where the new photo is red. */
const change = { x: 1500, y: 1000, width: 200, height: 100 };

const [black, white, red, cyan] = ["0,0,0", "255,255,255", "255,0,0", "0,255,255"];

let stage: CompareStage;
let compared: ClipComparison;

/** Columns of one pixel, black and white, which are grey wherever they are shown at another size. */
async function draw(name: string, filter: string): Promise<string> {
  const path = join(stage.folder, name);
  const columns = "geq=lum='255*mod(X\\,2)',format=rgb24";
  const source = `color=white:s=${size.width}x${size.height},format=gray,${columns}${filter}`;
  await ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "1", path);
  return path;
}

beforeAll(async () => {
  stage = await startCompareStage();
  const { x, y, width: w, height: h } = change;
  const box = `,drawbox=x=${x}:y=${y}:w=${w}:h=${h}:c=red:t=fill,pad=h=${size.height + 200}:color=white`;
  const [old, now] = [await draw("old.png", ""), await draw("new.png", box)];
  compared = await stage.compare({ old, now }, "shop.png");
});

afterAll(() => stage?.close());

async function openPixels(options: ContextOptions = {}) {
  const viewport = { width: 1200, height: 900 };
  const opened = await openPage(stage.browser, compared.url, { viewport, ...options });
  const { page } = opened;
  await page.getByRole("button", { name: "1:1 pixels" }).waitFor();
  await page.keyboard.press("z");
  return opened;
}

/** The colours of some neighbours of the screen that begin at a pixel of a photo. */
async function readScreen(
  page: Page,
  [x, y]: [number, number],
  { side = "new", ratio = 1 } = {},
): Promise<string[]> {
  const box = await page.locator(`.shown.${side} img`).boundingBox();
  if (!box) throw new Error("the photo is not shown");
  const clip = { x: box.x + x / ratio, y: box.y + y / ratio, width: 4 / ratio, height: 1 };
  const picture = await readPicture(await page.screenshot({ clip }));
  return [0, 1, 2, 3].map((index) => Object.values(picture.colorAt(index, 0)).join());
}

/** Where the two panes are scrolled to, the new one first. */
function readPlaces(page: Page): Promise<number[][]> {
  return page.evaluate(
    `[".shown.new", ".shown.old"].map((name) => document.querySelector(name)).map((pane) => [pane.scrollLeft, pane.scrollTop])`,
  );
}

test("at 1:1 a pixel of both photos is one of the screen, and what has changed is in the middle", async () => {
  const { page, complaints } = await openPixels();
  const columns = [black, white, black, white];
  const beside: [number, number] = [change.x - 20, change.y + 10];
  expect(await readScreen(page, beside)).toEqual(columns);
  expect(await readScreen(page, beside, { side: "old" })).toEqual(columns);
  expect(await readScreen(page, [change.x, change.y + 10])).toEqual([red, red, red, red]);
  const button = page.getByRole("button", { name: "1:1 pixels" });
  expect(await button.getAttribute("aria-pressed")).toBe("true");
  await button.click();
  const { width } = (await page.locator(".shown.new img").boundingBox()) ?? {};
  expect(width).toBeLessThan(600);
  expect(complaints).toEqual([]);
});

test("on a screen with two pixels for one of the page, it is still a pixel for a pixel", async () => {
  const { page } = await openPixels({ deviceScaleFactor: 2 });
  const beside: [number, number] = [change.x - 20, change.y + 10];
  expect(await readScreen(page, beside, { ratio: 2 })).toEqual([black, white, black, white]);
});

test("what is scrolled or dragged on one side moves both, also below the end of the smaller photo", async () => {
  const { page } = await openPixels();
  const [[x = 0, y = 0] = []] = await readPlaces(page);
  await page.locator(".shown.old").hover();
  await page.mouse.wheel(30, -200);
  const scrolled = [x + 30, y - 200];
  await expect.poll(() => readPlaces(page)).toEqual([scrolled, scrolled]);
  await page.locator(".shown.new").hover();
  await page.mouse.down();
  await page.mouse.move(700, 400);
  await page.mouse.move(650, 300);
  await page.mouse.up();
  const [[left = 0, top = 0] = [], old] = await readPlaces(page);
  expect([left > x + 30, top > y - 200, old]).toEqual([true, true, [left, top]]);
  await page.mouse.wheel(0, 5_000);
  // A pane takes three quarters of the window.
  const end = [left, size.height + 200 - (900 * 3) / 4];
  await expect.poll(() => readPlaces(page)).toEqual([end, end]);
  // Dragging has opened no photo, which a click does.
  expect(page.url()).toBe(compared.url);
  await page.locator(".shown.new").click();
  await expect.poll(() => page.url()).not.toBe(compared.url);
});

test("a wipe and a difference show the same place, pixel by pixel", async () => {
  const { page } = await openPixels();
  const place: [number, number] = [change.x + 20, change.y + 10];
  const beside: [number, number] = [change.x - 20, change.y + 10];
  const columns = [black, white, black, white];
  await page.keyboard.press("2");
  const edge = page.getByRole("slider", { name: "Edge of the wipe" });
  await edge.fill("95");
  expect(await readScreen(page, place)).toEqual(columns);
  await edge.fill("5");
  expect(await readScreen(page, place)).toEqual([red, red, red, red]);
  expect(await readScreen(page, beside)).toEqual(columns);
  await page.keyboard.press("3");
  await expect.poll(() => readScreen(page, place)).toEqual([red, cyan, red, cyan]);
  expect(await readScreen(page, beside)).toEqual([black, black, black, black]);
  // What has changed stays in the middle though the pane is twice as wide.
  const [box, pair] = [
    await page.locator(".shown.new img").boundingBox(),
    await page.locator(".pair").boundingBox(),
  ];
  const middle = (pair?.x ?? 0) + (pair?.width ?? 0) / 2;
  expect((box?.x ?? 0) + change.x + change.width / 2).toBeCloseTo(middle, -1);
});

test("in a narrow window both are below each other, and the page is no wider", async () => {
  const { page } = await openPixels({ viewport: { width: 390, height: 844 } });
  const [old, now] = [
    await page.locator(".shown.old").boundingBox(),
    await page.locator(".shown.new").boundingBox(),
  ];
  expect(now?.y).toBeGreaterThan((old?.y ?? 0) + (old?.height ?? 0));
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  const [here, there] = await readPlaces(page);
  expect(there).toEqual(here);
});
