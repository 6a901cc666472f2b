import { join } from "node:path";
import { expect, test } from "vitest";
import { resetAtOnce, rewriteAnswer } from "../faults/faults.ts";
import { Gate, holdAt } from "../faults/gate.ts";
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

/** Answers with a link that expires so many seconds from now. */
function expireIn(seconds: number) {
  return rewriteAnswer((json) => {
    const [link] = (json as { data: { expires_on: string }[] }).data;
    if (link) link.expires_on = new Date(Date.now() + 1000 * seconds).toISOString();
    return json;
  });
}

test("a video plays on while its link is renewed, also after that has failed, until there is none", async () => {
  const service = await startFrontedService({ accountLimits: { private: true } });
  const folder = await makeWorkspace({ "long.mp4": { seconds: 300 } });
  await service.service.connect().upload(join(folder, "long.mp4"));
  const workbench = await stage.open(folder);
  await connect(workbench, service);
  await workbench.clips.open();
  const when = { path: /\/link/, method: "POST" };
  service.front.script([
    { when, fault: expireIn(40) },
    // The network is away for both attempts of the first renewal, and for good after the second one.
    { when: { ...when, nth: 2 }, times: 2, fault: resetAtOnce() },
    { when: { ...when, nth: 4 }, fault: expireIn(20) },
    { when: { ...when, nth: 5 }, times: Infinity, fault: resetAtOnce() },
  ]);
  service.front.clearLog();
  await workbench.clips.row("long.mp4").click();
  const page = await workbench.findWebview("video");
  const video = page.locator("video");
  const first = await video.getAttribute("src");
  await page.locator("main").evaluate((main) => main.setAttribute("data-kept", "yes"));
  await video.evaluate(async (element) => {
    element.muted = true;
    element.currentTime = 100;
    element.playbackRate = 1.5;
    await element.play();
  });
  const count = () => service.front.log.filter((entry) => when.path.test(entry.path)).length;
  await expect.poll(count).toBe(3);
  expect(await video.getAttribute("src")).toBe(first);
  await expect.poll(() => video.getAttribute("src")).not.toBe(first);
  const seen = () =>
    video.evaluate(({ currentTime, paused, playbackRate, readyState }) => ({
      isFurther: currentTime > 100,
      ...{ paused, playbackRate, isLoaded: readyState >= 2 },
    }));
  await expect
    .poll(seen)
    .toEqual({ isFurther: true, paused: false, playbackRate: 1.5, isLoaded: true });
  expect(await page.locator("main").getAttribute("data-kept")).toBe("yes");

  const failed = await workbench.findWebview("p.notice[role=alert]", 120_000);
  expect(await failed.locator("p.notice[role=alert]").textContent()).toContain(
    "The clip could not be loaded:",
  );
});

test("an editor of a private clip asks for another link before its own expires", async () => {
  const service = await startFrontedService({ accountLimits: { private: true } });
  const folder = await makeWorkspace({ "long.mp4": { seconds: 2 } });
  await service.service.connect().upload(join(folder, "long.mp4"));
  const workbench = await stage.open(folder);
  await connect(workbench, service);
  await workbench.clips.open();
  // The clock of the service is turned: its links end five seconds from now, once.
  const fault = expireIn(5);
  const path = /\/link/;
  service.front.script([{ when: { path, method: "POST" }, times: 1, fault }]);
  service.front.clearLog();
  await workbench.clips.row("long.mp4").click();
  await workbench.findWebview("video");
  const count = () => service.front.log.filter((entry) => path.test(entry.path)).length;
  await expect.poll(count).toBe(2);
  const page = await workbench.findWebview("video");
  const readLife = async () => {
    const source = await page.locator("video").getAttribute("src");
    return Number(new URL(source ?? "").searchParams.get("expires")) * 1000 - Date.now();
  };
  await expect.poll(readLife).toBeGreaterThan(day / 2);
});

test("the links of many private clips are asked for four at a time, and copied in order", async () => {
  const service = await startFrontedService({ accountLimits: { private: true } });
  const names = [1, 2, 3, 4, 5, 6].map((number) => `take-${number}.mp4`);
  const folder = await makeWorkspace(Object.fromEntries(names.map((name) => [name, {}])));
  const workbench = await stage.open(folder);
  const { explorer, notifications } = workbench;
  await connect(workbench, service);
  await explorer.chooseFor("Upload as Clip", ...names);
  const summary = await notifications.find("6 files are clips now.");
  const { clips } = await service.service.connect().listClips();
  const gate = new Gate();
  const path = /\/link/;
  service.front.script([{ when: { path, method: "POST" }, times: Infinity, fault: holdAt(gate) }]);
  await workbench.clearClipboard();
  await summary.press("Copy Links");
  await expect.poll(() => gate.held).toBe(4);
  // One that is answered makes room for the next one, and the others still wait.
  gate.letOneThrough();
  const asked = () => service.front.log.filter((entry) => path.test(entry.path)).length;
  await expect.poll(asked).toBe(5);
  expect(gate.held).toBe(4);
  gate.open();
  await notifications.find("Whoever has these links can open the private clips until");
  const copied = (await workbench.readClipboard())
    .split("\n")
    .map((link) => new URL(link).pathname);
  const wanted = clips.toSorted((a, b) => String(a.filename).localeCompare(String(b.filename)));
  expect(copied).toEqual(wanted.map(({ id }) => `/c/${id}`));
});
