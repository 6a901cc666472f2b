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

/** Draws for three seconds, and keeps the recording in base64. */
const drawing = `<!doctype html><canvas width="${size.width}" height="${size.height}"></canvas>
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
  const timer = setInterval(() => {
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#2563eb";
    pen.fillRect(20 + frame * 8, 120, 120, 120);
    pen.fillStyle = "#111827";
    pen.font = "48px DejaVu Sans";
    pen.fillText("Frame " + frame++, 40, 80);
    if (frame === 75) { clearInterval(timer); setTimeout(() => recorder.stop(), 1000); }
  }, 40);
  recorder.start(200);
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

/** Recorded by a page, as web applications do: the file does not say how long it is. */
const byMediaRecorder: Recipe = {
  stamp: `MediaRecorder 1 ${drawing}`,
  async make(path) {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.setContent(drawing);
      await page.waitForFunction("recording");
      await writeFile(path, Buffer.from(await page.evaluate<string>("recording"), "base64"));
    } finally {
      await browser.close();
    }
  },
};

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
