import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { answerWith } from "../faults/faults.ts";
import {
  beginWriting,
  holdParts,
  linkedPicture,
  placeholder,
  writingSettings,
} from "./begin-writing.ts";
import { answerConnect, connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { useStage } from "./stage.ts";
import { TextEditor } from "./workbench/text-editor.ts";
import { makeWorkspace } from "./workspace.ts";

const stage = useStage({ settings: writingSettings });

const isVideo = (name: string) => name.endsWith(".mp4");
test("a video that is pasted into Markdown becomes a clip, and one undo takes all of it back", async () => {
  const { service, editor } = await beginWriting(
    stage,
    { name: "notes.md", content: "# Notes\n\n" },
    { "intro.mp4": { seconds: 2 } },
  );
  await editor.pasteFiles("intro.mp4");
  await expect.poll(() => editor.read()).toMatch(linkedPicture);
  const [clip] = (await service.service.connect().listClips()).clips;
  const inserted = `# Notes\n\n[![intro.mp4](${clip?.previewGif})](${clip?.url})`;
  // A line can be drawn anew while it is read.
  await expect.poll(() => editor.readUnescaped()).toBe(inserted);

  await editor.press("Control+z");
  await expect.poll(() => editor.read()).toBe("# Notes\n\n");
  await editor.press("Control+Shift+z");
  await expect.poll(() => editor.readUnescaped()).toBe(inserted);
});

test("who writes on while it uploads finds the clip where the placeholder is by then", async () => {
  const { service, editor, workbench } = await beginWriting(
    stage,
    { name: "notes.md", content: "See: " },
    { "intro.mp4": {} },
  );
  const gate = holdParts(service);
  await editor.pasteFiles("intro.mp4");
  await expect.poll(() => editor.read()).toMatch(placeholder);
  await workbench.notifications.find("Uploading intro.mp4 as a clip");
  await editor.press("Control+Home");
  await editor.type("Above\n\n");
  await editor.press("Control+End");
  await editor.type(" after");
  gate.open();
  await expect
    .poll(() => editor.read())
    .toMatch(new RegExp(`^Above\n\nSee: ${linkedPicture.source} after$`));
});

test("Cancel removes the placeholder, deleting it stops the upload, and redoing it begins again", async () => {
  const { service, editor, workbench } = await beginWriting(
    stage,
    { name: "notes.md", content: "See: " },
    { "intro.mp4": {} },
  );
  const { notifications } = workbench;
  const gate = holdParts(service);
  await editor.pasteFiles("intro.mp4");
  await (await notifications.find("Uploading intro.mp4 as a clip")).press("Cancel");
  const stopped = "The upload was stopped, and nothing is inserted into notes.md for it.";
  await (await notifications.find(stopped)).dismiss();
  await expect.poll(() => editor.read()).toBe("See: ");

  await editor.pasteFiles("intro.mp4");
  await expect.poll(() => editor.read()).toMatch(placeholder);
  await editor.press("Control+z");
  await expect.poll(() => editor.read()).toBe("See: ");
  await notifications.find(stopped);
  expect(await service.listNames()).toEqual([]);

  gate.open();
  await editor.press("Control+Shift+z");
  await expect.poll(() => editor.read()).toMatch(linkedPicture);
});

test("a failed upload removes the placeholder and says why", async () => {
  const { service, editor, workbench } = await beginWriting(
    stage,
    { name: "page.html", content: "<p></p>\n" },
    { "intro.mp4": {} },
  );
  const fault = answerWith({ status: 403 });
  service.front.script([{ when: { method: "PUT" }, times: 99, fault }]);
  await editor.pasteFiles("intro.mp4");
  const failed = await workbench.notifications.find("intro.mp4 was not uploaded: ");
  expect(await failed.read()).toContain("Its placeholder was removed from page.html.");
  expect(await failed.readButtons()).toEqual(["Show Log"]);
  await expect.poll(() => editor.read()).toBe("<p></p>\n");
});

test("a video from outside is dropped as it is, without a path", async () => {
  const { service, editor, folder } = await beginWriting(
    stage,
    { name: "guide.adoc", content: "= Guide\n" },
    { "intro.mp4": { seconds: 2 } },
  );
  await editor.dropFile("a ] b.mp4", await readFile(join(folder, "intro.mp4")), 1);
  await expect
    .poll(() => editor.read())
    .toMatch(/^= Guide.*image:http\S*\/preview\.gif\["a &#93; b\.mp4",link="http\S*"\]/s);
  expect(await service.listNames()).toEqual(["a ] b.mp4"]);
  // The copy of what was dropped is not kept.
  const storage = join(stage.editor.userData, "User", "workspaceStorage");
  const stored = async () => (await readdir(storage, { recursive: true })).filter(isVideo);
  await expect.poll(stored).toEqual([]);
});

test("several videos are inserted in their order, and in blocks where the language wants it", async () => {
  const { editor } = await beginWriting(
    stage,
    { name: "guide.rst", content: "Guide\n=====\n\nSee " },
    { "one.mp4": {}, "two.mp4": {} },
  );
  await editor.pasteFiles("one.mp4", "two.mp4");
  const block = (name: string) =>
    `\\.\\. image:: http\\S*/preview\\.gif\\n   :target: http\\S*\\n   :alt: ${name}`;
  await expect
    .poll(() => editor.read())
    .toMatch(new RegExp(`^Guide\n=====\n\nSee \n\n${block("one.mp4")}\n+${block("two.mp4")}$`));
});

test("other files are left to the editor, also among videos", async () => {
  const { editor, service } = await beginWriting(
    stage,
    { name: "notes.md", content: "" },
    { "intro.mp4": {}, "table.csv": "1,2" },
  );
  await editor.pasteFiles("table.csv");
  await expect.poll(() => editor.read()).toMatch(/^\[.*\]\(table\.csv\)$/);
  await editor.press("Control+End");
  await editor.pasteFiles("intro.mp4", "table.csv");
  await expect.poll(() => editor.read()).toContain("intro.mp4");
  expect(await editor.read()).not.toContain("uploading:");
  expect(await service.listNames()).toEqual([]);
});

test("a Markdown cell of a notebook takes a video, too", async () => {
  const cell = { cell_type: "markdown", metadata: {}, source: ["See:"] };
  const notebook = { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  const service = await startFrontedService({ looksInto: true });
  const folder = await makeWorkspace({ "a.ipynb": JSON.stringify(notebook), "intro.mp4": {} });
  const workbench = await stage.open(folder);
  const { explorer, page } = workbench;
  await connect(workbench, service);
  await explorer.row("a.ipynb").dblclick();
  await page.locator(".notebook-editor .markdown-cell-row").first().waitFor({ state: "attached" });
  // Only now: the notebook takes the focus when it has opened.
  await explorer.chooseFor("Copy", "intro.mp4");
  const editor = page.locator(".notebook-editor .monaco-editor.focused");
  await page.keyboard.press("Control+1");
  await page.keyboard.press("Enter");
  await editor.waitFor();
  await page.keyboard.press("Control+End");
  await page.keyboard.press("Control+v");
  await expect.poll(() => editor.locator(".view-lines").textContent()).toMatch(linkedPicture);
});

test("where nobody is connected the editor's own link comes first, and ours leads to a service", async () => {
  const service = await startFrontedService({ looksInto: true });
  const workbench = await stage.open(
    await makeWorkspace({ "notes.md": "", "intro.mp4": { seconds: 2 } }),
  );
  const editor = new TextEditor(workbench);
  await editor.open("notes.md");
  // A command of the extension waits until it is active.
  await workbench.runCommand("Clipcourier: Connect to a Service…");
  await workbench.quickInput.waitFor("(1/3)");
  await workbench.quickInput.close();
  await editor.pasteFiles("intro.mp4");
  await expect.poll(() => editor.read()).toContain('src="intro.mp4"');
  await editor.chooseEdit("Upload as Clip and Insert");
  await workbench.quickInput.waitFor("Where should clips go?");
  await workbench.quickInput.pick("Connect to a service…");
  await answerConnect(workbench, service);
  await expect.poll(() => editor.read()).toMatch(linkedPicture);
});
