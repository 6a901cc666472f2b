import { once } from "node:events";
import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { nodeVersions, provideNode } from "../provide-node.ts";
import { commandLine, useLocalHost } from "./local-host.ts";
import { takeInThemes } from "./themes.ts";
import { addFile } from "./workspace.ts";

/** A program that starts a service as npm's own do, on a port that is free. */
const starter = `#!/bin/sh\nexec "${process.execPath}" "${commandLine}" "$@" --port 0\n`;

async function addProgram(folder: string, name: string, content: string): Promise<string> {
  const path = await addFile(folder, name, content);
  await chmod(path, 0o755);
  return path;
}

/** Listens on a port of loopback, and answers every request with this status. */
async function listen(port: number, status: number): Promise<number> {
  const server = createServer((_request, response) => response.writeHead(status).end("{}"));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** npx, with npm's registry on this port of loopback. */
function npxWithRegistry(port: number): string[] {
  const variables = { registry: `http://127.0.0.1:${port}/`, fetch_retries: 0 };
  const pairs = Object.entries(variables).map(([name, value]) => `npm_config_${name}=${value}`);
  return ["env", ...pairs, "npx", "--yes", "clipcourier@0.1"];
}

describe("with a command that a person has chosen", () => {
  const { host, tryLocally, findFailure, waitUntilConnected, readLog } = useLocalHost();

  test("a program that is missing is named", async () => {
    await tryLocally(["/nowhere/clipcourier"]);
    await findFailure(
      "/nowhere/clipcourier was not found on this machine. Check clipcourier.localCommand.",
    );
    expect(await host.call("listTerminals")).toEqual([]);
  });

  test("a registry out of reach is told, and the log has what npm said", async () => {
    await tryLocally(npxWithRegistry(9));
    await findFailure("npm could not get clipcourier@0.1 (ECONNREFUSED)");
    await expect.poll(readLog).toMatch(/connect ECONNREFUSED 127\.0\.0\.1:9/);
  });

  test("a package that the registry does not have is told", async () => {
    await tryLocally(npxWithRegistry(await listen(0, 404)));
    await findFailure("npm's registry has nothing of the name clipcourier@0.1.");
  });

  test("a Node that is too old is told, with those that would do", async () => {
    const node = await provideNode(nodeVersions.tooOld);
    await tryLocally([node, commandLine]);
    await findFailure(
      `clipcourier does not run on Node.js ${nodeVersions.tooOld}, only on ^22.19 || >=24.3.`,
    );
  });

  test("a port that is taken is told", async () => {
    // Another local service of this machine may have it, which is as good.
    await listen(4280, 200).catch(() => undefined);
    await tryLocally([process.execPath, commandLine]);
    await findFailure("another program uses port 4280");
  });

  test("of anything else the terminal stays, the log has the last lines, and Retry starts it anew", async () => {
    const broken = '#!/bin/sh\necho "the disk is on fire" >&2\nexit 3\n';
    const program = await addProgram(host.folder, "start", broken);
    await tryLocally([program]);
    const find = () => findFailure(`${program} ended with exit code 3.`);
    await find();
    expect(await host.call("listTerminals")).toEqual(["Local Clip Service"]);
    await host.call("runCommand", "workbench.action.terminal.focus");
    const terminal = host.workbench.page.locator(".terminal-wrapper .xterm-rows");
    await expect
      .poll(() => terminal.allTextContents())
      .toEqual([
        expect.stringMatching(/the disk is on fire.*Press any key to close the terminal\./),
      ]);
    await takeInThemes(host.workbench, "try-locally-failed", find);
    await expect.poll(readLog).toContain("the disk is on fire");

    await addProgram(host.folder, "start", starter);
    await (await find()).press("Retry");
    await waitUntilConnected();
    expect(await host.call("listTerminals")).toEqual(["Local Clip Service"]);
  });

  test("a key closes the terminal of a service that was not started", async () => {
    await tryLocally(["sh", "-c", "exit 3"]);
    const failure = await findFailure("sh ended with exit code 3.");
    await failure.dismiss();
    await host.call("runCommand", "workbench.action.terminal.focus");
    await host.workbench.page.keyboard.press("Enter");
    await expect.poll(() => host.call("listTerminals")).toEqual([]);
  });

  test("without one, the command line in the workspace comes before npx", async () => {
    const program = await addProgram(host.folder, "node_modules/.bin/clipcourier", starter);
    await tryLocally();
    await waitUntilConnected();
    await expect
      .poll(readLog)
      .toContain(`clipcourier in node_modules/.bin of the workspace: ${program}`);
  });
});

describe("on a machine without Node.js, npx and FFmpeg", async () => {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-path-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  for (const name of ["setpriv", "sh"]) await symlink(`/usr/bin/${name}`, join(folder, name));
  // Without the second, the editor asks the login shell for another PATH.
  const variables = { PATH: folder, VSCODE_CLI: "1" };
  const { host, tryLocally, waitUntilConnected, readLog } = useLocalHost({ variables });

  test("the service that comes with the extension takes a video, and says that pictures need FFmpeg", async () => {
    await tryLocally();
    await waitUntilConnected();
    const notice = await host.workbench.notifications.find("it found no FFmpeg that it can use");
    await takeInThemes(host.workbench, "try-locally-packed", async () => notice);
    expect(await host.call("listTerminals")).toEqual(["Local Clip Service"]);
    expect(await host.call("listLoadedFiles")).not.toContain("dist/local-service/serve.js");
    const log = await readLog();
    expect(log).toContain("clipcourier in the PATH: no");
    expect(log).toContain("clips get no pictures: the package node-av is not installed");

    const path = await addFile(host.folder, "local.mp4", {});
    const uri = pathToFileURL(path).href;
    const { clips, failures } = await host.call("upload", [uri], { showSummary: false });
    expect(failures).toEqual([]);
    expect(clips).toMatchObject([{ outcome: "uploaded", clip: { status: "available" } }]);
    const page = await fetch(clips[0]?.clip.url ?? "");
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("local.mp4");
  });

  test("it goes on in its folder after its end, with the same app", async () => {
    await tryLocally();
    await waitUntilConnected();
    const uri = pathToFileURL(join(host.folder, "local.mp4")).href;
    const { clips } = await host.call("upload", [uri], { showSummary: false });
    expect(clips).toMatchObject([{ outcome: "known" }]);
  });

  test("the command line on the PATH is enough", async () => {
    await writeFile(join(folder, "clipcourier"), starter, { mode: 0o755 });
    await tryLocally();
    await waitUntilConnected();
  });

  test("a service that runs already is used, and that is told", async () => {
    await tryLocally();
    await waitUntilConnected();
    await host.workbench.notifications.dismissAll();
    await tryLocally();
    await waitUntilConnected();
    expect(await host.call("listTerminals")).toEqual(["Local Clip Service"]);
  });
});
