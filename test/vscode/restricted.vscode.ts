import { once } from "node:events";
import { access } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import manifest from "../../packages/vscode/package.json" with { type: "json" };
import { answerConnect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { useStage } from "./stage.ts";
import { addFile, makeWorkspace } from "./workspace.ts";

const upload = "Upload as Clip";
const watch = "Watch File and Upload New Renders";
const { properties } = manifest.contributes.configuration;
const stage = useStage({
  asksForTrust: true,
  settings: { "security.workspace.trust.startupPrompt": "always" },
});

/** A repository whose settings name its own server and a program that would leave a trace. */
async function makeHostileWorkspace() {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const folder = await makeWorkspace({ "a.mp4": {} });
  const trace = join(folder, "trace");
  const settings = {
    "clipcourier.serviceUrl": `${origin}/v2.7`,
    "clipcourier.network": "editor",
    "clipcourier.localCommand": ["touch", trace],
    "clipcourier.maxMebibytesPerSecond": 0.000_001,
    "clipcourier.maxVirtualFileMebibytes": 2048,
    "clipcourier.concurrency": 16,
    "clipcourier.verifyParts": false,
    "clipcourier.thumbnailTime": 1e9,
    "clipcourier.preview": "end",
    "clipcourier.watch": ["**/*"],
    "clipcourier.picturesInMenus": true,
    "clipcourier.insertTemplate": `![](${origin}/${"$"}{id})`,
    "clipcourier.allowedStorageHosts": ["storage.invalid"],
    "http.proxy": origin,
    "http.proxySupport": "override",
  };
  await addFile(folder, ".vscode/settings.json", JSON.stringify(settings));
  const hasRun = () =>
    access(trace).then(
      () => true,
      () => false,
    );
  expect(Object.keys(settings)).toEqual(expect.arrayContaining(Object.keys(properties)));
  return { folder, origin, seen, hasRun };
}

test.each(["restricted", "trusted"])(
  "in a %s workspace, settings of a hostile repository lead neither a key nor a video astray",
  async (mode) => {
    const hostile = await makeHostileWorkspace();
    const service = await startFrontedService();
    const workbench = await stage.open(hostile.folder);
    const { explorer, quickInput, notifications } = workbench;
    await workbench.waitForDialog("Do you trust the authors of the files in this folder?");
    await workbench.pressInDialog(
      mode === "trusted" ? "Yes, I trust the authors" : "No, I don't trust the authors",
    );
    await workbench.waitUntilReady();

    await explorer.chooseFor(upload, "a.mp4");
    await quickInput.pick("Connect to a service…");
    await quickInput.waitFor("(1/3)");
    expect(await quickInput.box.inputValue()).toBe("");
    await answerConnect(workbench, service);
    await notifications.find("a.mp4 is a clip now.");
    expect(await service.listNames()).toEqual(["a.mp4"]);
    if (mode === "restricted") {
      await workbench.runCommand("Clipcourier: Try It Locally");
      await notifications.find("In Restricted Mode no service is started on this machine.");
    }
    const question = "The settings want every video of this workspace that matches **/* to be";
    const asked = (await notifications.readAll()).filter((text) => text.includes(question));
    expect(asked).toHaveLength(mode === "trusted" ? 1 : 0);

    await explorer.chooseFor(watch, "a.mp4");
    await notifications.find("New renders of a.mp4 are uploaded");
    await addFile(hostile.folder, "unasked.mp4", {});
    await explorer.row("unasked.mp4").waitFor();
    // It is written later, so by its clip the other one would have been uploaded, too.
    await addFile(hostile.folder, "a.mp4", {});
    await expect.poll(() => service.listNames()).toEqual(["a.mp4", "a.mp4"]);
    expect(hostile.seen).toEqual([]);
    expect(await hostile.hasRun()).toBe(false);
  },
  240_000,
);
