import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { FF_ENCODER_LIBX264 } from "node-av/constants";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { drainSlowly } from "../faults/faults.ts";
import { encodeMedia } from "../fixtures/encode-media.ts";
import { padVideo } from "../fixtures/pad-video.ts";
import { connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { takePicture, useStage } from "./stage.ts";
import { takeInThemes } from "./themes.ts";
import type { Workbench } from "./workbench/workbench.ts";
import { addFile, makeWorkspace } from "./workspace.ts";

const upload = "Upload as Clip";
const mebibyte = 1024 * 1024;
// Messages pop up as they do for a person; other tests read them in the notification centre.
const stage = useStage({
  showsToasts: true,
  settings: {
    "workbench.colorTheme": "Dark Modern",
    "workbench.layoutControl.enabled": false,
    "window.commandCenter": false,
  },
});

const wholeWindow = { x: 0, y: 0, width: 1200, height: 750 };
const explorerCorner = { x: 0, y: 0, width: 700, height: 600 };
const messagesCorner = { x: 560, y: 560, width: 640, height: 190 };

/** Makes a folder like a person's, with other files beside the videos. */
async function makeTrailer(): Promise<string> {
  const folder = join(await makeWorkspace({}), "trailer");
  await addFile(folder, "notes.md", "# Trailer\n");
  await addFile(folder, "takes/take-1.mov", {});
  await addFile(folder, "takes/take-2.mov", {});
  await addFile(folder, "storyboard.txt", "1. The sun rises.\n");
  const path = join(folder, "sunrise.mp4");
  await encodeMedia({
    path,
    source:
      "gradients=s=640x360:rate=24:duration=8:speed=0.02:nb_colors=5:seed=3:x0=50:y0=25:x1=600:y1=350" +
      ":c0=0x0b1d51:c1=0x725ac1:c2=0xff7e67:c3=0xffc371:c4=0x00b4d8,format=yuv420p",
    encoder: FF_ENCODER_LIBX264,
    encoderOptions: { preset: "ultrafast", crf: "23" },
    containerOptions: { movflags: "+faststart" },
  });
  await padVideo(path, "mp4", 14 * mebibyte);
  return folder;
}

/** Saves a picture of a part of the window, and updates the README's when that is requested. */
async function keepPicture(page: Page, name: string, clip = wholeWindow): Promise<void> {
  const path = await takePicture(page, name, clip);
  if (process.env.CLIPCOURIER_README_PICTURES !== "1") return;
  const folder = join(import.meta.dirname, "../../packages/vscode/media/readme");
  await mkdir(folder, { recursive: true });
  await copyFile(path, join(folder, `${name}.png`));
}

/** Waits until the video's picture is shown. */
async function showClip(workbench: Workbench): Promise<void> {
  const editor = await workbench.findWebview("video");
  await expect
    .poll(() => editor.locator("video").evaluate((video) => video.readyState))
    .toBeGreaterThanOrEqual(2);
}

test("an upload from the menu to the clip, in pictures", async () => {
  const service = await startFrontedService({ looksInto: true });
  const workbench = await stage.open(await makeTrailer(), { width: 1200, height: 750 });
  const { clips, explorer, menu, notifications, page } = workbench;
  await connect(workbench, service);
  await notifications.dismissAll();

  await menu.openOn(explorer.row("sunrise.mp4"), upload);
  await page.locator(".monaco-menu").getByText(upload, { exact: true }).hover();
  await keepPicture(page, "menu", explorerCorner);
  const slow = drainSlowly({ bytesPerSecond: 0.7 * mebibyte });
  service.front.script([2, 3].map((part) => ({ when: { part }, fault: slow })));
  await menu.choose(upload);
  await notifications.toast(/ [5-9]\.\d of .*MiB\/s · \d+ s left/).waitFor();
  await keepPicture(page, "progress", messagesCorner);
  await notifications.toast("sunrise.mp4 is a clip now.").waitFor();
  await keepPicture(page, "summary", messagesCorner);

  await notifications
    .toast("sunrise.mp4")
    .getByRole("button", { name: "Open", exact: true })
    .click();
  await showClip(workbench);
  await keepPicture(page, "clip");
  await clips.open();
  await clips.showTooltip("sunrise.mp4");
  await keepPicture(page, "clips");
});

test("a narrow side bar and long names, in dark, light and high contrast", async () => {
  const long = `${"a-rather-long-name-of-a-recording-".repeat(4)}2026-11-22.mp4`;
  const service = await startFrontedService({ looksInto: true });
  const folder = await makeWorkspace({ [long]: { seconds: 2 }, "short.mp4": {}, "empty.mp4": "" });
  const workbench = await stage.open(folder);
  const { clips, explorer, notifications, quickInput } = workbench;
  await connect(workbench, service);
  await explorer.chooseFor(upload, long, "short.mp4", "empty.mp4");
  await notifications.find("2 of 3 files are clips now.");
  await clips.open();
  await workbench.dragSideBarTo(200);
  await clips.row(long).click();
  await showClip(workbench);
  const editor = await workbench.findWebview("video");
  // However long a name is, nothing is wider than the page.
  const overhang = () =>
    editor.locator("html").evaluate((html) => html.scrollWidth - html.clientWidth);
  expect(await overhang()).toBe(0);
  await takeInThemes(workbench, "clips", () => clips.showTooltip(long));
  await workbench.runCommand("Welcome: Open Walkthrough...");
  await quickInput.pick("Get Started with Clipcourier");
  await workbench.findWebview("svg");
  await takeInThemes(workbench, "walkthrough");
});
