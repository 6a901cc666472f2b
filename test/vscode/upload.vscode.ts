import { join } from "node:path";
import { expect, test } from "vitest";
import { answerConnect, connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { useStage } from "./stage.ts";
import { addFile, makeWorkspace, numbered } from "./workspace.ts";

const upload = "Upload as Clip";
const stage = useStage();

test("the first upload leads to a service and goes on by itself; known content needs no byte", async () => {
  const service = await startFrontedService({ looksInto: true });
  const folder = await makeWorkspace({ "intro.mp4": { seconds: 2 }, "known.mp4": {} });
  const workbench = await stage.open(folder);
  const { explorer, quickInput, notifications } = workbench;

  await explorer.chooseFor(upload, "intro.mp4");
  await quickInput.waitFor("Where should clips go?");
  await quickInput.pick("Connect to a service…");
  await answerConnect(workbench, service);

  const summary = await notifications.find("intro.mp4 is a clip now.");
  await notifications.find(`Connected to ${service.host}.`);
  expect(await summary.readButtons()).toEqual([
    ...["Copy Clip ID", "Copy Link", "Copy Markdown", "Open"],
  ]);
  await summary.press("Copy Clip ID");
  await workbench.statusBarItem("Copied.").waitFor();
  const [clip] = (await service.service.connect().listClips()).clips;
  expect(clip?.filename).toBe("intro.mp4");
  expect(await workbench.readClipboard()).toBe(clip?.id);
  await workbench.statusBarItem(service.host).waitFor();

  await service.connect().upload(join(folder, "known.mp4"));
  service.front.clearLog();
  await explorer.chooseFor(upload, "known.mp4");
  await notifications.find("known.mp4 is a clip already; nothing had to be sent.");
  expect(service.parts()).toEqual([]);
});

test("of five videos with a broken one, four are clips, and Retry is about the broken one alone", async () => {
  const service = await startFrontedService();
  const folder = await makeWorkspace({ ...numbered(4, (n) => `take-${n}.mp4`), "broken.mp4": "" });
  const workbench = await stage.open(folder);
  const { explorer, notifications } = workbench;
  await connect(workbench, service);

  await explorer.chooseFor(upload, "broken.mp4", ...[1, 2, 3, 4].map((n) => `take-${n}.mp4`));
  const summary = await notifications.find("4 of 5 files are clips now. broken.mp4: it is empty.");
  expect(await summary.readButtons()).toEqual(["Retry", "Show Log", "Copy Links"]);
  expect(await service.listNames()).toHaveLength(4);

  service.front.clearLog();
  await addFile(folder, "broken.mp4", {});
  await summary.press("Retry");
  await notifications.find("broken.mp4 is a clip now.");
  const plans = service.front.log.filter(({ query }) => query.has("filename"));
  expect(plans.map(({ query }) => query.get("filename"))).toEqual(["broken.mp4"]);
});

test("a mixed selection uploads its videos and names what it left out", async () => {
  const service = await startFrontedService();
  const workbench = await stage.open(
    await makeWorkspace({ "a.mp4": {}, "b.mov": {}, "notes.txt": "x", "table.csv": "y" }),
  );
  await connect(workbench, service);
  await workbench.explorer.chooseFor(upload, "a.mp4", "b.mov", "notes.txt", "table.csv");
  const summary = await workbench.notifications.find("2 files are clips now.");
  expect(await summary.read()).toContain(
    "Left out, since they are neither videos nor pictures: notes.txt, table.csv.",
  );
  await summary.press("Copy Markdown");
  await expect.poll(() => workbench.readClipboard()).toMatch(/^\[.*a\.mp4.*\n\[.*b\.mov.*$/);
});

test("a folder of twelve is asked about first", async () => {
  const service = await startFrontedService();
  const workbench = await stage.open(await makeWorkspace(numbered(12, (n) => `takes/${n}.mp4`)));
  await connect(workbench, service);
  const { explorer, notifications } = workbench;

  await explorer.chooseFor("Upload Videos in Folder…", "takes");
  await workbench.waitForDialog("Upload 12 videos from takes as clips?");
  await workbench.pressInDialog("Cancel");
  expect(service.parts()).toEqual([]);

  await explorer.chooseFor("Upload Videos in Folder…", "takes");
  await workbench.waitForDialog("Upload 12 videos from takes as clips?");
  await workbench.pressInDialog("Upload");
  await notifications.find("12 files are clips now.");
  expect(await service.listNames()).toHaveLength(12);
});

test("the palette uploads what is picked or open; an open video has it in its title bar and tab too", async () => {
  const service = await startFrontedService();
  const workbench = await stage.open(await makeWorkspace({ "open.mp4": {}, "picked.mp4": {} }));
  await connect(workbench, service);
  const { page, explorer, notifications, quickInput } = workbench;
  await workbench.runCommand(`Clipcourier: ${upload}`);
  await quickInput.waitFor(upload);
  await quickInput.pick("picked.mp4");
  await notifications.find("picked.mp4 is a clip now.");

  await explorer.row("open.mp4").dblclick();
  const tab = page.locator(".tab", { hasText: "open.mp4" });

  await page.locator(".editor-actions").getByRole("button", { name: upload }).click();
  await (await notifications.find("open.mp4 is a clip now.")).dismiss();

  await workbench.menu.openOn(tab, upload);
  await workbench.menu.choose(upload);
  await (await notifications.find("open.mp4 is a clip already")).dismiss();

  await workbench.runCommand(`Clipcourier: ${upload}`);
  await notifications.find("open.mp4 is a clip already");
});

test("a name that looks like a link to a command is no link in the messages", async () => {
  const service = await startFrontedService();
  const name = "[Show details](command:workbench.action.togglePanel).mp4";
  const workbench = await stage.open(await makeWorkspace({ [name]: {} }));
  await connect(workbench, service);
  await workbench.explorer.chooseFor(upload, name);
  const summary = await workbench.notifications.find("is a clip now.");
  expect((await summary.read()).replaceAll("\u200b", "")).toBe(`${name} is a clip now.`);
  expect(await summary.countLinks()).toBe(0);
});
