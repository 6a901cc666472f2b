import { expect, test } from "vitest";
import { answerConnect, connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { useStage } from "./stage.ts";
import type { Workbench } from "./workbench/workbench.ts";
import { makeWorkspace } from "./workspace.ts";

const stage = useStage();

/** Which steps are checked, by their titles. */
async function readSteps({ page }: Workbench): Promise<Record<string, boolean>> {
  const boxes = await page.locator(".getting-started-step [role=checkbox]").all();
  const steps = boxes.map(async (box) => {
    const [title = ""] = (await box.getAttribute("aria-label"))?.split(":") ?? [];
    return [title, (await box.getAttribute("aria-checked")) === "true"] as const;
  });
  return Object.fromEntries(await Promise.all(steps));
}

test("the walkthrough leads from no service to a clip, and ticks its steps off", async () => {
  const service = await startFrontedService();
  const folder = await makeWorkspace({ "first.mp4": {} });
  const workbench = await stage.open(folder, { width: 1600 });
  const { page, quickInput, notifications } = workbench;
  await workbench.runCommand("Welcome: Open Walkthrough...");
  await quickInput.pick("Get Started with Clipcourier");
  const [connect, upload, share] = ["Connect to a service", "Upload a video", "Share the clip"];
  const steps = page.locator(".getting-started-step");
  await expect
    .poll(() => readSteps(workbench))
    .toEqual({ [connect]: false, [upload]: false, [share]: false });
  const picture = await workbench.findWebview("svg");
  expect(await picture.locator("svg").first().isVisible()).toBe(true);

  await steps.getByRole("button", { name: "Connect to a Service" }).click();
  await answerConnect(workbench, service);
  await notifications.find(`Connected to ${service.host}.`);
  await expect.poll(() => readSteps(workbench)).toMatchObject({ [connect]: true });

  await steps.filter({ hasText: upload }).click();
  await steps.getByRole("button", { name: "Upload a Video" }).click();
  await quickInput.waitFor("Upload as Clip");
  await quickInput.pick("first.mp4");
  await notifications.find("first.mp4 is a clip now.");
  await expect.poll(() => readSteps(workbench)).toMatchObject({ [upload]: true });

  await steps.filter({ hasText: share }).click();
  await steps.getByRole("button", { name: "Show the Clips View" }).click();
  await workbench.clips.row("first.mp4").waitFor();
  await expect
    .poll(() => readSteps(workbench))
    .toEqual({ [connect]: true, [upload]: true, [share]: true });
  expect(await service.listNames()).toEqual(["first.mp4"]);
});

test("a walkthrough that is opened after connecting has that step ticked off", async () => {
  const service = await startFrontedService();
  const workbench = await stage.open(await makeWorkspace({ "first.mp4": {} }), { width: 1600 });
  await connect(workbench, service);
  await workbench.runCommand("Welcome: Open Walkthrough...");
  await workbench.quickInput.pick("Get Started with Clipcourier");
  await expect
    .poll(() => readSteps(workbench))
    .toEqual({ "Connect to a service": true, "Upload a video": false, "Share the clip": false });
});
