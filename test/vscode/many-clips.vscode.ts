import { join } from "node:path";
import type { DirectUploadClient } from "@clipcourier/core";
import { expect, test } from "vitest";
import { rewriteAnswer } from "../faults/faults.ts";
import { connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { readListRequests } from "./list-requests.ts";
import { seedClips } from "./seed-clips.ts";
import { takePicture, useStage } from "./stage.ts";
import { takeInThemes } from "./themes.ts";
import { TextEditor } from "./workbench/text-editor.ts";
import { waitUntil } from "./workbench/wait-until.ts";
import { addFile, makeWorkspace } from "./workspace.ts";

const stage = useStage();

/** Uploads a byte or two of which no other clip has the same. */
async function upload(client: DirectUploadClient, name: string, content = name): Promise<string> {
  const bytes = Buffer.from(content);
  const { clip } = await client.upload({ name, size: bytes.length, read: async () => bytes });
  return clip.id;
}

test("clips of one name are one row with their number, and tell their ages, which grow by themselves", async () => {
  const service = await startFrontedService();
  const client = service.service.connect();
  for (const take of [1, 2, 3]) await upload(client, "intro.mp4", `take ${take}`);
  await upload(client, "other.mp4");
  const newestTake = (await client.listClips()).clips[1];
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {} }));
  const { clips, notifications, page, quickInput } = workbench;
  await connect(workbench, service);
  await notifications.dismissAll();
  await clips.open();
  await expect
    .poll(() => clips.readDescription("intro.mp4"))
    .toMatch(/^3 clips · (now|\d minutes? ago)$/);
  expect(await clips.root.locator(".monaco-list-row").count()).toBe(2);

  await clips.row("intro.mp4").click();
  await expect.poll(() => clips.root.locator(".monaco-list-row").count()).toBe(5);
  await takeInThemes(workbench, "clips-of-one-name");
  await clips.focusOn("intro.mp4");
  await page.keyboard.press("Delete");
  await notifications.find("intro.mp4 is the name of 3 clips. Choose one below it.");
  await notifications.dismissAll();
  await clips.focusOn("intro.mp4");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Control+c");
  await expect.poll(() => workbench.readClipboard()).toBe(newestTake?.url);
  await page.keyboard.press("Delete");
  await quickInput.waitFor("Delete the clip intro.mp4?");
  await quickInput
    .row("Delete")
    .filter({ hasText: newestTake?.id ?? "" })
    .click();
  await expect.poll(() => clips.readDescription("intro.mp4")).toMatch(/^2 clips · /);

  // A window that is not used: nothing is asked for, and the ages grow.
  const requests = readListRequests(service).length;
  const age = await clips.readDescription("other.mp4");
  await expect.poll(() => clips.readDescription("other.mp4"), { timeout: 80_000 }).not.toBe(age);
  expect(await clips.readDescription("other.mp4")).toMatch(/ · \d minutes? ago$/);
  expect(readListRequests(service)).toHaveLength(requests);
});

test("1,000 clips are loaded by themselves, found by name, and kept by a refresh and an upload", async () => {
  const service = await startFrontedService();
  const client = service.service.connect();
  const names = Array.from({ length: 1_004 }, (_, index) => `clip-${index + 1}.mp4`);
  const seeded = await seedClips(service.service, [...names, "oldest.mp4"]);
  const workbench = await stage.open(await makeWorkspace({ "new.mp4": {} }));
  const { clips, explorer, notifications, page, quickInput } = workbench;
  await connect(workbench, service);
  await clips.open();
  await expect.poll(() => readListRequests(service).length).toBe(10);
  await clips.goToEnd("Load More");
  await takePicture(page, "load-more");

  // Beyond what is loaded, too.
  await workbench.runCommand("Clipcourier: Find Clips by Name…");
  await quickInput.waitFor("Find Clips by Name");
  await quickInput.box.fill("OLDEST");
  await waitUntil("the oldest clip among those that were looked through", async () => {
    if ((await quickInput.row("oldest.mp4").count()) > 0) return true;
    await quickInput.row("Look Further").click({ timeout: 2_000 });
    return undefined;
  });
  await quickInput.pick("oldest.mp4");
  await page.locator(".tab", { hasText: "oldest.mp4" }).waitFor();
  const searched = readListRequests(service).map((query) => query.get("name"));
  expect(searched).toContain("OLDEST");

  await clips.goToEnd("Load More");
  // The page of the clip may take the focus meanwhile, and a key with it.
  await clips.row("Load More").click();
  await clips.goToEnd("oldest.mp4");
  await upload(client, "meanwhile.mp4");
  await workbench.runCommand("Clipcourier: Refresh Clips");
  await clips.goToStart("meanwhile.mp4");
  await clips.goToEnd("oldest.mp4");

  await notifications.dismissAll();
  await workbench.openExplorer();
  await explorer.chooseFor("Upload as Clip", "new.mp4");
  await notifications.find("new.mp4 is a clip now.");
  await clips.open();
  await clips.goToStart("new.mp4");
  await clips.goToEnd("oldest.mp4");

  await client.deleteClip(seeded.at(-1)?.id ?? "");
  await workbench.runCommand("Clipcourier: Refresh Clips");
  await expect.poll(() => clips.row("oldest.mp4").count()).toBe(0);
  await clips.goToStart("new.mp4");
});

test("a service that tells neither how many clips there are nor where the next page begins is asked on", async () => {
  const service = await startFrontedService();
  const names = Array.from({ length: 230 }, (_, index) => `clip-${index + 1}.mp4`);
  await seedClips(service.service, names);
  const forget = rewriteAnswer((json) => {
    const { _total, _next, ...page } = Object(json);
    return page;
  });
  const path = /\/me\/videoclips$/;
  service.front.script([{ when: { method: "GET", path }, times: Infinity, fault: forget }]);
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {} }));
  await connect(workbench, service);
  await workbench.clips.open();
  await workbench.clips.goToEnd("clip-230.mp4");
  const pages = readListRequests(service).map((query) => query.get("page"));
  expect(pages).toEqual(["1", "2", "3"]);
});

test("Insert Clip at Cursor lists the clips with their pictures, although the view was never open", async () => {
  const service = await startFrontedService({ looksInto: true });
  const folder = await makeWorkspace({ "sunset.mp4": { seconds: 2 } });
  await addFile(folder, "notes.md", "# Notes\n");
  const { clip } = await service.service.connect().upload(join(folder, "sunset.mp4"));
  const workbench = await stage.open(folder);
  const { explorer, notifications, page, quickInput } = workbench;
  await connect(workbench, service);
  await notifications.dismissAll();
  await explorer.row("notes.md").dblclick();
  await page.locator(".editor-instance .view-line", { hasText: "# Notes" }).waitFor();
  await workbench.runCommand("Clipcourier: Insert Clip at Cursor…");
  await quickInput.waitFor("Insert Clip at Cursor");
  const row = quickInput.row("sunset.mp4");
  await expect.poll(() => workbench.readIcons(row)).toMatch(/pictures.*\.jpe?g/);
  await takePicture(page, "insert-clip");
  await row.click();
  await expect.poll(() => new TextEditor(workbench).readUnescaped()).toContain(clip.url);
});
