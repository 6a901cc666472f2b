import { join } from "node:path";
import type { Frame } from "playwright-core";
import { expect, test } from "vitest";
import { connect } from "./connect.ts";
import { type FrontedService, startFrontedService } from "./fronted-service.ts";
import { takePicture, useStage } from "./stage.ts";
import type { Workbench } from "./workbench/workbench.ts";
import { makeWorkspace } from "./workspace.ts";

const stage = useStage();
// Each test opens the window twice or more.
const patience = 240_000;

/** Opens the clip of one service in an editor, and makes another service the active one. */
async function openAndSwitch() {
  const [service, other] = [await startFrontedService(), await startFrontedService()];
  const folder = await makeWorkspace({ "flight.mp4": { seconds: 2 } });
  const { clip } = await service.service.connect().upload(join(folder, "flight.mp4"));
  const workbench = await stage.open(folder);
  await connect(workbench, service);
  await workbench.clips.open();
  await workbench.clips.row("flight.mp4").click();
  await findPage(workbench, clip.id);
  await connect(workbench, other);
  await workbench.openExplorer();
  // Every few seconds the editor saves what is open, with what its page keeps.
  const kept = new RegExp(`mainThreadWebview-clipcourier\\.clip.*"${clip.id}`);
  await expect.poll(workbench.readState).toMatch(kept);
  return { service, other, workbench, clip };
}

/** The page of the editor that shows this text. */
async function findPage(workbench: Workbench, text: string): Promise<Frame> {
  // After a reload the extension is started first.
  return workbench.findWebview(`main:has-text(${JSON.stringify(text)})`, 60_000);
}

/** Chooses a service in *Disconnect…* and forgets it. */
async function disconnect(workbench: Workbench, { host }: FrontedService): Promise<void> {
  const known = new RegExp(`label\\W+${host}`);
  await expect.poll(workbench.readState).toMatch(known);
  await workbench.runCommand("Clipcourier: Disconnect…");
  await workbench.quickInput.rows.filter({ hasText: host }).click();
  await workbench.pressInDialog("Disconnect");
  await expect.poll(workbench.readState).not.toMatch(known);
}

test(
  "after a reload the clip of a service is there again while another one is active",
  async () => {
    const { service, other, workbench, clip } = await openAndSwitch();
    service.front.clearLog();
    other.front.clearLog();
    await workbench.reload();
    const page = await findPage(workbench, clip.id);
    expect(await page.locator("table").textContent()).toContain(clip.url);
    const asked = ({ front }: FrontedService) =>
      front.log.filter(({ path }) => path.includes(clip.id));
    expect(asked(service)).not.toEqual([]);
    expect(asked(other)).toEqual([]);
  },
  patience,
);

test(
  "a clip of a service that was disconnected says so, and is there after connecting again",
  async () => {
    const { service, workbench, clip } = await openAndSwitch();
    await disconnect(workbench, service);
    await workbench.reload();
    const page = await findPage(workbench, `not connected to ${service.host} any more`);
    expect(await page.locator("h1").textContent()).toBe("flight.mp4");
    await takePicture(workbench.page, "restored-disconnected");
    await connect(workbench, service);
    await page.getByRole("button", { name: "Try Again" }).click();
    await findPage(workbench, clip.id);
  },
  patience,
);

test(
  "a clip that was deleted meanwhile says so",
  async () => {
    const { service, workbench, clip } = await openAndSwitch();
    await service.service.connect().deleteClip(clip.id);
    await workbench.reload();
    const page = await findPage(workbench, `${service.host} has this clip no longer.`);
    expect(await page.getByRole("alert").count()).toBe(1);
    await workbench.page.locator(".tab", { hasText: "flight.mp4" }).waitFor();
  },
  patience,
);

test(
  "a clip of a service that cannot be reached says so, also after a second reload",
  async () => {
    const { service, workbench, clip } = await openAndSwitch();
    const { upstream } = service.front;
    service.front.upstream = "http://127.0.0.1:1";
    await workbench.reload();
    const failed = "The clip could not be loaded";
    await findPage(workbench, failed);
    await takePicture(workbench.page, "restored-unreachable");
    await workbench.reload();
    const page = await findPage(workbench, failed);
    service.front.upstream = upstream;
    await page.getByRole("button", { name: "Try Again" }).click();
    await findPage(workbench, clip.id);
  },
  patience,
);
