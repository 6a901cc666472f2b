import { rm } from "node:fs/promises";
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
  const { clips, explorer, notifications } = workbench;
  await clips.open();
  await clips.root.getByText("Connect to a Service").waitFor();
  await clips.root.getByText("Try It Locally").waitFor();
  await connect(workbench, service);
  await clips.root.getByText("Upload a Video").waitFor();

  await workbench.openExplorer();
  await explorer.chooseFor("Upload Videos in Folder…", "clips");
  await media.isAsked;
  await clips.open();
  await expect.poll(() => clips.readDescription("flight.mp4")).toMatch(/ · pending · /);
  media.open();
  await notifications.find("flight.mp4 is a clip now.");
  await expect
    .poll(() => clips.readDescription("flight.mp4"))
    .toMatch(/^0:03 · [\d.]+ [KM]iB · (now|1 minute ago)$/);

  const [clip] = (await service.service.connect().listClips()).clips;
  const tooltip = await clips.showTooltip("flight.mp4");
  expect(tooltip).toContain(clip?.id);
  expect(tooltip).toContain("clips/flight.mp4");
  expect(tooltip).toMatch(/\w{3} \d+, \d{4}, [\d:]+\s[AP]M · (now|\d minutes? ago)/);
});

test("a clip that was deleted elsewhere while it was made goes, and is asked for no longer", async () => {
  const service = await startFrontedService({ media: createGatedMedia() });
  const client = service.service.connect();
  const make = async (name: string) => {
    const source = { name, size: name.length, read: async () => Buffer.from(name) };
    return (await client.upload(source, { waitFor: "finalized" })).clip.id;
  };
  const [deleted, kept] = [await make("deleted.mp4"), await make("kept.mp4")];
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {} }));
  const { clips } = workbench;
  await connect(workbench, service);
  await clips.open();
  const count = (id: string) => service.front.log.filter(({ path }) => path.endsWith(id)).length;
  await expect.poll(() => count(deleted)).toBeGreaterThan(0);
  await client.deleteClip(deleted);
  await clips.row("deleted.mp4").waitFor({ state: "detached" });
  const asked = [count(deleted), count(kept)] as const;
  await expect.poll(() => count(kept)).toBeGreaterThan(asked[1] + 1);
  expect(count(deleted)).toBe(asked[0]);
  expect(await clips.readDescription("kept.mp4")).toContain("pending");
});

test("a clip is copied, played, opened, and deleted after a question", async () => {
  const service = await startFrontedService({ looksInto: true });
  const folder = await makeWorkspace({ "play.mp4": { seconds: 2 }, "keep.mp4": {} });
  const client = service.service.connect();
  await client.upload(join(folder, "play.mp4"));
  await client.upload(join(folder, "keep.mp4"));
  const workbench = await stage.open(folder);
  const { clips, page, quickInput } = workbench;
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
  await quickInput.waitFor("Delete the clip play.mp4?");
  await quickInput.row("Delete").filter({ hasText: "Its page stops working" }).waitFor();
  await quickInput.pick("Cancel");
  expect(await service.listNames()).toHaveLength(2);
  await clips.chooseFor("Delete Clip", "play.mp4");
  await quickInput.waitFor("Delete the clip play.mp4?");
  await quickInput.pick("Delete");
  await clips.row("play.mp4").waitFor({ state: "detached" });
  expect(await service.listNames()).toEqual(["keep.mp4"]);
  await tab.waitFor({ state: "detached" });
});

test("the local file of a clip is revealed; of one that was deleted it is said, once", async () => {
  const service = await startFrontedService();
  const folder = await makeWorkspace({ "takes/kept.mp4": {}, "takes/gone.mp4": {} });
  const workbench = await stage.open(folder);
  const { clips, explorer, menu, notifications } = workbench;
  await connect(workbench, service);
  await explorer.chooseFor("Upload Videos in Folder…", "takes");
  await notifications.find("2 files are clips now.");

  await clips.open();
  await clips.chooseFor("Reveal Local File", "kept.mp4");
  await explorer.row("kept.mp4").waitFor();

  await rm(join(folder, "takes", "gone.mp4"));
  await clips.open();
  await clips.chooseFor("Reveal Local File", "gone.mp4");
  await notifications.find("takes/gone.mp4 is gone: it was moved, renamed or deleted.");
  await menu.openOn(clips.row("gone.mp4"), "Copy Link");
  expect(await menu.read()).not.toContain("Reveal Local File");
  await menu.openOn(clips.row("kept.mp4"), "Reveal Local File");
  await menu.choose("Reveal Local File");
  // It opens the Explorer, and would do so later in place of the Clips view.
  await explorer.row("kept.mp4").waitFor();

  // As on a disk that can be connected again.
  await rm(join(folder, "takes"), { recursive: true });
  await clips.open();
  await clips.chooseFor("Reveal Local File", "kept.mp4");
  await notifications.find("takes/kept.mp4 cannot be found: its folder is gone");
  await menu.openOn(clips.row("kept.mp4"), "Copy Link");
  expect(await menu.read()).toContain("Reveal Local File");
});

test("what cannot be loaded can be tried again", async () => {
  const service = await startFrontedService();
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {} }));
  const { clips } = workbench;
  const client = service.connect();
  await client.upload({ name: "clip.mp4", size: 1, read: async () => Buffer.from("1") });
  await connect(workbench, service);
  const { upstream } = service.front;
  service.front.upstream = "http://127.0.0.1:1";
  await clips.open();
  const again = clips.root.getByRole("button", { name: "Try Again" });
  await again.waitFor();
  service.front.upstream = upstream;
  await again.click();
  await clips.row("clip.mp4").waitFor();

  // What is loaded stays where a refresh fails.
  service.front.upstream = "http://127.0.0.1:1";
  await workbench.runCommand("Clipcourier: Refresh Clips");
  await clips.root.getByText("Clips are missing here: ").waitFor();
  expect(await clips.row("clip.mp4").count()).toBe(1);
  service.front.upstream = upstream;
  await workbench.runCommand("Clipcourier: Refresh Clips");
  await clips.root.getByText("Clips are missing here: ").waitFor({ state: "hidden" });
});
