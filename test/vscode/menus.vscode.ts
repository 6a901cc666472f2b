import { rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { useStage } from "./stage.ts";
import { addFile, makeWorkspace } from "./workspace.ts";

const upload = "Upload as Clip";
const uploadFolder = "Upload Videos in Folder…";
const stage = useStage();

test("the Explorer offers uploads for videos and for folders while they hold some, and for nothing else", async () => {
  const folder = await makeWorkspace({
    "clip.mp4": {},
    "TAKE 2.MOV": {},
    "old.avi": {},
    "screen.webm": {},
    "mp4.txt": "a text with the name of a video's kind",
    Makefile: "all:",
    "takes/deeper/first.mp4": {},
    "notes/readme.txt": "no video here",
  });
  const { explorer } = await stage.open(folder);
  for (const video of ["clip.mp4", "TAKE 2.MOV", "old.avi", "screen.webm"]) {
    const items = await explorer.readMenuOf(video, upload);
    expect(items, video).not.toContain(uploadFolder);
  }
  const items = await explorer.readMenuOf("takes", uploadFolder);
  expect(items).not.toContain(upload);
  for (const other of ["mp4.txt", "Makefile", "notes"]) {
    const items = await explorer.readMenuOf(other);
    expect(items, other).toContain("Delete Permanently");
    expect(items, other).not.toContain(upload);
    expect(items, other).not.toContain(uploadFolder);
  }
  const blank = await explorer.readMenuOfBlankArea();
  expect(blank).toContain("New File...");
  expect(blank).not.toContain(upload);
  expect(blank).not.toContain(uploadFolder);

  const video = await addFile(folder, "notes/new.mp4", {});
  await explorer.readMenuOf("notes", uploadFolder);
  await rm(video);
  await expect.poll(() => explorer.readMenuOf("notes")).not.toContain(uploadFolder);
});
