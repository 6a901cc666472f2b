import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Clip, DirectUploadClient } from "@clipcourier/core";
import { startService } from "@clipcourier/service";
import { pino } from "pino";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { endlessMedia, readyResult } from "../../packages/service/test/fake-media.ts";
import { launchBrowser } from "../vscode/browser.ts";

type Result = ReturnType<typeof readyResult>;

/** The player, in an expression for the page. */
const video = `document.querySelector("video")`;
const reason = "Browsers do not play MPEG-4 Part 2.";
const [width, height, tileWidth, tileHeight] = [320, 180, 80, 45];

let browser: Browser;
let folder: string;

const ffmpeg = (...args: string[]) =>
  promisify(execFile)("ffmpeg", ["-hide_banner", "-loglevel", "error", "-y", ...args]);

beforeAll(async () => {
  browser = await launchBrowser();
  folder = await mkdtemp(join(tmpdir(), "clipcourier-page-"));
  const input = ["-f", "lavfi", "-i", `testsrc2=size=${width}x${height}:rate=10:duration=8`];
  const h264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-movflags", "+faststart"];
  await ffmpeg(...input, ...h264, join(folder, "take.mp4"));
  await ffmpeg(...input, "-frames:v", "1", join(folder, "thumbnail.jpg"));
  const tiles = `fps=1/2,scale=${tileWidth}:${tileHeight},tile=2x2`;
  await ffmpeg(...input, "-vf", tiles, "-frames:v", "1", join(folder, "tiles.jpg"));
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What is made of the video, with real pictures. */
async function describeTake(playback: Result["playback"] = { kind: "as-is" }): Promise<Result> {
  return readyResult(
    { duration: 8, width, height },
    {
      playback,
      thumbnail: await readFile(join(folder, "thumbnail.jpg")),
      storyboard: {
        image: await readFile(join(folder, "tiles.jpg")),
        ...{ interval: 2, columns: 2, count: 4, tileWidth, tileHeight },
      },
    },
  );
}

interface StageOptions {
  result: Awaited<ReturnType<typeof describeTake>> | "pending" | { reason: string };
  /** Resolves when the rendition may be made. */
  mayRender?: Promise<void>;
  embedFrom?: string[];
}

/** A service with one clip. The media work is the test's, so that each state lasts. */
async function startStage({ result, mayRender, embedFrom = ["*"] }: StageOptions) {
  const place = await mkdtemp(join(tmpdir(), "clipcourier-page-"));
  const service = await startService({
    ...{ folder: place, embedFrom },
    logger: pino({ level: "silent" }),
    media: {
      async inspect(source, options, signal) {
        if (result === "pending") return endlessMedia.inspect(source, options, signal);
        return "outcome" in result ? result : { outcome: "not-media", reason: result.reason };
      },
      async render(_source, output, _account, signal) {
        const stopped = new Promise<void>((resolve) => {
          if (signal?.aborted) resolve();
          signal?.addEventListener("abort", () => resolve());
        });
        await Promise.race([mayRender, stopped]);
        if (signal?.aborted) return { outcome: "unavailable", reason: "It was stopped." };
        await copyFile(join(folder, "take.mp4"), output);
        return { outcome: "ready", seconds: 0 };
      },
      close: async () => {},
    },
  });
  const { appId, appSecret } = await service.accounts.createApp();
  const client = new DirectUploadClient({ rootUrl: service.rootUrl, appId, appSecret });
  onTestFinished(async () => {
    await client.close();
    await service.close();
    await rm(place, { recursive: true, force: true });
  });
  const waitFor = result === "pending" || !("outcome" in result) ? "finalized" : "available";
  const { clip } = await client.upload(join(folder, "take.mp4"), { waitFor });
  if (result !== "pending" && !("outcome" in result)) await service.settled();
  return { clip, client };
}

/** Waits until a number of the player is above another one. */
async function awaitMore(page: Page, name: "currentTime" | "readyState", least: number) {
  await expect.poll(() => page.evaluate(`${video}.${name}`)).toBeGreaterThan(least);
}

/** A page in a profile of its own, which notes what it has to complain about. */
async function open(
  url: string,
  options: NonNullable<Parameters<Browser["newContext"]>[0]> = {},
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints };
}

const states = {
  playing: async () => (await startStage({ result: await describeTake() })).clip,
  making: async () => {
    const mayRender = new Promise<void>(() => {});
    const result = await describeTake({ kind: "transcode", reason });
    return (await startStage({ result, mayRender })).clip;
  },
  "download only": async () =>
    (await startStage({ result: await describeTake({ kind: "never", reason }) })).clip,
  pending: async () => (await startStage({ result: "pending" })).clip,
  failed: async () => (await startStage({ result: { reason: "It is a text, no video." } })).clip,
  gone: async () => {
    const { clip, client } = await startStage({ result: await describeTake() });
    await client.deleteClip(clip.id);
    return clip;
  },
} satisfies Record<string, () => Promise<Clip>>;

test.each(Object.keys(states) as (keyof typeof states)[])(
  "a page in the state %s fits a narrow screen and breaks no rule of its own",
  async (state) => {
    const { url } = await states[state]();
    for (const address of [url, `${url}/embed`]) {
      const viewport = { width: 320, height: 640 };
      const { page, complaints } = await open(address, { viewport });
      await page
        .locator("summary")
        .click({ timeout: 500 })
        .catch(() => {});
      const tooWide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(await page.evaluate(tooWide)).toBe(0);
      expect(complaints.filter((text) => state !== "gone" || !text.includes("404"))).toEqual([]);
    }
  },
);

test("a clip begins at the moment of its address, and plays", async () => {
  const { clip } = await startStage({ result: await describeTake() });
  const { page } = await open(`${clip.url}?t=5`);
  await awaitMore(page, "readyState", 1);
  expect(await page.evaluate(`${video}.currentTime`)).toBeCloseTo(5, 0);
  await page.evaluate(`${video}.play()`);
  await awaitMore(page, "currentTime", 5.5);
});

test("a rendition starts by itself when it is there, in the page that was open", async () => {
  const { promise: mayRender, resolve: render } = Promise.withResolvers<void>();
  const result = await describeTake({ kind: "transcode", reason });
  const { clip } = await startStage({ result, mayRender });
  const { page } = await open(clip.url);
  expect(await page.locator(".stage").textContent()).toContain(reason);
  expect(await page.locator("video").count()).toBe(0);
  await page.evaluate("window.isStillOpen = true");
  render();
  await page.locator("video").waitFor();
  await awaitMore(page, "currentTime", 0.2);
  expect(await page.evaluate("window.isStillOpen")).toBe(true);
  const source = await page.evaluate(`${video}.currentSrc`);
  expect(source).toBe(`${clip.url}/video.mp4`);
  expect(await page.locator("[role=status]").textContent()).toBe("The video is there.");
});

test("everything has a name, and can be reached with the keyboard", async () => {
  const { clip } = await startStage({ result: await describeTake() });
  const { page } = await open(clip.url);
  await page.getByRole("link", { name: "Download" }).focus();
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Copy link");
  await page.locator("summary").focus();
  await page.keyboard.press("Enter");
  for (const [role, name] of [
    ["slider", "Moment of the video"],
    ["button", "Copy the link"],
    ["button", "Copy the embed code"],
    ["textbox", "Link"],
    ["textbox", "Embed code, for a page that shows the player"],
    ["heading", "take.mp4"],
  ] as const) {
    expect([name, await page.getByRole(role, { name, exact: true }).count()]).toEqual([name, 1]);
  }
  expect(await page.locator("video").getAttribute("aria-label")).toBe("take.mp4");
});

test("links are copied, one of them to the present moment", async () => {
  const { clip } = await startStage({ result: await describeTake() });
  const permissions = ["clipboard-read", "clipboard-write"];
  const { page } = await open(`${clip.url}?t=3`, { permissions });
  const readClipboard = () => page.evaluate("navigator.clipboard.readText()");
  await page.getByRole("button", { name: "Copy link", exact: true }).click();
  await expect.poll(readClipboard).toBe(clip.url);
  await page.getByRole("button", { name: "Copy link at 0:03" }).click();
  await expect.poll(readClipboard).toBe(`${clip.url}?t=3`);
});

test("the storyboard shows what the pointer is at", async () => {
  const { clip } = await startStage({ result: await describeTake() });
  const { page } = await open(clip.url);
  await awaitMore(page, "readyState", 0);
  const slider = page.getByRole("slider", { name: "Moment of the video" });
  const box = await slider.boundingBox();
  if (!box) throw new Error("The slider is not shown.");
  await page.mouse.move(box.x + box.width * 0.65, box.y + box.height / 2);
  const tile = page.locator(".tile");
  await tile.waitFor();
  // 5.2 s of 8: the third tile of two in a row.
  const place = await page.evaluate(
    `getComputedStyle(document.querySelector(".tile")).backgroundPosition`,
  );
  expect(place).toBe(`0px -${tileHeight}px`);
  expect(await tile.textContent()).toBe("0:05");
  await slider.focus();
  await page.keyboard.press("End");
  await awaitMore(page, "currentTime", 7.5);
  expect(await slider.getAttribute("aria-valuetext")).toBe("0:08");
});

test("without script there is a player, and everything can be saved or copied by hand", async () => {
  const { clip } = await startStage({ result: await describeTake() });
  const { page } = await open(clip.url, { javaScriptEnabled: false });
  expect(await page.locator("video").isVisible()).toBe(true);
  expect(await page.getByRole("button").count()).toBe(0);
  expect(await page.getByRole("slider").count()).toBe(0);
  await page.locator("summary").click();
  expect(await page.getByRole("textbox", { name: "Link", exact: true }).inputValue()).toBe(
    clip.url,
  );
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  const saved = join(folder, "saved.mp4");
  await download.saveAs(saved);
  expect((await readFile(saved)).equals(await readFile(join(folder, "take.mp4")))).toBe(true);
});

test("the player is shown in a frame where the operator allows it", async () => {
  const result = await describeTake();
  const [allowed, closed] = [
    await startStage({ result }),
    await startStage({ result, embedFrom: [] }),
  ];
  const frames = [allowed, closed].map(({ clip }) => `<iframe src="${clip.url}/embed"></iframe>`);
  const server = createServer((_, outgoing) => {
    outgoing.setHeader("content-type", "text/html").end(frames.join(""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { page } = await open(`http://127.0.0.1:${port}/`);
  await page.frameLocator("iframe >> nth=0").locator("video").waitFor();
  expect(await page.frameLocator("iframe >> nth=1").locator("video").count()).toBe(0);
});
