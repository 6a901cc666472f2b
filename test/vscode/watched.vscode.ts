import { rename } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { takePicture, useStage } from "./stage.ts";
import { addFile, makeWorkspace } from "./workspace.ts";

const upload = "Upload as Clip";
const watch = "Watch File and Upload New Renders";
const stopWatching = "Stop Watching";
const stage = useStage();

/** Writes a new video under another name, and then renames it. */
async function render(folder: string, name: string): Promise<void> {
  await rename(await addFile(folder, "draft.part.mp4", {}), join(folder, name));
}

test("the menu watches a file, marks it, goes on after a reload, offers to replace links, and ends it", async () => {
  const service = await startFrontedService();
  const folder = await makeWorkspace({ "intro.mp4": {} });
  const workbench = await stage.open(folder);
  const { page, explorer, notifications } = workbench;
  await connect(workbench, service);
  await explorer.chooseFor(upload, "intro.mp4");
  await (await notifications.find("intro.mp4 is a clip now.")).dismiss();
  const [before] = (await service.connect().listClips()).clips;
  await addFile(folder, "README.md", `see ${before?.url}`);

  const items = await explorer.readMenuOf("intro.mp4", watch);
  expect(items).not.toContain(stopWatching);
  await explorer.chooseFor(watch, "intro.mp4");
  await notifications.find(`New renders of intro.mp4 are uploaded to ${service.host} from now on.`);
  await expect.poll(() => explorer.readBadge("intro.mp4")).toContain("◉");
  // The editor stores a moment later what an extension tells it.
  await expect.poll(workbench.readState).toMatch(/clipcourier\.watchedFiles.{0,2000}intro\.mp4/s);
  await workbench.reload();
  await workbench.statusBarItem("1").locator(".codicon-eye").waitFor();
  await explorer.readMenuOf("intro.mp4", stopWatching);
  await takePicture(page, "watched-file");

  await render(folder, "intro.mp4");
  await expect.poll(() => service.listNames()).toHaveLength(2);
  const offer = await notifications.find("intro.mp4 has a new clip. Links to the earlier one: 1");
  await takePicture(page, "watched-offer");
  await offer.press("Replace All");
  await notifications.find("Links replaced: 1.");

  await explorer.chooseFor(stopWatching, "intro.mp4");
  await expect.poll(() => explorer.readBadge("intro.mp4")).not.toContain("◉");
  await page.locator(".statusbar-item .codicon-eye").waitFor({ state: "hidden" });
});

test("a pattern that comes with a workspace uploads nothing before the person allows it, once", async () => {
  const service = await startFrontedService();
  const settings = JSON.stringify({ "clipcourier.watch": ["out/*.mp4"] });
  const folder = await makeWorkspace({ "a.mp4": {}, ".vscode/settings.json": settings });
  const workbench = await stage.open(folder);
  const { page, explorer, notifications } = workbench;
  await connect(workbench, service);
  const question = await notifications.find(
    "The settings want every video of this workspace that matches out/*.mp4 to be uploaded as a clip",
  );
  await takePicture(page, "watched-question");
  expect(await question.readButtons()).toEqual(["Allow", "Never"]);
  await addFile(folder, "out/before.mp4", {});
  // By then the editor has been told of what was written before.
  await addFile(folder, "after-it.txt", "");
  await explorer.row("after-it.txt").waitFor();
  await question.press("Allow");
  await page.locator(".statusbar-item .codicon-eye").waitFor();
  await addFile(folder, "out/after.mp4", {});
  await expect.poll(() => service.listNames()).toEqual(["after.mp4"]);

  await workbench.reload();
  await page.locator(".statusbar-item .codicon-eye").waitFor();
  const shown = await notifications.readAll();
  expect(shown.filter((text) => text.includes("The settings want every video"))).toEqual([]);
});
