import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClipComparison } from "@clipcourier/core";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CompareStage, startCompareStage } from "./compare-stage.ts";
import { type ContextOptions, openPage } from "./open-page.ts";
import { ffmpeg } from "./programs.ts";

const rate = 25;
/** By how many seconds the new recording begins later. */
const late = 1.4;
/** Pixels that the white square moves in a second: where it is says which moment is shown. */
const speed = 40;
/** Where the square is: on a black strip. */
const strip = { y: 152, height: 28 };

let stage: CompareStage;
let compared: ClipComparison;
let uncompared: string;

/** A recording in which a square moves, after other filters. */
async function record(name: string, filters: readonly string[]): Promise<string> {
  const path = join(stage.folder, name);
  const graph = [
    `testsrc2=size=320x180:rate=${rate}:duration=6,drawbox=y=${strip.y}:h=${strip.height}:c=black:t=fill[card]`,
    `color=white:size=16x16:rate=${rate}:duration=6[square]`,
    [`[card][square]overlay=x='t*${speed}':y=${strip.y + 6}`, ...filters, "format=yuv420p"].join(),
  ];
  await ffmpeg(
    ...["-filter_complex", graph.join(";"), "-c:v", "libx264", "-preset", "ultrafast"],
    // As a recording of a page: few key frames.
    ...["-crf", "18", "-g", "250", "-movflags", "+faststart", path],
  );
  return path;
}

beforeAll(async () => {
  stage = await startCompareStage();
  const box = "drawbox=x=40:y=40:w=120:h=80:c=0x303030:t=fill:enable='between(t,3,4.2)'";
  const delay = `tpad=start_duration=${late}:start_mode=clone`;
  const [old, now] = [await record("login.mp4", []), await record("new.mp4", [box, delay])];
  compared = await stage.compare({ old, now }, "login.mp4");
  uncompared = `${stage.origin}c/${compared.oldId}/compare/${compared.newId}`;
});

afterAll(() => stage?.close());

function open(url: string, options: ContextOptions = {}) {
  return openPage(stage.browser, url, { viewport: { width: 1200, height: 900 }, ...options });
}

async function openCompared(options: ContextOptions = {}) {
  const opened = await open(compared.url, options);
  await opened.page.getByRole("button", { name: "Play" }).waitFor();
  return opened;
}

/** The moments that both show, as seconds of the recording before its delay: the old one's first. */
async function readMoments(page: Page): Promise<number[]> {
  const pixels = `[".shown.old video", ".shown.new video"].map((name) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 180 });
    const context = canvas.getContext("2d");
    context.drawImage(document.querySelector(name), 0, 0, 320, 180);
    const { data } = context.getImageData(0, ${strip.y + 14}, 320, 1);
    return [...Array(320).keys()].filter((x) => data[x * 4] > 128);
  })`;
  const squares: number[][] = await page.evaluate(pixels);
  return squares.map((columns) => (columns[0] ?? Number.NaN) / speed);
}

/** Waits until neither seeks. */
async function settle(page: Page): Promise<void> {
  const isSettled = `[...document.querySelectorAll("video")].every((one) => !one.seeking && one.readyState > 1)`;
  await expect.poll(() => page.evaluate(isSettled)).toBe(true);
  // What is decoded is painted with the next frames.
  await page.evaluate(
    "new Promise((end) => requestAnimationFrame(() => requestAnimationFrame(end)))",
  );
}

/** What a script of the page sees, whose types this program has not. */
interface Styled {
  style: { clipPath: string };
}

/** Seconds of the common timeline. */
async function timeOf(page: Page): Promise<number> {
  return Number(await page.locator("#moment").inputValue());
}

describe("the Compare view", () => {
  test("knows what has changed, and by how much the new video is late", () => {
    expect(compared).toMatchObject({ status: "ready", diff: { verdict: "changed" } });
    expect(compared.diff?.ranges).toHaveLength(1);
    expect(compared.diff?.delay.start).toBeCloseTo(late, 1);
  });

  test("shows the same moment of both, wherever it is sought", async () => {
    const { page, complaints } = await openCompared();
    const range = page.getByRole("slider", { name: "Moment of both videos" });
    for (const at of [2.2, 4.9, 3.5, 6.1]) {
      await range.fill(String(at));
      await settle(page);
      const [old = 0, now = 0] = await readMoments(page);
      expect(Math.abs(old - (at - late))).toBeLessThan(0.1);
      expect(Math.abs(old - now)).toBeLessThan(2.5 / rate);
    }
    // The old one waits for the other at its beginning.
    await range.fill("0.5");
    await settle(page);
    expect(await readMoments(page)).toEqual([0, 0]);
    expect(complaints).toEqual([]);
  });

  test("plays both in step", async () => {
    const { page, complaints } = await openCompared();
    await page.getByRole("slider", { name: "Moment of both videos" }).fill("1");
    await page.keyboard.press("Space");
    for (const least of [1.9, 3, 4.2]) {
      await expect.poll(() => timeOf(page)).toBeGreaterThan(least);
      const [old = 0, now = 0] = await readMoments(page);
      expect(Math.abs(old - now)).toBeLessThan(0.3);
    }
    await expect.poll(() => page.locator("#play").textContent()).toBe("Play");
    expect(await timeOf(page)).toBeGreaterThan(7);
    expect(complaints).toEqual([]);
  });

  test("leads from change to change, and marks them", async () => {
    const { page } = await openCompared();
    const change = page.getByRole("link", { name: /changed, \d+ % of the picture/ });
    await page.keyboard.press("n");
    const found = await timeOf(page);
    expect(Math.abs(found - (3 + late))).toBeLessThan(0.15);
    await expect.poll(() => change.getAttribute("aria-current")).toBe("true");
    await page.keyboard.press("ArrowRight");
    expect(await timeOf(page)).toBeCloseTo(found + 1, 5);
    await page.keyboard.press(".");
    expect(await timeOf(page)).toBeCloseTo(found + 1 + 1 / rate, 5);
    await page.keyboard.press(",");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    expect(await timeOf(page)).toBeCloseTo(found - 1, 5);
    expect(await change.getAttribute("aria-current")).toBeNull();
    await change.click();
    expect(await timeOf(page)).toBe(found);
    expect(page.url()).toBe(compared.url);
    expect(await page.locator(".track rect.changed").count()).toBe(1);
  });

  test("is found on the page of the new clip", async () => {
    const { page } = await open(compared.url.replace(/\/compare\/.*/, ""));
    await page.getByRole("link", { name: "Compare with an older clip" }).click();
    await page.waitForURL(compared.url);
  });

  test("is dark where nothing differs, and lays one over the other", async () => {
    const { page } = await openCompared();
    const range = page.getByRole("slider", { name: "Moment of both videos" });
    await page.keyboard.press("3");
    expect(
      await page.getByRole("button", { name: "Difference" }).getAttribute("aria-pressed"),
    ).toBe("true");
    const brightness = async (at: number) => {
      await range.fill(String(at));
      await settle(page);
      return readBrightness(page);
    };
    const [same, changed] = [await brightness(2.4), await brightness(5)];
    expect(same).toBeLessThan(4);
    expect(changed).toBeGreaterThan(same + 8);
    await page.keyboard.press("2");
    const wipe = page.getByRole("slider", { name: "Edge of the wipe" });
    await wipe.fill("30");
    expect(
      await page.locator(".shown.new").evaluate((one) => (one as unknown as Styled).style.clipPath),
    ).toBe("inset(0px 0px 0px 30%)");
    await page.keyboard.press("1");
    expect(await wipe.isVisible()).toBe(false);
  });
});

/** The mean brightness of what is seen of the two, from 0 to 255. */
async function readBrightness(page: Page): Promise<number> {
  const path = join(stage.folder, "seen.png");
  await writeFile(path, await page.locator(".shown.new .stage").screenshot());
  const grey = await ffmpeg("-i", path, "-vf", "scale=64:36,format=gray", "-f", "rawvideo", "-");
  return grey.reduce((sum, value) => sum + value, 0) / grey.length;
}

test("without a comparison both play, and the page says so", async () => {
  const { page, complaints } = await open(uncompared);
  await page.getByRole("button", { name: "Play" }).waitFor();
  expect(await page.locator(".verdict").textContent()).toMatch(
    /^Nobody has had these two compared/,
  );
  expect(await page.getByRole("button", { name: "Next change" }).isVisible()).toBe(false);
  await page.keyboard.press("Space");
  await expect.poll(() => timeOf(page)).toBeGreaterThan(0.5);
  expect(complaints).toEqual([]);
});

test("videos that do not say how long they are have a timeline, and play in step", async () => {
  const { url } = await stage.compare(
    {
      old: await stream("stream-old.webm", "null"),
      now: await stream("stream-new.webm", drawnBox),
    },
    "stream.webm",
  );
  const { page, complaints } = await open(url);
  await page.getByRole("button", { name: "Play" }).waitFor();
  const readNumbers = `[...document.querySelectorAll("video")].map((one) => String(one.duration))`;
  expect(await page.evaluate(readNumbers)).toEqual(["Infinity", "Infinity"]);
  expect(await page.locator("#time").textContent()).toMatch(/^0:00\.0 \/ 0:0[23]\.\d$/);
  await page.keyboard.press("n");
  expect(await timeOf(page)).toBeGreaterThan(0.5);
  await page.keyboard.press("Space");
  await expect.poll(() => page.locator("#play").textContent()).toBe("Play");
  expect(await timeOf(page)).toBeGreaterThan(1.5);
  expect(complaints).toEqual([]);
});

const drawnBox = "drawbox=x=40:y=40:w=120:h=80:c=0x303030:t=fill:enable='between(t,1,1.6)'";

/** A recording that was written to a pipe, so that nothing could say at its beginning how long it is. */
async function stream(name: string, filter: string): Promise<string> {
  const path = join(stage.folder, name);
  const source = `testsrc2=size=320x180:rate=${rate}:duration=2.4,${filter},format=yuv420p`;
  const encoder = ["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "1M", "-g", "25"];
  await writeFile(path, await ffmpeg("-f", "lavfi", "-i", source, ...encoder, "-f", "webm", "-"));
  return path;
}

test("without script both have their own controls, and the changes are links", async () => {
  const { page } = await open(compared.url, { javaScriptEnabled: false });
  expect(await page.locator("video[controls]").count()).toBe(2);
  expect(await page.getByRole("button", { name: "Wipe" }).isVisible()).toBe(false);
  const link = page.getByRole("link", { name: /changed/ });
  expect(await link.getAttribute("href")).toMatch(/\?t=4\.\d+$/);
});

if (process.env.SHOTS) {
  test.each([
    ["light", {}],
    ["dark", { colorScheme: "dark" }],
    ["narrow", { viewport: { width: 390, height: 844 }, isMobile: true }],
  ] as const)("shot %s", async (name, options) => {
    const { page } = await openCompared(options as ContextOptions);
    await page.keyboard.press("n");
    await page.keyboard.press("ArrowRight");
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${process.env.SHOTS}/${name}-side.png`, fullPage: true });
    await page.keyboard.press("2");
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${process.env.SHOTS}/${name}-wipe.png`, fullPage: true });
    await page.keyboard.press("3");
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${process.env.SHOTS}/${name}-diff.png`, fullPage: true });
  });
}
