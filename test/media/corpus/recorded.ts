import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { launchBrowser } from "../../vscode/browser.ts";
import { placeFfmpeg } from "../playwright-ffmpeg.ts";
import { type ClipCase, type VideoCase, video } from "./clip-case.ts";
import type { Recipe } from "./recipe.ts";
import { shop, size } from "./shop.ts";

/**
 * Draws for three seconds, or longer where the browser is busy: each frame waits until the one before it is
 * shown. Keeps the recording in base64.
 *
 * @param pause milliseconds between two frames, beside the time that it takes to show one
 */
const drawingWith = (
  pause: number,
) => `<!doctype html><canvas width="${size.width}" height="${size.height}"></canvas>
<script>
  var recording = "";
  const canvas = document.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
  const chunks = [];
  recorder.ondataavailable = ({ data }) => chunks.push(data);
  recorder.onstop = () => {
    const reader = new FileReader();
    reader.onload = () => { recording = reader.result.split(",")[1]; };
    reader.readAsDataURL(new Blob(chunks));
  };
  let frame = 0;
  const draw = () => {
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#2563eb";
    pen.fillRect(20 + frame * 8, 120, 120, 120);
    pen.fillStyle = "#111827";
    pen.font = "48px DejaVu Sans";
    pen.fillText("Frame " + frame++, 40, 80);
    if (frame === 75) setTimeout(() => recorder.stop(), 1000);
    else setTimeout(() => requestAnimationFrame(draw), ${pause});
  };
  recorder.start(200);
  draw();
</script>`;

/** Recorded by Playwright itself. */
const byPlaywright: Recipe = {
  stamp: `Playwright 1 ${shop}`,
  make: (path) =>
    withFolder(async (folder) => {
      const { resolve } = createRequire(import.meta.url);
      await placeFfmpeg(folder, resolve("playwright-core/package.json"));
      // It looks for its ffmpeg in this folder, which it asks for when it is loaded.
      const env = { ...process.env, PLAYWRIGHT_BROWSERS_PATH: folder };
      const script = join(import.meta.dirname, "record-page.ts");
      await promisify(execFile)(process.execPath, [script, path], { env });
    }),
};

/** Milliseconds between two frames in the first attempt; each further one doubles them. */
const quickestPause = 25;

/** How often the page is recorded at most, and with how many of its 75 frames a recording is one of it. */
const mostAttempts = 6;
const fewestFrames = 40;

/** Recorded by a page, as web applications do: the file does not say how long it is. */
const byMediaRecorder: Recipe = {
  stamp: `MediaRecorder 3 ${drawingWith(quickestPause)}`,
  async make(path) {
    const browser = await launchBrowser();
    try {
      // A busy browser leaves frames out, up to nearly all of them: then it is given more time for each.
      for (let attempt = 1; ; attempt += 1) {
        const page = await browser.newPage();
        await page.setContent(drawingWith(quickestPause * 2 ** (attempt - 1)));
        await page.waitForFunction("recording", undefined, { timeout: 180_000 });
        await writeFile(path, Buffer.from(await page.evaluate<string>("recording"), "base64"));
        await page.close();
        const frames = await countFrames(path);
        if (frames >= fewestFrames) return;
        if (attempt === mostAttempts) {
          throw new Error(
            `Chromium recorded ${frames} of 75 frames, the last of ${attempt} times. Run this again when the machine has less to do.`,
          );
        }
      }
    } finally {
      await browser.close();
    }
  },
};

async function countFrames(path: string): Promise<number> {
  const entries = [
    "-select_streams",
    "v",
    "-count_packets",
    "-show_entries",
    "stream=nb_read_packets",
  ];
  const args = ["-v", "error", ...entries, "-of", "csv=p=0", path];
  const { stdout } = await promisify(execFile)("ffprobe", args);
  return Number.parseInt(stdout, 10);
}

export const recorded: (ClipCase & { gives: VideoCase })[] = [
  video("recorded-by-playwright.webm", byPlaywright, {
    ...{ size: [800, 450], mime: "video/webm", plays: "everywhere" },
  }),
  video("recorded-by-a-page.webm", byMediaRecorder, {
    ...{ size: [800, 450], mime: "video/webm", plays: "everywhere" },
    // Browsers take the container's word for it. Its VP8 decoder gives every frame the other range.
    pictures: { filter: "setparams=range=pc:colorspace=bt709" },
  }),
];

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-recording-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
