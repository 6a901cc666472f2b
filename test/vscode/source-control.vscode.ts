import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { takePicture, useStage } from "./stage.ts";
import { addFile, type Files, makeWorkspace } from "./workspace.ts";

const upload = "Upload as Clip";
const uploadChanged = "Upload Changed Videos as Clips";
const run = promisify(execFile);
const stage = useStage({ settings: { "git.enabled": true, "scm.defaultViewMode": "tree" } });

/** A repository in which these files are changes of a commit. */
async function makeRepository(files: Files): Promise<string> {
  const folder = await makeWorkspace({ "kept.txt": "kept" });
  const git = (...args: string[]) => run("git", ["-C", folder, ...args]);
  await git("init", "--quiet");
  await addFile(folder, "gone.mp4", "a video that is going to be deleted");
  await git("add", ".");
  const person = ["-c", "user.name=A", "-c", "user.email=a@example.com"];
  await git(...person, "commit", "--quiet", "--message", "First");
  await rm(join(folder, "gone.mp4"));
  for (const [name, content] of Object.entries(files)) await addFile(folder, name, content);
  return folder;
}

test("changes in the Source Control view are uploaded: one, several, a folder, a group", async () => {
  const service = await startFrontedService();
  const folder = await makeRepository({
    "one.mp4": {},
    "two.mov": {},
    "notes.txt": "no video",
    "takes/three.mp4": {},
    "takes/four.webm": {},
    "takes/readme.txt": "no video",
  });
  const workbench = await stage.open(folder);
  const { menu, notifications, sourceControl } = workbench;
  await connect(workbench, service);
  await sourceControl.open();

  await menu.openOn(sourceControl.row("one.mp4"), upload);
  await takePicture(workbench.page, "source-control-menu");
  await menu.choose(upload);
  await notifications.find("one.mp4 is a clip now.");

  await sourceControl.row("two.mov").click();
  await sourceControl.row("notes.txt").click({ modifiers: ["Control"] });
  await menu.openOn(sourceControl.row("two.mov"), upload);
  await menu.choose(upload);
  await notifications.find(
    "two.mov is a clip now. Left out, since they are neither videos nor pictures: notes.txt.",
  );

  await menu.openOn(sourceControl.row("takes"), uploadChanged);
  await menu.choose(uploadChanged);
  await notifications.find("2 files are clips now.");
  expect((await service.listNames()).sort()).toEqual([
    ...["four.webm", "one.mp4", "three.mp4", "two.mov"],
  ]);

  // The deleted video is among the changes, and cannot be uploaded.
  await menu.openOn(sourceControl.row("Changes"), uploadChanged);
  await menu.choose(uploadChanged);
  await notifications.find("4 files are clips now; 4 of them were known already");
});

test("a repository without videos has no such item", async () => {
  const workbench = await stage.open(await makeRepository({ "notes.txt": "no video" }));
  const { menu, sourceControl } = workbench;
  await sourceControl.open();
  await menu.openOn(sourceControl.row("notes.txt"), "Stage Changes");
  expect(await menu.read()).not.toContain(upload);
});
