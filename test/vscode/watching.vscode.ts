import { createHash } from "node:crypto";
import { appendFile, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { answerWith } from "../faults/faults.ts";
import { makePhoto } from "../fixtures/make-photo.ts";
import { download } from "../spoiled-service.ts";
import { useExtensionHost } from "./extension-host.ts";
import { type FrontedService, startFrontedService } from "./fronted-service.ts";
import { addFile } from "./workspace.ts";

const host = useExtensionHost();
/** A render settles after two looks at it, and machines can be slow. */
const patience = { timeout: 60_000, interval: 200 };

/** Starts a service and connects to it. */
async function connectNew(): Promise<FrontedService> {
  const service = await startFrontedService();
  await host.connect(service);
  return service;
}

/** Answers each part with this status. */
function spoilParts({ front }: FrontedService, status: number): void {
  const fault = answerWith({ status, headers: {}, body: "" });
  front.script([{ when: { method: "PUT" }, times: 99, fault }]);
}

/** A folder outside of the workspace. */
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-renders-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

function hash(bytes: Buffer): string {
  return createHash("md5").update(bytes).digest("hex");
}

async function hashFile(path: string): Promise<string> {
  return hash(await readFile(path));
}

/** Makes a video, and writes it to a path as a renderer does: piece by piece, under its own name. */
async function render(path: string): Promise<void> {
  const draft = await addFile(await makeFolder(), "draft.mp4", {});
  const content = await readFile(draft);
  await rm(path, { force: true });
  const pieceSize = Math.ceil(content.length / 12);
  for (let start = 0; start < content.length; start += pieceSize) {
    await appendFile(path, content.subarray(start, start + pieceSize));
    // The pace of the renderer: longer in all than a file takes to settle.
    await sleep(700);
  }
}

/** Writes a new video under another name, and then renames it. */
async function renderAside(path: string): Promise<void> {
  const draft = await addFile(dirname(path), "draft.mp4.part.mp4", {});
  await rename(draft, path);
}

async function watch(path: string): Promise<string> {
  const uri = pathToFileURL(path).href;
  await host.call("runCommand", "clipcourier.watchFile", uri);
  onTestFinished(async () => {
    await host.call("runCommand", "clipcourier.stopWatching", uri);
  });
  return uri;
}

/** Makes a video and watches it; gives its path. */
async function watchNew(name: string, folder = host.folder): Promise<string> {
  const path = await addFile(folder, name, {});
  await watch(path);
  return path;
}

async function hashClips(service: FrontedService): Promise<string[]> {
  const { clips } = await service.connect().listClips();
  return Promise.all(clips.map(async ({ videoUrl }) => hash(await download(videoUrl))));
}

function countPlans({ front }: FrontedService): number {
  return front.log.filter(({ query }) => query.has("filename")).length;
}

test.each(["inside", "outside"])(
  "a watched file %s of the workspace is uploaded once it is written, and once per content",
  async (place) => {
    const service = await connectNew();
    const folder = place === "inside" ? host.folder : await makeFolder();
    const path = await watchNew("intro.mp4", folder);

    await render(path);
    const first = await hashFile(path);
    await expect.poll(() => hashClips(service), patience).toEqual([first]);

    await renderAside(path);
    const second = await hashFile(path);
    await expect.poll(() => hashClips(service), patience).toEqual([second, first]);

    service.front.clearLog();
    await writeFile(path, await readFile(path));
    await expect.poll(() => countPlans(service), patience).toBe(1);
    expect(service.partBytes()).toBe(0);

    const shown = await host.workbench.notifications.readAll();
    expect(shown.filter((text) => text.includes("is a clip"))).toEqual([]);
  },
  240_000,
);

test("a file that is no longer watched is not uploaded", async () => {
  const service = await connectNew();
  const stopped = await addFile(host.folder, "stopped.mp4", {});
  const uri = await watch(stopped);
  const watched = await watchNew("watched.mp4");
  await host.call("runCommand", "clipcourier.stopWatching", uri);
  await renderAside(stopped);
  await renderAside(watched);
  await expect.poll(() => service.listNames(), patience).toEqual(["watched.mp4"]);
});

test("a link to a file elsewhere is not watched, and a message says so", async () => {
  await connectNew();
  const outside = await addFile(await makeFolder(), "private.mp4", {});
  const link = join(host.folder, "link.mp4");
  await symlink(outside, link);
  await watch(link);
  await host.workbench.notifications.find(
    "Not watched, because they are links out of their folder: link.mp4.",
  );
  await host.workbench.page.locator(".statusbar-item .codicon-eye").waitFor({ state: "hidden" });
});

test("pictures are not watched, as a message says, and Stop Watching asks where only they are chosen", async () => {
  await connectNew();
  await watchNew("film.mp4");
  const picture = await addFile(host.folder, "shot.png", await makePhoto("png"));
  const { explorer, notifications, page, quickInput } = host.workbench;
  await explorer.row("shot.png").dblclick();
  await page.locator(".tab.active", { hasText: "shot.png" }).waitFor();
  // As from the palette: the open file is meant.
  await host.call("runCommand", "clipcourier.watchFile");
  await notifications.find("Only videos are watched. Left out: shot.png.");

  const stopping = host.call("runCommand", "clipcourier.stopWatching", pathToFileURL(picture).href);
  await quickInput.waitFor("Which files should no longer be watched?");
  await quickInput.pick("film.mp4");
  await quickInput.box.press("Enter");
  await stopping;
  await page.locator(".statusbar-item .codicon-eye").waitFor({ state: "hidden" });
});

test("chapters that a watched render does not get are told in the log alone", async () => {
  const service = await connectNew();
  const path = await watchNew("steps.mp4");
  await addFile(host.folder, "steps.chapters.vtt", "no WebVTT");
  await renderAside(path);
  await host.call("runCommand", "clipcourier.showLog");
  const readLog = () => host.workbench.readOutput();
  await expect.poll(readLog, patience).toContain("No chapters for clip");
  expect(await service.listNames()).toEqual(["steps.mp4"]);
  const shown = await host.workbench.notifications.readAll();
  expect(shown.filter((text) => text.includes("chapters"))).toEqual([]);
});

test("the upload of a watched file can be cancelled", async () => {
  const service = await connectNew();
  const path = await watchNew("unwanted.mp4");
  spoilParts(service, 503);
  await renderAside(path);
  const running = host.workbench.page.locator(".statusbar-item", { hasText: "Clip 1/1" });
  await running.waitFor({ timeout: patience.timeout });
  await host.call("runCommand", "clipcourier.cancelUploads");
  await running.waitFor({ state: "hidden" });
  service.front.script([]);
  // What has failed is told, and what was cancelled is not.
  const shown = await host.workbench.notifications.readAll();
  expect(shown.filter((text) => text.includes("unwanted.mp4 was not uploaded"))).toEqual([]);
  expect(await service.listNames()).toEqual([]);
});

test("a failure is told once, until an upload of the file succeeds", async () => {
  const service = await connectNew();
  const path = await watchNew("refused.mp4");
  spoilParts(service, 403);
  const text = "The new render of refused.mp4 was not uploaded: ";
  const countTold = async () => {
    const shown = await host.workbench.notifications.readAll();
    return shown.filter((one) => one.includes(text)).length;
  };
  await renderAside(path);
  await expect.poll(countTold, patience).toBe(1);
  service.front.clearLog();
  await renderAside(path);
  await expect.poll(() => countPlans(service), patience).toBeGreaterThan(0);
  service.front.script([]);
  await renderAside(path);
  await expect.poll(() => service.listNames(), patience).toEqual(["refused.mp4"]);
  expect(await countTold()).toBe(1);
});

test("patterns of the user settings watch what they match once they are allowed", async () => {
  const service = await connectNew();
  await addFile(host.folder, "out/old.mp4", {});
  await host.call("changeSettings", { "clipcourier.watch": ["out/**/*.mp4"] });
  onTestFinished(() => host.call("changeSettings", { "clipcourier.watch": null }));
  // The editor does not tell them from those of the machine, which a dev container writes.
  const question = await host.workbench.notifications.find(
    "The settings want every video of this workspace that matches out/**/*.mp4 to be uploaded",
  );
  await question.press("Allow");
  await host.workbench.page.locator(".statusbar-item .codicon-eye").waitFor();
  await addFile(host.folder, "out/takes/text.txt", "no video");
  await addFile(host.folder, "elsewhere.mp4", {});
  const outside = await addFile(await makeFolder(), "private.mp4", {});
  await symlink(outside, join(host.folder, "out/takes/link.mp4"));
  await render(join(host.folder, "out/takes/new.mp4"));
  await expect.poll(() => service.listNames(), patience).toEqual(["new.mp4"]);
});
