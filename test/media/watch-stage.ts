import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Chapter, DirectUploadClient } from "@clipcourier/core";
import { startService } from "@clipcourier/service";
import { pino } from "pino";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { endlessMedia, readyResult } from "../../packages/service/test/fake-media.ts";
import { launchBrowser } from "../vscode/browser.ts";
import { type ContextOptions, type OpenedPage, openPage } from "./open-page.ts";

type Result = ReturnType<typeof readyResult>;

/** The player, in an expression for the page. */
export const video = `document.querySelector("video")`;
export const reason = "Browsers do not play MPEG-4 Part 2.";
const [width, height, tileWidth] = [320, 180, 80];
export const tileHeight = 45;

let browser: Browser;
/** Where the video is: `take.mp4`. */
export let folder: string;

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
export async function describeTake(
  playback: Result["playback"] = { kind: "as-is" },
): Promise<Result> {
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
  chapters?: Chapter[];
}

/** A service with one clip. The media work is the test's, so that each state lasts. */
export async function startStage(options: StageOptions) {
  const { result, mayRender, embedFrom = ["*"], chapters } = options;
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
  const { clip } = await client.upload(join(folder, "take.mp4"), { waitFor, chapters });
  if (result !== "pending" && !("outcome" in result)) await service.settled();
  return { clip, client };
}

/** Waits until a number of the player is above another one. */
export async function awaitMore(page: Page, name: "currentTime" | "readyState", least: number) {
  await expect.poll(() => page.evaluate(`${video}.${name}`)).toBeGreaterThan(least);
}

/** A page in a profile of its own, which notes what it has to complain about. */
export function open(url: string, options: ContextOptions = {}): Promise<OpenedPage> {
  return openPage(browser, url, options);
}
