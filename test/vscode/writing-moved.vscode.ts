import { expect, test } from "vitest";
import {
  beginWriting,
  holdParts,
  linkedPicture,
  placeholder,
  writingSettings,
} from "./begin-writing.ts";
import { useStage } from "./stage.ts";

const stage = useStage({ settings: writingSettings });
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

test("after a reload during the upload the placeholder is removed, and the upload can go on", async () => {
  const { editor, workbench, service } = await beginUpload();
  const { notifications } = workbench;
  await editor.press("Control+s");
  await workbench.page.locator(".tab.active:not(.dirty)").waitFor();
  await workbench.reload();
  await notifications.find(
    "The upload of intro.mp4 was interrupted. Its placeholder was removed from notes.md.",
  );
  await expect.poll(() => editor.read()).toBe("See: ");
  service.front.script([]);
  await (await notifications.find(/was interrupted\.(?! Its)/)).press("Go On");
  await notifications.find("intro.mp4 is a clip now.");
});
