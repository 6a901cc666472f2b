import { join } from "node:path";
import type { ClipComparison } from "@clipcourier/core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readPicture } from "../fixtures/read-picture.ts";
import { type CompareStage, startCompareStage } from "./compare-stage.ts";
import { ffmpeg } from "./programs.ts";

let stage: CompareStage;
let compared: ClipComparison;
let page: Page;

/** A white page with a blue box, and a red one in the new version, which is taller. */
async function draw(name: string, filter: string): Promise<string> {
  const path = join(stage.folder, name);
  const source = `color=white:s=400x300,format=rgb24,drawbox=x=40:y=40:w=80:h=60:c=blue:t=fill${filter}`;
  await ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "1", path);
  return path;
}

beforeAll(async () => {
  stage = await startCompareStage();
  const change = ",drawbox=x=200:y=160:w=100:h=50:c=red:t=fill,pad=h=340:color=white";
  const [old, now] = [await draw("old.png", ""), await draw("new.png", change)];
  compared = await stage.compare({ old, now }, "shop.png");
  const context = await stage.browser.newContext({ viewport: { width: 1200, height: 900 } });
  page = await context.newPage();
  await page.goto(compared.url);
});

afterAll(() => stage?.close());

test("the service compares two photos, and draws what has changed as a PNG", async () => {
  expect(compared).toMatchObject({
    status: "ready",
    diff: {
      verdict: "changed",
      ranges: [
        {
          regions: [
            { x: 0, y: 300, width: 400, height: 40 },
            { x: 200, y: 160, width: 100, height: 50 },
          ],
        },
      ],
    },
  });
  expect(compared.pictureUrl).toBe(`${compared.url}.png`);
  const picture = await readPicture(await (await fetch(compared.pictureUrl ?? "")).bytes());
  expect([picture.codec, picture.width]).toEqual(["png", 3 * 400 + 8]);
});

test("the page says what has changed, and nothing of times and players", async () => {
  const text = await page.locator("main").textContent();
  expect(text).toContain("Changed in 2 places");
  expect(text).not.toMatch(/Play|second|0:00\.0/);
  const link = page.getByRole("link", { name: "What has changed, in red" });
  expect(await link.getAttribute("href")).toBe(new URL(compared.pictureUrl ?? "").pathname);
});

/** The colour of a pixel of the new photo, wherever it is shown. */
async function colorAt(
  x: number,
  y: number,
): Promise<{ red: number; green: number; blue: number }> {
  const box = await page.locator(".shown.new img").boundingBox();
  if (!box) throw new Error("the new photo is not shown");
  const scale = box.width / 400;
  const clip = { x: box.x + x * scale - 1, y: box.y + y * scale - 1, width: 3, height: 3 };
  return (await readPicture(await page.screenshot({ clip }))).colorAt(1, 1);
}

test("a wipe shows the old photo up to its edge, and the difference what is another", async () => {
  const red = { red: expect.closeTo(255, -1), green: expect.closeTo(0, -1), blue: 0 };
  const white = { red: 255, green: 255, blue: 255 };
  const black = { red: 0, green: 0, blue: 0 };
  expect(await colorAt(250, 185)).toMatchObject(red);
  await page.keyboard.press("2");
  await page.locator(".pair.wipe").waitFor();
  const edge = page.getByRole("slider", { name: "Edge of the wipe" });
  await edge.fill("90");
  expect(await colorAt(250, 185)).toEqual(white);
  await edge.fill("10");
  expect(await colorAt(250, 185)).toMatchObject(red);
  await page.keyboard.press("3");
  await page.locator(".pair.difference").waitFor();
  // Both lie on each other at the upper left, though one is taller.
  expect(await colorAt(80, 70)).toEqual(black);
  expect(await colorAt(20, 20)).toEqual(black);
  const { red: none, green, blue } = await colorAt(250, 185);
  expect([none < 30, green > 225, blue > 225]).toEqual([true, true, true]);
});
