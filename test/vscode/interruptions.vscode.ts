import { expect, test } from "vitest";
import { answerWith, goSilent, resetAtOnce } from "../faults/faults.ts";
import { startTestService } from "../start-service.ts";
import { connect } from "./connect.ts";
import { type FrontedService, startFrontedService } from "./fronted-service.ts";
import { useStage } from "./stage.ts";
import type { Workbench } from "./workbench/workbench.ts";
import { makeWorkspace } from "./workspace.ts";

const upload = "Upload as Clip";
const stage = useStage();

/** Five parts of 5 MiB: enough that they do not all fit into the buffers of the sockets. */
const video = { mebibytes: 24 };

/** Parts 1 and 2 are stored; the others are received, but never answered. */
function holdLaterParts({ front }: FrontedService): void {
  front.script([3, 4, 5].map((part) => ({ when: { part }, times: 99, fault: goSilent() })));
}

/** Uploads in a new window until two parts are stored and the others are in flight. */
async function beginUpload() {
  const service = await startFrontedService();
  const workbench = await stage.open(await makeWorkspace({ "long.mp4": video }));
  await connect(workbench, service);
  holdLaterParts(service);
  await workbench.explorer.chooseFor(upload, "long.mp4");
  await workbench.notifications.find(/Uploading long\.mp4 as a clip.*10\.0 of 24\.0 MiB/);
  expect(service.storedParts()).toEqual([1, 2]);
  expect(await service.listNames()).toEqual([]);
  return { service, workbench };
}

/** Waits until the profile has no unfinished upload of this file. */
async function waitUntilForgotten({ readState }: Workbench): Promise<void> {
  const unfinished = /clipcourier\.unfinished.{0,200}long\.mp4/;
  await expect.poll(readState).not.toMatch(unfinished);
}

test("the status bar leads to the log; Cancel stops at once, and the next try sends only the rest", async () => {
  const { service, workbench } = await beginUpload();
  const { notifications } = workbench;
  await workbench.statusBarItem("Clip 1/1 41%").click();
  await expect.poll(() => workbench.readOutput()).toContain(`1 to ${service.host}`);
  const progress = await notifications.find("Uploading long.mp4 as a clip");
  await progress.press("Cancel");
  const summary = await notifications.find("Stopped; nothing was finished.", 5_000);
  await expect
    .poll(() => workbench.readOutput())
    .toContain("Cancelled: 0 of 1 became clips, 0 failed");
  expect(await service.listNames()).toEqual([]);
  // No request is still running after the message.
  const held = service.front.log.filter(({ status }) => status === "silent");
  await expect.poll(() => held.every(({ endedAt }) => endedAt !== undefined)).toBe(true);

  service.front.script([]);
  service.front.clearLog();
  await summary.press("Go On");
  await notifications.find("long.mp4 is a clip now.");
  expect(service.storedParts()).toEqual([3, 4, 5]);
  expect(await service.listNames()).toEqual(["long.mp4"]);
});

test("a reload in the middle offers to go on, and only the missing parts are sent", async () => {
  const { service, workbench } = await beginUpload();
  await workbench.reload();
  const offer = await workbench.notifications.find("The upload of long.mp4 was interrupted.");
  expect(await offer.readButtons()).toEqual(["Go On", "Forget"]);
  service.front.script([]);
  service.front.clearLog();
  await offer.press("Go On");
  await workbench.notifications.find("long.mp4 is a clip now.");
  expect(service.storedParts()).toEqual([3, 4, 5]);

  // An upload that has ended is not offered again.
  await waitUntilForgotten(workbench);
});

test("a crash of the extension host offers to go on too, by itself", async () => {
  const { service, workbench } = await beginUpload();
  await stage.editor.crashExtensionHost();
  const offer = await workbench.notifications.find("The upload of long.mp4 was interrupted.");
  service.front.script([]);
  service.front.clearLog();
  await offer.press("Go On");
  await workbench.notifications.find("long.mp4 is a clip now.");
  expect(service.storedParts()).toEqual([3, 4, 5]);
});

test("Cancel names what had failed before, and Go On goes where the rest was meant for", async () => {
  const [service, other] = [await startFrontedService(), await startFrontedService()];
  const folder = await makeWorkspace({ "long.mp4": video, "broken.mp4": "" });
  const workbench = await stage.open(folder);
  const { explorer, notifications } = workbench;
  await connect(workbench, service);

  holdLaterParts(service);
  await explorer.chooseFor(upload, "long.mp4", "broken.mp4");
  const progress = await notifications.find(/Uploading 2 files as clips.*10\.0 of 24\.0 MiB/);
  await connect(workbench, other);
  await progress.press("Cancel");
  const summary = await notifications.find("Stopped; nothing was finished.");
  expect(await summary.read()).toContain("broken.mp4: it is empty.");
  expect(await summary.readButtons()).toEqual(["Go On", "Show Log"]);

  service.front.script([]);
  await summary.press("Go On");
  await notifications.find("long.mp4 is a clip now.");
  expect(await service.listNames()).toEqual(["long.mp4"]);
  expect(await other.listNames()).toEqual([]);
});

test("a file that has failed counts with what was sent of it", async () => {
  const service = await startFrontedService();
  const folder = await makeWorkspace({ "long.mp4": video, "refused.mp4": { mebibytes: 34 } });
  const workbench = await stage.open(folder);
  await connect(workbench, service);
  const refuse = answerWith({ status: 422, body: "no" });
  service.front.script([
    // The last part of one of them keeps it from ending.
    { when: { part: 5 }, times: 99, fault: goSilent() },
    // Only the other one has so many parts.
    { when: { part: 7 }, times: 99, fault: refuse },
  ]);
  await workbench.explorer.chooseFor(upload, "long.mp4", "refused.mp4");
  // At most parts 1 to 4 of both and part 6 are stored: not the 34 MiB of the one that has failed.
  await workbench.notifications.find(/file 2 of 2 · 1 failed · [234][05]\.0 of 58\.0 MiB/);
});

test("Forget means that the upload is not offered again", async () => {
  const { service, workbench } = await beginUpload();
  await workbench.reload();
  await (await workbench.notifications.find("was interrupted.")).press("Forget");
  await waitUntilForgotten(workbench);
  await workbench.reload();
  await workbench.statusBarItem(service.host).waitFor();
  expect(await workbench.notifications.readAll()).toEqual([]);
});

test("an outage is waited for, the notification says so, and the upload goes on", async () => {
  const service = await startFrontedService();
  const workbench = await stage.open(await makeWorkspace({ "long.mp4": video }));
  await connect(workbench, service);
  const { front, host } = service;
  front.script([3, 4, 5].map((part) => ({ when: { part }, times: 99, fault: resetAtOnce() })));
  await workbench.explorer.chooseFor(upload, "long.mp4");
  const outage = `10.0 of 24.0 MiB · ${host} or its storage is out of reach, trying again`;
  await workbench.notifications.find(outage);
  const status = workbench.statusBarItem("Clip 1/1 41%");
  expect(await status.locator(".codicon-warning").count()).toBe(1);
  front.script([]);
  await workbench.notifications.find("long.mp4 is a clip now.");
  expect(service.storedParts()).toEqual([1, 2, 3, 4, 5]);
});

test("with the service down, Retry works when it is back", async () => {
  const service = await startTestService();
  const { rootUrl, folder, appId, appSecret } = service;
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {} }));
  await connect(workbench, service);

  await service.close();
  await workbench.explorer.chooseFor(upload, "a.mp4");
  const { host, port } = new URL(rootUrl);
  const failure = await workbench.notifications.find(
    `a.mp4 was not uploaded: ${host} cannot be reached.`,
  );
  expect(await failure.readButtons()).toEqual(["Retry", "Show Log"]);
  const again = await startTestService({ folder, port: Number(port) }, { appId, appSecret });
  await failure.press("Retry");
  await workbench.notifications.find("a.mp4 is a clip now.");
  expect((await again.connect().listClips()).clips).toHaveLength(1);
});
