import { join } from "node:path";
import { expect, test } from "vitest";
import { connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { createGatedMedia } from "./gated-media.ts";
import { useStage } from "./stage.ts";
import { makeWorkspace } from "./workspace.ts";

const stage = useStage();

test("the Clips view welcomes, shows a pending clip, and the clip becomes available by itself", async () => {
  const media = createGatedMedia();
  const service = await startFrontedService({ media });
  const folder = await makeWorkspace({ "clips/flight.mp4": { seconds: 3 } });
  const workbench = await stage.open(folder);
  const { clips, explorer, notifications, page } = workbench;
  await clips.open();
  await clips.root.getByText("Connect to a Service").waitFor();
  await clips.root.getByText("Try It Locally").waitFor();
  await connect(workbench, service);
  await clips.root.getByText("Upload a Video").waitFor();

  await workbench.openExplorer();
  await explorer.chooseFor("Upload Videos in Folder…", "clips");
  await media.isAsked;
  await clips.open();
  await expect.poll(() => clips.readDescription("flight.mp4")).toMatch(/ · pending$/);
  media.open();
  await notifications.find("flight.mp4 is a clip now.");
  await expect.poll(() => clips.readDescription("flight.mp4")).toMatch(/^0:03 · [\d.]+ [KM]iB$/);

  await clips.row("flight.mp4").hover();
  const tooltip = page.locator(".workbench-hover:visible");
  const [clip] = (await service.service.connect().listClips()).clips;
  await tooltip.getByText(clip?.id ?? "").waitFor();
  await expect
    .poll(() => tooltip.locator("img").evaluate((img) => img.naturalWidth))
    .toBeGreaterThan(99);
  expect(await tooltip.textContent()).toContain("clips/flight.mp4");
});

test("a clip is copied, played, opened, and deleted after a question", async () => {
  const service = await startFrontedService({ looksInto: true });
  const folder = await makeWorkspace({ "play.mp4": { seconds: 2 }, "keep.mp4": {} });
  const client = service.service.connect();
  await client.upload(join(folder, "play.mp4"));
  await client.upload(join(folder, "keep.mp4"));
  const workbench = await stage.open(folder);
  const { clips, page } = workbench;
  await connect(workbench, service);
  await clips.open();

  const clip = (await client.listClips()).clips.find(({ filename }) => filename === "play.mp4");
  const copied: [string, string | RegExp][] = [
    ["Copy Clip ID", clip?.id ?? ""],
    ["Copy Link", new RegExp(`/c/${clip?.id}$`)],
    ["Copy Markdown", new RegExp(`^\\[!\\[play\\.mp4\\]\\(http.*/c/${clip?.id}\\)$`)],
  ];
  for (const [item, expected] of copied) {
    await workbench.clearClipboard();
    await clips.chooseFor(item, "play.mp4");
    await expect.poll(() => workbench.readClipboard()).toMatch(expected);
  }

  await clips.row("play.mp4").click();
  const tab = page.locator(".tab", { hasText: "play.mp4" });
  await expect.poll(() => workbench.readIcons(tab)).toMatch(/tab-(light|dark)\.svg/);
  const editor = await workbench.findWebview("video");
  await expect.poll(() => editor.locator("video").evaluate((video) => video.readyState)).toBe(4);
  expect(await editor.locator("table").textContent()).toContain(clip?.id);
  await workbench.clearClipboard();
  await editor.getByRole("button", { name: "Copy Clip ID" }).click();
  await expect.poll(() => workbench.readClipboard()).toBe(clip?.id);

  await clips.chooseFor("Delete Clip", "play.mp4");
  await workbench.waitForDialog("Delete the clip play.mp4?");
  await workbench.waitForDialog("Its page stops working for everyone.");
  await workbench.pressInDialog("Cancel");
  expect(await service.listNames()).toHaveLength(2);
  await clips.chooseFor("Delete Clip", "play.mp4");
  await workbench.pressInDialog("Delete");
  await clips.row("play.mp4").waitFor({ state: "detached" });
  expect(await service.listNames()).toEqual(["keep.mp4"]);
  await tab.waitFor({ state: "detached" });
});

test("what cannot be loaded can be tried again, and a long list comes page by page", async () => {
  const service = await startFrontedService();
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {} }));
  const { clips } = workbench;
  const client = service.connect();
  for (let number = 1; number <= 32; number++) {
    const name = `clip-${number}.mp4`;
    await client.upload({ name, size: 1, read: async () => Buffer.from([number]) });
  }
  await connect(workbench, service);
  const { upstream } = service.front;
  service.front.upstream = "http://127.0.0.1:1";
  await clips.open();
  const again = clips.root.getByRole("button", { name: "Try Again" });
  await again.waitFor();
  service.front.upstream = upstream;
  await again.click();
  await clips.row("clip-32.mp4").waitFor();
  await clips.scrollTo("Load More");
  await clips.row("Load More").click();
  await clips.scrollTo("clip-1.mp4");
  expect(await clips.row("Load More").count()).toBe(0);
});
