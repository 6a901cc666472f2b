import { join } from "node:path";
import { expect, test } from "vitest";
import { connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { useStage } from "./stage.ts";
import { makeWorkspace } from "./workspace.ts";

const upload = "Upload as Clip";
const stage = useStage();

test("a window without a folder uploads what its picker is given, and shows the clip", async () => {
  const service = await startFrontedService();
  const folder = await makeWorkspace({ "lonely.mp4": {} });
  const workbench = await stage.open(undefined);
  const { clips, notifications, quickInput } = workbench;
  await connect(workbench, service);
  await workbench.runCommand(`Clipcourier: ${upload}`);
  // The dialog lists the home folder first, and that would overwrite what was typed before.
  await quickInput.waitFor(upload);
  await quickInput.rows.first().waitFor();
  await quickInput.box.fill(join(folder, "lonely.mp4"));
  await quickInput.row("lonely.mp4").click();
  await notifications.find("lonely.mp4 is a clip now.");
  expect(await service.listNames()).toEqual(["lonely.mp4"]);
  await clips.open();
  await clips.row("lonely.mp4").waitFor();
});

test("in a workspace of several folders the videos of each are uploaded, and found again", async () => {
  const service = await startFrontedService();
  const workspace = { folders: [{ path: "first" }, { path: "second" }] };
  const folder = await makeWorkspace({
    "first/takes/a.mp4": {},
    "second/b.mp4": {},
    "both.code-workspace": JSON.stringify(workspace),
  });
  const workbench = await stage.open(join(folder, "both.code-workspace"));
  const { clips, explorer, notifications } = workbench;
  await connect(workbench, service);
  for (const [root, video] of [
    ["first", "a.mp4"],
    ["second", "b.mp4"],
  ] as const) {
    await explorer.chooseFor("Upload Videos in Folder…", root);
    await notifications.find(`${video} is a clip now.`);
  }
  expect(await service.listNames()).toEqual(["b.mp4", "a.mp4"]);

  await clips.open();
  await clips.chooseFor("Reveal Local File", "a.mp4");
  await explorer.row("a.mp4").waitFor();
});

test("an open clip is there again after a reload, and its page is opened in the browser", async () => {
  const service = await startFrontedService({ looksInto: true });
  const workbench = await stage.open(await makeWorkspace({ "flight.mp4": { seconds: 2 } }));
  const { clips, explorer, notifications, page } = workbench;
  await connect(workbench, service);
  await explorer.chooseFor(upload, "flight.mp4");
  await (await notifications.find("flight.mp4 is a clip now.")).press("Open");
  await workbench.findWebview("video");

  // Every few seconds the editor saves what is open, including the id of the clip.
  const [clip] = (await service.service.connect().listClips()).clips;
  const open = new RegExp(`mainThreadWebview-clipcourier\\.clip.*"${clip?.id}`);
  await expect.poll(workbench.readState).toMatch(open);
  await workbench.reload();
  const editor = await workbench.findWebview("video");
  await expect.poll(() => editor.locator("table").textContent()).toContain(clip?.id);

  await clips.open();
  const [opened] = await Promise.all([
    page.waitForEvent("popup"),
    clips.chooseFor("Open in Browser", "flight.mp4"),
  ]);
  await opened.waitForURL(`**/c/${clip?.id}`);
  await opened.close();
});
