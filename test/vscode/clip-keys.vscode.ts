import type { Clip } from "@clipcourier/core";
import { expect, test } from "vitest";
import { connect } from "./connect.ts";
import { type FrontedService, startFrontedService } from "./fronted-service.ts";
import { seedClips } from "./seed-clips.ts";
import { useStage } from "./stage.ts";
import { takeInThemes } from "./themes.ts";
import type { Workbench } from "./workbench/workbench.ts";
import { makeWorkspace } from "./workspace.ts";

const stage = useStage();

/** A service with these clips, the newest first, and a window that shows them. */
async function openWith(names: string[]): Promise<{
  service: FrontedService;
  workbench: Workbench;
  clipOf(name: string): Clip;
}> {
  const service = await startFrontedService();
  await seedClips(service.service, names);
  const listed = (await service.service.connect().listClips({ count: 100 })).clips;
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {} }));
  await connect(workbench, service);
  await workbench.notifications.dismissAll();
  await workbench.clips.open();
  await workbench.clips.row(names[0] ?? "").waitFor();
  const clipOf = (name: string) => {
    const clip = listed.find(({ filename }) => filename === name);
    if (clip === undefined) throw new Error(`There is no clip ${name}.`);
    return clip;
  };
  return { service, workbench, clipOf };
}

/** Opens a clip, and gives the focus back to the list when the clip's page has taken it. */
async function openAndFocus(workbench: Workbench, name: string): Promise<void> {
  await workbench.clips.row(name).click();
  await workbench.findWebview(`h1:has-text(${JSON.stringify(name)})`);
  await workbench.runCommand("Clipcourier: Focus on Clips View");
  await workbench.clips.root.locator(".monaco-list:focus").waitFor();
}

const planets = ["mercury.mp4", "venus.mp4", "earth.mp4", "mars.mp4", "jupiter.mp4"];

test("Ctrl+C copies the link of the clip with the focus, wherever the last click was", async () => {
  const { workbench, clipOf } = await openWith(planets);
  const { clips, page } = workbench;
  const expectCopied = async (name: string) => {
    await expect.poll(() => clips.readFocused()).toBe(name);
    await workbench.clearClipboard();
    await page.keyboard.press("Control+c");
    await expect.poll(() => workbench.readClipboard()).toBe(clipOf(name).url);
  };
  await workbench.runCommand("Clipcourier: Focus on Clips View");
  await page.keyboard.press("Home");
  await expectCopied("mercury.mp4");
  await page.keyboard.press("ArrowDown");
  await expectCopied("venus.mp4");
  await page.keyboard.press("End");
  await expectCopied("jupiter.mp4");
  await page.keyboard.type("ear");
  await expectCopied("earth.mp4");
  // Nothing was opened.
  expect(await page.locator(".tab").count()).toBe(0);

  await openAndFocus(workbench, "venus.mp4");
  await expectCopied("venus.mp4");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await expectCopied("mars.mp4");
  await page.keyboard.press("ArrowUp");
  await expectCopied("earth.mp4");
  expect(await page.locator(".tab").count()).toBe(1);
  expect(await clips.readSelected()).toEqual(["venus.mp4"]);
});

test("pages and both ends are reached with keys, and the keys of the row that is there act on it", async () => {
  const names = Array.from({ length: 95 }, (_, index) => `clip-${index + 1}.mp4`);
  const { workbench, clipOf } = await openWith(names);
  const { clips, page, quickInput } = workbench;
  await openAndFocus(workbench, "clip-3.mp4");
  let focused = "clip-3.mp4";
  for (const key of ["PageDown", "PageDown", "End", "PageUp", "Home"]) {
    await page.keyboard.press(key);
    await expect.poll(() => clips.readFocused()).not.toBe(focused);
    focused = (await clips.readFocused()) ?? "";
    await workbench.clearClipboard();
    await page.keyboard.press("Control+c");
    await expect.poll(() => workbench.readClipboard()).toBe(clipOf(focused).url);
    await page.keyboard.press("Delete");
    await quickInput.waitFor(`Delete the clip ${focused}?`);
    await quickInput.close();
    await expect.poll(() => clips.readFocused()).toBe(focused);
    expect(await clips.readSelected()).not.toContain(focused);
  }
  expect(focused).toBe("clip-1.mp4");
  expect(await page.locator(".tab").count()).toBe(1);
});

test("Delete asks for the clip with the focus, and Enter and Escape keep it", async () => {
  const { service, workbench, clipOf } = await openWith(planets);
  const { clips, page, quickInput } = workbench;
  await openAndFocus(workbench, "mercury.mp4");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  for (const key of ["Enter", "Escape"]) {
    await page.keyboard.press("Delete");
    await quickInput.waitFor("Delete the clip earth.mp4?");
    await quickInput
      .row("Delete")
      .filter({ hasText: clipOf("earth.mp4").id })
      .waitFor();
    await page.keyboard.press(key);
    await quickInput.root.waitFor({ state: "hidden" });
    await expect.poll(() => clips.readFocused()).toBe("earth.mp4");
  }
  expect(await service.listNames()).toEqual(planets);
  await page.keyboard.press("Delete");
  await quickInput.waitFor("Delete the clip earth.mp4?");
  await quickInput.pick("Delete");
  await clips.row("earth.mp4").waitFor({ state: "detached" });
  expect(await service.listNames()).toEqual(planets.filter((name) => name !== "earth.mp4"));
});

test("the question before a clip is deleted, in dark, light and high contrast", async () => {
  const { workbench } = await openWith(planets);
  const { clips, page, quickInput } = workbench;
  const show = async () => {
    await workbench.runCommand("Clipcourier: Focus on Clips View");
    await clips.goToEnd("jupiter.mp4");
    await page.keyboard.press("Delete");
    await quickInput.waitFor("Delete the clip jupiter.mp4?");
  };
  await takeInThemes(workbench, "delete-question", show, () => quickInput.close());
});

test("the keys do nothing where no clip has the focus, and the menu shows them", async () => {
  const { workbench } = await openWith(planets);
  const { clips, menu, page, quickInput } = workbench;
  await openAndFocus(workbench, "venus.mp4");
  await page.keyboard.press("Escape");
  await expect.poll(() => clips.readFocused()).toBeUndefined();
  await page.keyboard.press("Delete");
  // The palette would replace the question, so it is the answer of the next command that is awaited.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Delete");
  await quickInput.waitFor("Delete the clip mercury.mp4?");
  await quickInput.close();
  expect(await quickInput.root.count()).toBe(0);

  await menu.openOn(clips.row("mars.mp4"), "Delete Clip");
  const keys = page.locator(".context-view .monaco-menu .keybinding:visible");
  expect(await keys.allInnerTexts()).toEqual(
    expect.arrayContaining(["Ctrl+C", expect.stringMatching(/^Del/)]),
  );
  await menu.close();
});
