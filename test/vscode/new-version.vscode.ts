import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clip } from "@clipcourier/core";
import { expect, test } from "vitest";
import { connect } from "./connect.ts";
import { type FrontedService, startFrontedService } from "./fronted-service.ts";
import { takePicture, useStage } from "./stage.ts";
import { takeInThemes } from "./themes.ts";
import type { Workbench } from "./workbench/workbench.ts";
import { addFile, makeWorkspace } from "./workspace.ts";

const upload = "Upload as Clip";
const uploadNewVersion = "Upload New Version…";
// In a browser the editor saves by itself otherwise.
const stage = useStage({
  settings: { "files.autoSave": "off", "files.exclude": { "**/generated": true } },
});

/** Texts in which no links are replaced. */
const leftOut = ["node_modules/package/README.md", "generated/README.md"];

/** Texts that name a clip, by the paths of their files. */
function writeTexts({ id, url, previewGif, thumbnailUrl }: Clip): Record<string, string> {
  return {
    "README.md": `# Demo\r\n\r\n[![intro](${previewGif})](${url})\r\n\r\nSee ${url}#top.\r\n`,
    "docs/page.html": `<a href="${url}"><img src="${thumbnailUrl}" alt=""></a>`,
    "data.json": `{ "intro": "${id}", "other": "${id}0" }`,
  };
}

async function readTexts(folder: string, clip: Clip): Promise<Record<string, string>> {
  const names = Object.keys(writeTexts(clip));
  const read = async (name: string) => [name, await readFile(join(folder, name), "utf8")];
  return Object.fromEntries(await Promise.all(names.map(read)));
}

/** The texts of a clip with the long id of another, which is never replaced. */
function writeTextsAfter(clip: Clip, before: Clip): Record<string, string> {
  const texts = writeTexts(clip);
  return { ...texts, "data.json": `{ "intro": "${clip.id}", "other": "${before.id}0" }` };
}

async function findNewest(service: FrontedService): Promise<Clip> {
  const [clip] = (await service.connect().listClips()).clips;
  if (clip === undefined) throw new Error("There is no clip.");
  return clip;
}

/** Uploads a video, names its clip in texts of the workspace, and renders the video anew. */
async function makeFirstVersion(workbench: Workbench, service: FrontedService, folder: string) {
  const { explorer, notifications } = workbench;
  await connect(workbench, service);
  expect(await explorer.readMenuOf("intro.mp4", upload)).not.toContain(uploadNewVersion);
  await explorer.chooseFor(upload, "intro.mp4");
  await (await notifications.find("intro.mp4 is a clip now.")).dismiss();
  const clip = await findNewest(service);
  for (const [name, text] of Object.entries(writeTexts(clip))) await addFile(folder, name, text);
  for (const name of leftOut) await addFile(folder, name, clip.url);
  await addFile(folder, "intro.mp4", {});
  return clip;
}

test("a new version is uploaded, and the links to the earlier one are replaced after a preview, in one step", async () => {
  const service = await startFrontedService({ looksInto: true });
  const folder = await makeWorkspace({ "intro.mp4": {} });
  const workbench = await stage.open(folder);
  const { page, explorer, notifications, refactorPreview } = workbench;
  const before = await makeFirstVersion(workbench, service, folder);

  await explorer.chooseFor(uploadNewVersion, "intro.mp4");
  await notifications.find("intro.mp4 is a clip now.");
  const text = "intro.mp4 has a new clip. Links to the earlier one: 6 (files: 3).";
  const offer = await notifications.find(text);
  expect(await offer.readButtons()).toEqual(["Replace All", "Preview…"]);
  await takePicture(page, "new-version-offer");
  await offer.press("Preview…");
  await refactorPreview.waitFor();
  await takePicture(page, "new-version-preview");

  await refactorPreview.press("Apply");
  const again = await notifications.find("No link was replaced. In the preview, tick");
  expect(await readTexts(folder, before)).toEqual(writeTexts(before));
  await again.press("Preview…");
  await refactorPreview.waitFor();
  for (const name of ["README.md", "page.html", "data.json"]) await refactorPreview.tick(name);
  await takeInThemes(workbench, "new-version-ticked");
  await refactorPreview.press("Apply");
  await notifications.find("Links replaced: 6.");
  const after = await findNewest(service);
  expect(after.id).not.toBe(before.id);
  await expect.poll(() => readTexts(folder, before)).toEqual(writeTextsAfter(after, before));
  const left = leftOut.map((name) => readFile(join(folder, name), "utf8"));
  expect(await Promise.all(left)).toEqual(leftOut.map(() => before.url));

  await explorer.row("README.md").dblclick();
  await page.locator(".monaco-editor .view-line").first().click();
  await page.keyboard.press("Control+z");
  await expect.poll(() => page.locator(".tab.dirty").count()).toBe(3);
  await takePicture(page, "new-version-undo");
  await workbench.runCommand("File: Save All Files");
  await expect.poll(() => readTexts(folder, before)).toEqual(writeTexts(before));
});

/** A notebook with this text in a cell. */
function writeNotebook(text: string): string {
  const cell = { cell_type: "markdown", metadata: {}, source: [text] };
  return JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 });
}

test("text that is not saved and the cells of an open notebook count, and all links can be replaced at once", async () => {
  const service = await startFrontedService();
  const folder = await makeWorkspace({ "intro.mp4": {}, "open.md": "" });
  const workbench = await stage.open(folder);
  const { page, explorer, notifications } = workbench;
  await connect(workbench, service);
  await explorer.chooseFor(upload, "intro.mp4");
  await (await notifications.find("intro.mp4 is a clip now.")).dismiss();
  const before = await findNewest(service);
  await addFile(folder, "intro.mp4", {});
  await addFile(folder, "notes.ipynb", writeNotebook(`see ${before.url}`));
  await addFile(folder, "closed.ipynb", writeNotebook(`see ${before.url}`));
  await explorer.row("notes.ipynb").dblclick();
  await page.locator(".notebookOverlay").waitFor();
  await explorer.row("open.md").dblclick();
  await page.locator(".monaco-editor .view-line").first().click();
  await page.keyboard.insertText(`see ${before.url} `);
  await page.locator(".tab.dirty", { hasText: "open.md" }).waitFor();

  await explorer.chooseFor(uploadNewVersion, "intro.mp4");
  const offer = await notifications.find("Links to the earlier one: 3 (files: 3).");
  await offer.press("Replace All");
  await notifications.find("Links replaced: 3.");
  const after = await findNewest(service);
  await page.locator(".monaco-editor .view-line", { hasText: after.url }).waitFor();
  await workbench.runCommand("File: Save All Files");
  for (const name of ["open.md", "notes.ipynb", "closed.ipynb"]) {
    const read = () => readFile(join(folder, name), "utf8");
    await expect.poll(read, { message: name }).toContain(after.url);
  }
});

test("without links it says so, and what was not looked through", async () => {
  const service = await startFrontedService();
  const large = "x".repeat(2 * 1024 ** 2 + 1);
  const folder = await makeWorkspace({ "intro.mp4": {}, "notes.md": "no link", "large.md": large });
  const workbench = await stage.open(folder);
  const { explorer, notifications } = workbench;
  await connect(workbench, service);
  await explorer.chooseFor(upload, "intro.mp4");
  await (await notifications.find("intro.mp4 is a clip now.")).dismiss();
  await addFile(folder, "intro.mp4", {});
  await explorer.chooseFor(uploadNewVersion, "intro.mp4");
  await notifications.find(
    "No text of this workspace links to an earlier clip of intro.mp4. Too large to be looked through: large.md.",
  );
});
