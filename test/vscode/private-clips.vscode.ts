import { join } from "node:path";
import { expect, test } from "vitest";
import { connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { useStage } from "./stage.ts";
import { makeWorkspace } from "./workspace.ts";

const stage = useStage();
const day = 24 * 3_600_000;

test("a private clip plays in the editor, and its link says until when it opens the clip", async () => {
  const service = await startFrontedService({ accountLimits: { private: true } });
  const folder = await makeWorkspace({ "play.mp4": { seconds: 2 } });
  const { clip } = await service.service.connect().upload(join(folder, "play.mp4"));
  expect((await fetch(clip.url)).status).toBe(404);
  const workbench = await stage.open(folder);
  const { clips, notifications } = workbench;
  await connect(workbench, service);
  await clips.open();
  await expect.poll(() => clips.readDescription("play.mp4")).toContain(" · private · ");

  await workbench.clearClipboard();
  await clips.chooseFor("Copy Link", "play.mp4");
  const notice = await notifications.find("Whoever has this link can open the private clip until");
  const link = await workbench.readClipboard();
  expect((await fetch(link)).status).toBe(200);
  const end = Number(new URL(link).searchParams.get("expires")) * 1000;
  expect(end - Date.now()).toBeGreaterThan(6 * day);
  expect(await notice.read()).toContain(String(new Date(end).getFullYear()));

  await clips.chooseFor("Copy Markdown", "play.mp4");
  await expect
    .poll(() => workbench.readClipboard())
    .toMatch(/^\[!\[play\.mp4\]\(.*\/private\.svg\)/);
  expect(await workbench.readClipboard()).not.toContain("signature");

  await clips.row("play.mp4").click();
  const editor = await workbench.findWebview("video");
  await expect.poll(() => editor.locator("video").evaluate((video) => video.readyState)).toBe(4);
  await workbench.clearClipboard();
  await editor.getByRole("button", { name: "Copy Link" }).click();
  await expect.poll(() => workbench.readClipboard()).toMatch(/[?&]signature=/);
  expect((await fetch(await workbench.readClipboard())).status).toBe(200);
});
