import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { useStage } from "./stage.ts";
import { takeInThemes } from "./themes.ts";
import { dropFile, TextEditor } from "./workbench/text-editor.ts";
import { makeWorkspace } from "./workspace.ts";

const stage = useStage({ settings: { "[markdown]": { "editor.wordWrap": "off" } } });

/** Opens a folder with notes and two clips, connected to the service that has them. */
async function beginWithClips() {
  const service = await startFrontedService({ looksInto: true });
  const folder = await makeWorkspace({
    ...{ "intro.mp4": { seconds: 2 }, "outro.mp4": { seconds: 3 } },
    ...{ "notes.md": "See: ", "plain.txt": "" },
  });
  const client = service.service.connect();
  for (const name of ["intro.mp4", "outro.mp4"]) await client.upload(join(folder, name));
  const workbench = await stage.open(folder);
  await connect(workbench, service);
  const [outro, intro] = (await client.listClips()).clips;
  const editor = new TextEditor(workbench);
  return { service, folder, workbench, editor, outro, intro };
}

test("Insert Clip at Cursor inserts the clip that is found by its name", async () => {
  const { workbench, editor, intro } = await beginWithClips();
  const { quickInput } = workbench;
  await editor.open("notes.md");
  await editor.press("Control+End");
  await workbench.runCommand("Clipcourier: Insert Clip at Cursor…");
  await quickInput.waitFor("Insert Clip at Cursor");
  await quickInput.row("outro.mp4").waitFor();
  await quickInput.box.fill("intr");
  await quickInput.row("outro.mp4").waitFor({ state: "detached" });
  await quickInput.box.press("Enter");
  const expected = `See: [![intro.mp4](${intro?.previewGif})](${intro?.url})`;
  await expect.poll(() => editor.readUnescaped()).toBe(expected);
});

test("the clips to insert have their pictures, in dark, light and high contrast", async () => {
  const { workbench } = await beginWithClips();
  const { page, quickInput } = workbench;
  const show = async () => {
    await workbench.runCommand("Clipcourier: Insert Clip at Cursor…");
    await quickInput.waitFor("Insert Clip at Cursor");
    await expect.poll(() => workbench.readIcons(quickInput.row("outro.mp4"))).toContain("url(");
  };
  // Where a tooltip is shown, the key closes that alone.
  const press = async () => {
    await page.keyboard.press("Escape");
    return quickInput.root.isVisible();
  };
  await takeInThemes(workbench, "insert-clip", show, () => expect.poll(press).toBe(false));
});

test("the menu of a clip inserts it into the last editor, and dragging it where it is dropped", async () => {
  const { workbench, editor, intro, outro } = await beginWithClips();
  const { clips } = workbench;
  await editor.open("notes.md");
  await editor.press("Control+End");
  await clips.open();
  await clips.chooseFor("Insert at Cursor", "intro.mp4");
  const first = `See: [![intro.mp4](${intro?.previewGif})](${intro?.url})`;
  await expect.poll(() => editor.readUnescaped()).toBe(first);

  await editor.press("Control+End");
  await editor.type("\n\n");
  await editor.drag(clips.row("outro.mp4"), 3);
  const second = `[![outro.mp4](${outro?.previewGif})](${outro?.url})`;
  await expect.poll(() => editor.readUnescaped()).toBe(`${first}\n\n${second}`);
});

test("a file in another language gets the link", async () => {
  const { workbench, editor, intro } = await beginWithClips();
  const { clips } = workbench;
  await editor.open("plain.txt");
  await clips.open();
  await clips.chooseFor("Insert at Cursor", "intro.mp4");
  await expect.poll(() => editor.readUnescaped()).toBe(intro?.url);
});

test("a video that is dropped onto the Clips view is uploaded", async () => {
  const { workbench, service, folder } = await beginWithClips();
  const { clips, notifications } = workbench;
  await clips.open();
  const content = Buffer.concat([await readFile(join(folder, "intro.mp4")), Buffer.alloc(1)]);
  await dropFile(clips.row("intro.mp4"), "dropped.mp4", content);
  await notifications.find("dropped.mp4 is a clip now.");
  expect(await service.listNames()).toEqual(["dropped.mp4", "outro.mp4", "intro.mp4"]);
});
