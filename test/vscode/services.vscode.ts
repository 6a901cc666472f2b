import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Fault, forward, relay } from "../faults/exchange.ts";
import { answerConnect, connect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { readListRequests } from "./list-requests.ts";
import { useStage } from "./stage.ts";
import { makeWorkspace } from "./workspace.ts";

const upload = "Upload as Clip";
const commandLine = fileURLToPath(new URL("../../packages/cli/dist/bin.js", import.meta.url));
const stage = useStage({
  settings: { "clipcourier.localCommand": [process.execPath, commandLine] },
});

async function findFilesWith(text: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const contents = await Promise.all(paths.map((path) => readFile(path, "latin1")));
  return paths.filter((_, index) => contents[index]?.includes(text));
}

test("a wrong URL and a wrong secret are refused before they are kept, and Try Again asks anew", async () => {
  const service = await startFrontedService();
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {} }));
  const { quickInput, notifications } = workbench;
  await workbench.runCommand("Clipcourier: Connect to a Service…");
  await answerConnect(workbench, { ...service, rootUrl: `${service.front.origin}/wrong` });
  await (await notifications.find(`Not connected to ${service.host}`)).press("Try Again");
  await answerConnect(workbench, { ...service, appSecret: "wrong-secret" });
  const refusal = await notifications.find(/refuses the app id or the secret/);
  expect(await refusal.read()).not.toContain("wrong-secret");
  expect(await workbench.statusBarItem(service.host).count()).toBe(0);
  await refusal.press("Try Again");

  await quickInput.waitFor("(1/3)");
  expect(await quickInput.box.inputValue()).toContain(service.rootUrl);
  await quickInput.box.press("Enter");
  await quickInput.waitFor("(2/3)");
  expect(await quickInput.box.inputValue()).toBe(service.appId);
  await quickInput.box.press("Enter");
  await quickInput.waitFor("(3/3)");
  expect(await quickInput.box.inputValue()).toBe("");
  expect(await quickInput.box.getAttribute("type")).toBe("password");
  await quickInput.answer("(3/3)", service.appSecret);
  await notifications.find(`Connected to ${service.host}.`);
});

test("the secret survives a reload, and is in no file of the profile", async () => {
  const service = await startFrontedService();
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {} }));
  await connect(workbench, service);
  await expect.poll(workbench.readState).toContain(service.host);
  await workbench.reload();
  await workbench.statusBarItem(service.host).waitFor();
  await workbench.explorer.chooseFor(upload, "a.mp4");
  await workbench.notifications.find("a.mp4 is a clip now.");
  expect(await findFilesWith(service.appSecret, stage.editor.userData)).toEqual([]);
});

test("a clip has the local file that it was made from, and not one of another service with its id", async () => {
  const first = await startFrontedService();
  // The same clips at another address, as of a copy of a service.
  const second = await startFrontedService({ folder: first.service.folder });
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {} }));
  const { clips, explorer, menu, notifications } = workbench;
  const readMenu = async () => {
    await menu.openOn(clips.row("a.mp4"), "Copy Link");
    const items = await menu.read();
    await menu.close();
    return items;
  };
  await connect(workbench, first);
  await explorer.chooseFor(upload, "a.mp4");
  await notifications.find("a.mp4 is a clip now.");
  await clips.open();
  expect(await readMenu()).toContain("Reveal Local File");
  await connect(workbench, second);
  await expect.poll(() => readListRequests(second).length).toBeGreaterThan(0);
  expect(await readMenu()).not.toContain("Reveal Local File");
});

test("uploads go to the service that was switched to, and Disconnect forgets it", async () => {
  const [first, second] = [await startFrontedService(), await startFrontedService()];
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {}, "b.mp4": {} }));
  const { explorer, notifications, quickInput } = workbench;
  await connect(workbench, first);
  await connect(workbench, second);
  await explorer.chooseFor(upload, "a.mp4");
  await notifications.find("a.mp4 is a clip now.");

  await workbench.statusBarItem(second.host).click();
  await quickInput.rows.filter({ hasText: first.host }).click();
  await workbench.statusBarItem(first.host).waitFor();
  await explorer.chooseFor(upload, "b.mp4");
  await notifications.find("b.mp4 is a clip now.");
  expect(await first.listNames()).toEqual(["b.mp4"]);
  expect(await second.listNames()).toEqual(["a.mp4"]);

  await workbench.runCommand("Clipcourier: Disconnect…");
  await quickInput.rows.filter({ hasText: first.host }).click();
  await workbench.waitForDialog(`Forget ${first.host} and its secret?`);
  await workbench.pressInDialog("Disconnect");
  await workbench.statusBarItem(second.host).waitFor();
  await expect.poll(workbench.readState).not.toContain(first.host);
  await workbench.reload();
  await workbench.statusBarItem(second.host).click();
  await quickInput.rows.filter({ hasText: second.host }).waitFor();
  expect(await quickInput.rows.filter({ hasText: first.host }).count()).toBe(0);
});

test("no clip of one service is shown while those of another are loaded", async () => {
  const [first, second] = [await startFrontedService(), await startFrontedService()];
  const workbench = await stage.open(await makeWorkspace({ "a.mp4": {} }));
  const { clips, explorer, notifications, quickInput } = workbench;
  await connect(workbench, second);
  await connect(workbench, first);
  await explorer.chooseFor(upload, "a.mp4");
  await notifications.find("a.mp4 is a clip now.");
  await clips.open();
  await clips.row("a.mp4").waitFor();

  const answered = Promise.withResolvers<void>();
  const wait: Fault = {
    name: "wait",
    async apply(exchange) {
      await answered.promise;
      await relay(exchange, await forward(exchange));
    },
  };
  second.front.script([{ when: { path: /\/me\/videoclips$/ }, fault: wait }]);
  await workbench.statusBarItem(first.host).click();
  await quickInput.rows.filter({ hasText: second.host }).click();
  await clips.root.getByText(`Loading the clips of ${second.host}…`).waitFor();
  await expect.poll(() => clips.row("a.mp4").count()).toBe(0);
  answered.resolve();
  await clips.root.getByText("The service has no clips yet.").waitFor();
});

test("Try It Locally starts a service in a terminal, and the upload that asked for it goes on", async () => {
  const workbench = await stage.open(await makeWorkspace({ "local.mp4": {} }));
  const { explorer, notifications, quickInput } = workbench;
  await explorer.chooseFor(upload, "local.mp4");
  await quickInput.waitFor("Where should clips go?");
  await quickInput.pick("Try it locally");
  const summary = await notifications.find("local.mp4 is a clip now.");
  await notifications.find(/Connected to (127\.0\.0\.1|localhost):\d+\./);
  await summary.press("Copy Link");
  await expect.poll(() => workbench.readClipboard()).toMatch(/^http:.*\/c\//);
  const page = await fetch(await workbench.readClipboard());
  expect(page.status).toBe(200);
});
