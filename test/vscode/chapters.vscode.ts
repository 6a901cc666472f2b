import { expect, test } from "vitest";
import { answerWith } from "../faults/faults.ts";
import { connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { useStage } from "./stage.ts";
import { takeInThemes } from "./themes.ts";
import { makeWorkspace } from "./workspace.ts";

const stage = useStage();
const chapters =
  "WEBVTT\n\n00:00.000 --> 00:02.000\nSign in\n\n00:02.000 --> 00:04.000\nAdd &lt;to&gt; cart\n";

test("a video takes the chapters of the file beside it, and its tab lists them and jumps to them", async () => {
  const service = await startFrontedService({ looksInto: true });
  const files = {
    "take.mp4": { seconds: 4 },
    "take.chapters.vtt": chapters,
    "other.mp4": {},
    "other.chapters.vtt": "no WebVTT",
    "third.mp4": {},
    "third.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nA subtitle\n",
  };
  const workbench = await stage.open(await makeWorkspace(files));
  await connect(workbench, service);
  await workbench.explorer.chooseFor("Upload as Clip", "take.mp4", "other.mp4", "third.mp4");
  await workbench.notifications.find("3 files are clips now.");
  await workbench.notifications.find("The clip of other.mp4 has no chapters:");

  await workbench.clips.open();
  await workbench.clips.row("take.mp4").click();
  const page = await workbench.findWebview("nav");
  const listed = page.locator("nav button");
  expect(await listed.allTextContents()).toEqual(["0:00 Sign in", "0:02 Add <to> cart"]);
  await expect
    .poll(() => page.locator("video").evaluate((video) => video.readyState))
    .toBeGreaterThanOrEqual(1);
  await listed.nth(1).click();
  await expect
    .poll(() => page.locator("video").evaluate((video) => video.currentTime))
    .toBeGreaterThanOrEqual(2);
  await expect.poll(() => listed.nth(1).getAttribute("aria-current")).toBe("true");
  expect(await listed.nth(0).getAttribute("aria-current")).toBe("false");
  const client = service.service.connect();
  const { clips } = await client.listClips();
  for (const name of ["other.mp4", "third.mp4"]) {
    const clip = clips.find(({ filename }) => filename === name);
    expect((await client.getClip(clip?.id ?? "")).chapters).toBeUndefined();
  }
  await takeInThemes(workbench, "chapters");
});

test("a service that knows no chapters is told once for all clips of a batch", async () => {
  const service = await startFrontedService();
  const fault = answerWith({ status: 404, headers: {}, body: "" });
  const when = { method: "POST", path: /\/chapters$/ };
  service.front.script([{ when, times: Infinity, fault }]);
  const names = ["one.mp4", "two.mp4", "three.mp4"];
  const files = names.flatMap((name) => [
    [name, {}],
    [name.replace(".mp4", ".chapters.vtt"), chapters],
  ]);
  const workbench = await stage.open(await makeWorkspace(Object.fromEntries(files)));
  const { explorer, notifications } = workbench;
  await connect(workbench, service);
  await explorer.chooseFor("Upload as Clip", ...names);
  const summary = await notifications.find("3 files are clips now.");
  expect(await summary.read()).toContain(
    "Clips without chapters, because the service does not know them: 3.",
  );
  const shown = await notifications.readAll();
  expect(shown.filter((text) => text.includes("chapters"))).toHaveLength(1);
});
