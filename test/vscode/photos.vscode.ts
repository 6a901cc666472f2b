import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FF_ENCODER_PNG } from "node-av/constants";
import { expect, test } from "vitest";
import { encodeMedia } from "../fixtures/encode-media.ts";
import { beginWriting, writingSettings } from "./begin-writing.ts";
import { connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { useStage } from "./stage.ts";
import { takeInThemes } from "./themes.ts";
import { addFile, makeWorkspace } from "./workspace.ts";

const upload = "Upload as Clip";
const stage = useStage({ settings: writingSettings });
const linkedPhoto = /\[!\[shot\.png\]\(http\S*\/photo\)\]\(http\S*\/c\/[\w%-]+\)/;

/** A screenshot of 640 × 360 pixels. */
async function makeShot(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-shot-"));
  const path = join(folder, "shot.png");
  try {
    const source = "testsrc2=s=640x360:r=5:d=0.2,format=rgb24";
    await encodeMedia({ path, source, encoder: FF_ENCODER_PNG });
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("the open picture becomes a clip from the palette, and the list, its tooltip and its tab show it", async () => {
  const service = await startFrontedService({ looksInto: true });
  const folder = await makeWorkspace({ "shot.png": await makeShot(), "take.mp4": { seconds: 2 } });
  const workbench = await stage.open(folder);
  await connect(workbench, service);
  await workbench.explorer.chooseFor(upload, "take.mp4");
  await workbench.notifications.find("take.mp4 is a clip now.");
  // Its menu has it only where somebody has asked for that.
  expect(await workbench.explorer.readMenuOf("shot.png")).not.toContain(upload);
  await workbench.explorer.row("shot.png").dblclick();
  await workbench.page.locator(".tab.active", { hasText: "shot.png" }).waitFor();
  await workbench.runCommand(`Clipcourier: ${upload}`);
  const summary = await workbench.notifications.find("shot.png is a clip now.");
  await summary.press("Copy Markdown");
  await expect.poll(() => workbench.readClipboard()).toMatch(linkedPhoto);

  await workbench.clips.open();
  await workbench.clips.row("shot.png").click();
  expect(await workbench.clips.readDescription("shot.png")).toMatch(/^640 × 360 · /);
  expect(await workbench.clips.row("shot.png").locator(".codicon-device-camera").count()).toBe(1);
  const page = await workbench.findWebview('img[alt="shot.png"]');
  const picture = page.locator("img");
  await expect.poll(() => picture.evaluate((img) => img.naturalWidth)).toBe(640);
  expect(await page.locator("video, [role=status]").count()).toBe(0);
  const show = () => workbench.clips.showTooltip("shot.png");
  expect(await show()).toContain("Ready");
  await takeInThemes(workbench, "photos", show);
});

test("pasting a picture is left to the editor, whose button offers its clip", async () => {
  const files = { "shot.png": await makeShot() };
  const text = { name: "notes.md", content: "See: " };
  const { editor, service } = await beginWriting(stage, text, files);
  await editor.pasteFiles("shot.png");
  await expect.poll(() => editor.read()).toMatch(/^See: !\[.*\]\(shot\.png\)$/);
  expect(await service.listNames()).toEqual([]);
  await editor.chooseEdit("Upload as Clip and Insert");
  await expect.poll(() => editor.read()).toMatch(new RegExp(`^See: ${linkedPhoto.source}$`));
  expect(await service.listNames()).toEqual(["shot.png"]);
});

test("where a person wants it, the menus of pictures have it, and a selection of both is uploaded", async () => {
  const service = await startFrontedService();
  const shot = await makeShot();
  const folder = await makeWorkspace({ "shot.PNG": shot, "take.mp4": {}, "logo.svg": "<svg/>" });
  await addFile(folder, ".vscode/settings.json", '{ "clipcourier.picturesInMenus": true }');
  const workbench = await stage.open(folder);
  await connect(workbench, service);
  await workbench.explorer.readMenuOf("shot.PNG", upload);
  expect(await workbench.explorer.readMenuOf("logo.svg")).not.toContain(upload);
  await workbench.explorer.chooseFor(upload, "shot.PNG", "take.mp4");
  await workbench.notifications.find("2 files are clips now.");
  expect((await service.listNames()).sort()).toEqual(["shot.PNG", "take.mp4"]);
});
