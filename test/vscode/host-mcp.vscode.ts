import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, inject, test } from "vitest";
import { useExtensionHost } from "./extension-host.ts";
import { type FrontedService, startFrontedService } from "./fronted-service.ts";
import { addFile } from "./workspace.ts";

const commandLine = fileURLToPath(new URL("../../packages/cli/dist/bin.js", import.meta.url));
const host = useExtensionHost({
  showsDialogs: true,
  settings: { "clipcourier.localCommand": [process.execPath, commandLine] },
});
const server = "clipcourier.clipcourier-vscode/Clipcourier";
const prefix = "mcp_";

/** Starts the server as the editor knows it, and gives the names of its tools. */
async function startServer(): Promise<string[]> {
  await host.call("startMcpServer", server);
  return (await host.call("listTools", prefix)).map(({ name }) => name);
}

/** Runs a tool. The oldest editor asks the person first, where the newest trusts a tool that only reads. */
async function runTool(name: string): Promise<string> {
  const answer = host.call("invokeTool", name, {});
  if (inject("editor") === "oldest") {
    await Promise.race([answer, host.workbench.pressInDialog("Yes").catch(() => {})]);
  }
  return String(await answer);
}

/** Makes a clip of this name on a service. */
async function addClip(service: FrontedService, name: string): Promise<void> {
  await service.service.connect().upload(await addFile(host.folder, name, {}));
}

test("the editor is offered the MCP server of the active service, and starts it with its keys", async () => {
  expect(await startServer()).toEqual([]);
  const [first, second] = [await startFrontedService(), await startFrontedService()];
  await addClip(first, "first.mp4");
  await addClip(second, "second.mp4");
  await host.connect(first);
  await expect.poll(startServer).not.toEqual([]);
  const list = (await startServer()).find((name) => name.endsWith("list_clips")) ?? "";
  expect(await runTool(list)).toContain("first.mp4");

  await host.connect(second);
  const read = async () => {
    await startServer();
    return runTool(list);
  };
  await expect.poll(read).toContain("second.mp4");
  for (const { appSecret } of [first, second]) {
    expect(await host.workbench.readState()).not.toContain(appSecret);
    expect(await findFilesWith(appSecret, host.editor.userData)).toEqual([]);
  }
});

async function findFilesWith(text: string, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const contents = await Promise.all(paths.map((path) => readFile(path, "latin1")));
  return paths.filter((_, index) => contents[index]?.includes(text));
}
