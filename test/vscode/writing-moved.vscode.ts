import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rewriteAnswer } from "../faults/faults.ts";
import {
  beginWriting,
  holdParts,
  linkedPicture,
  placeholder,
  writingSettings,
} from "./begin-writing.ts";
import { connect } from "./connect.ts";
import { type FrontedService, startFrontedService } from "./fronted-service.ts";
import { useStage } from "./stage.ts";
import type { Workbench } from "./workbench/workbench.ts";

const stage = useStage({ settings: { ...writingSettings, "files.defaultLanguage": "markdown" } });
const notes = { name: "notes.md", content: "See: " };

/** Pastes a video into a text, and holds its upload. */
async function beginUpload() {
  const writing = await beginWriting(stage, notes, { "intro.mp4": {} });
  const gate = holdParts(writing.service);
  await writing.editor.pasteFiles("intro.mp4");
  await expect.poll(() => writing.editor.read()).toMatch(placeholder);
  return { ...writing, gate };
}

test("a placeholder that was cut, pasted and given another title becomes the clip", async () => {
  const { editor, gate, workbench, service } = await beginUpload();
  await editor.press("Home");
  await editor.press("Shift+End");
  await editor.press("Control+x");
  await expect.poll(() => editor.read()).toBe("");
  await editor.press("Control+v");
  await expect.poll(() => editor.read()).toMatch(placeholder);
  await editor.press("Home");
  for (const _ of "See: [") await editor.press("ArrowRight");
  await editor.type("My ");
  await expect.poll(() => editor.read()).toContain("See: [My Uploading");
  // A rename gives the text another document.
  await workbench.explorer.rename("notes.md", "story.md");
  await workbench.page.locator(".tab.active", { hasText: "story.md" }).waitFor();
  gate.open();
  const expected = new RegExp(`^See: ${linkedPicture.source}$`);
  await expect.poll(() => editor.read()).toMatch(expected);
  expect(await service.listNames()).toEqual(["intro.mp4"]);
});

test("undoing past a clip takes one step at a time, and leaves no placeholder", async () => {
  const { editor, gate } = await beginUpload();
  await editor.press("Home");
  await editor.type("Above.");
  gate.open();
  await expect.poll(() => editor.read()).toMatch(linkedPicture);
  await editor.press("Control+z");
  await expect.poll(() => editor.read()).toBe("Above.See: ");
  await editor.press("Control+z");
  await expect.poll(() => editor.read()).toBe("See: ");
});

/** Waits until a reload loses nothing: the editor stores a moment later what an extension tells it. */
async function awaitStored({ readState }: Workbench, ...names: string[]): Promise<void> {
  for (const name of names) {
    for (const key of ["unfinished", "placeholders"]) {
      const stored = new RegExp(`clipcourier\\.${key}.{0,2000}${name.replace(".", "\\.")}`, "s");
      await expect.poll(readState).toMatch(stored);
    }
  }
}

/** Saves the text with its placeholder, reloads the window, and gives what it offers. */
async function reloadDuringUpload() {
  const begun = await beginUpload();
  const { editor, workbench, service } = begun;
  await editor.press("Control+s");
  await workbench.page.locator(".tab.active:not(.dirty)").waitFor();
  await awaitStored(workbench, "intro.mp4");
  await workbench.reload();
  const offer = await workbench.notifications.find("The upload of intro.mp4 was interrupted.");
  // A window that is reloaded right after a change may not know which files were open.
  await editor.open("notes.md");
  await expect.poll(() => editor.read()).toContain("uploading:");
  service.front.script([]);
  return { ...begun, offer };
}

test("after a reload during the upload, Go On finishes it, and the clip takes the place of the placeholder", async () => {
  const { editor, offer, service } = await reloadDuringUpload();
  await offer.press("Go On");
  await expect.poll(() => editor.read()).toMatch(new RegExp(`^See: ${linkedPicture.source}$`));
  expect(await service.listNames()).toEqual(["intro.mp4"]);
  await editor.press("Control+z");
  await expect.poll(() => editor.read()).toBe("See: ");
});

test("after a reload, Go On uploads each video of a text to the service that it was pasted for", async () => {
  const writing = await beginWriting(stage, notes, { "intro.mp4": {}, "outro.mp4": {} });
  const { editor, workbench, service } = writing;
  const other = await startFrontedService({ looksInto: true });
  holdParts(service);
  holdParts(other);
  await editor.pasteFiles("intro.mp4");
  await expect.poll(() => editor.read()).toMatch(placeholder);
  await connect(workbench, other);
  await editor.pasteFiles("outro.mp4");
  await expect.poll(() => editor.read()).toContain("Uploading outro.mp4…");
  await editor.press("Control+s");
  await workbench.page.locator(".tab.active:not(.dirty)").waitFor();
  await awaitStored(workbench, "intro.mp4", "outro.mp4");
  await workbench.reload();
  await editor.open("notes.md");
  const offer = await workbench.notifications.find("The upload of 2 files was interrupted.");
  for (const { front } of [service, other]) front.script([]);
  await offer.press("Go On");
  await expect.poll(() => editor.read()).not.toContain("uploading:");
  expect(await service.listNames()).toEqual(["intro.mp4"]);
  expect(await other.listNames()).toEqual(["outro.mp4"]);
});

/** The service gives its clips without pictures, as one does that makes them later. */
function holdPictures({ front }: FrontedService): void {
  const fault = rewriteAnswer((json) =>
    JSON.parse(
      JSON.stringify(json, (key, value) => {
        if (key === "download_url") return undefined;
        return key === "preview_gif" ? null : value;
      }),
    ),
  );
  front.script([{ when: { path: /videoclips/, method: "GET" }, times: 99, fault }]);
}

test("a clip whose pictures were awaited at a reload is inserted without a question", async () => {
  const { editor, workbench, service } = await beginWriting(stage, notes, { "intro.mp4": {} });
  holdPictures(service);
  await editor.pasteFiles("intro.mp4");
  await expect.poll(() => service.listNames()).toEqual(["intro.mp4"]);
  await editor.press("Control+s");
  await workbench.page.locator(".tab.active:not(.dirty)").waitFor();
  await expect.poll(() => editor.read()).toMatch(placeholder);
  await expect.poll(workbench.readState).not.toMatch(/clipcourier\.unfinished.{0,200}intro\.mp4/);
  await workbench.reload();
  await editor.open("notes.md");
  service.front.script([]);
  await expect.poll(() => editor.read()).toMatch(new RegExp(`^See: ${linkedPicture.source}$`));
  expect(await workbench.notifications.readAll()).toEqual([]);
});

test("where the placeholder is gone after the reload, Go On uploads the video and says so", async () => {
  const { editor, offer, service, workbench } = await reloadDuringUpload();
  await editor.press("Control+a");
  await editor.type("Another text.");
  await offer.press("Go On");
  const told = await workbench.notifications.find(
    "Uploaded, but its placeholder in notes.md is gone or was changed: intro.mp4.",
  );
  expect(await told.readButtons()).toEqual(["Copy Markdown", "Copy Link"]);
  expect(await editor.read()).toBe("Another text.");
  expect(await service.listNames()).toEqual(["intro.mp4"]);
});

test("Forget after the reload removes the placeholder, and says so", async () => {
  const { editor, offer, service, workbench } = await reloadDuringUpload();
  await offer.press("Forget");
  await workbench.notifications.find(
    "The upload of intro.mp4 was interrupted. Its placeholder was removed from notes.md.",
  );
  await expect.poll(() => editor.read()).toBe("See: ");
  expect(await service.listNames()).toEqual([]);
});

/** The content of all files below a folder, as one text. */
async function readAll(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((one) => one.isFile());
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

test("after a reload, Go On inserts into a text without a file whose tab is not shown", async () => {
  const { editor, service, workbench } = await beginWriting(stage, notes, { "intro.mp4": {} });
  holdParts(service);
  await workbench.runCommand("File: New Untitled Text File");
  const tab = workbench.page.locator(".tab", { hasText: "Untitled-1" });
  await tab.waitFor();
  await editor.pasteFiles("intro.mp4");
  await expect.poll(() => editor.read()).toMatch(placeholder);
  await editor.open("notes.md");
  await awaitStored(workbench, "intro.mp4");
  // The text itself, and that its tab is not the one that is shown.
  const folder = join(stage.editor.userData, "User", "Backups");
  await expect.poll(() => readAll(folder)).toContain("uploading:");
  await expect.poll(workbench.readState).toMatch(/Untitled-1.{0,4000}mru\W+0,1\b/s);
  await workbench.reload();
  const offer = await workbench.notifications.find("The upload of intro.mp4 was interrupted.");
  await workbench.page.locator(".tab.active", { hasText: "notes.md" }).waitFor();
  service.front.script([]);
  await offer.press("Go On");
  await expect.poll(() => service.listNames()).toEqual(["intro.mp4"]);
  await tab.click();
  await expect.poll(() => editor.read()).toMatch(new RegExp(`^${linkedPicture.source}$`));
  expect(await workbench.notifications.readAll()).toEqual([]);
});
