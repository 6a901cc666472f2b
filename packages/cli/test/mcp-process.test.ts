import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { homeEnv } from "./mcp-client.js";
import { makeFolder, runCli } from "./run-cli.js";
import { startTestService } from "./start-service.js";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

/** The process, to which a test writes messages itself. */
async function startProcess(cwd: string, env: Record<string, string>) {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [bin, "mcp"], {
    cwd,
    env: { ...(await homeEnv()), ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text) => {
      output[name] += text;
    });
  }
  const send = (message: object) =>
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const initialize = {
    ...{ protocolVersion: "2025-11-25", capabilities: {} },
    clientInfo: { name: "test", version: "1.0.0" },
  };
  send({ id: 1, method: "initialize", params: initialize });
  send({ method: "notifications/initialized" });
  return { child, output, send, closed: once(child, "close") };
}

test("stdout has nothing but messages, with the embedded service and its notices, too", async () => {
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), "no video");
  const { child, output, send, closed } = await startProcess(cwd, {});
  child.stdin.write("no message\n");
  const params = { name: "upload_video", arguments: { path: "a.mp4" } };
  send({ id: 2, method: "tools/call", params });
  await expect.poll(() => output.stdout).toContain('"id":2');
  child.stdin.end();
  expect(await closed).toEqual([0, null]);
  const lines = output.stdout.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { jsonrpc: "2.0", id: 1 },
    { jsonrpc: "2.0", id: 2 },
  ]);
  expect(output.stderr).toContain("No service is configured: using the embedded one");
});

test.skipIf(process.platform === "win32")("it ends by SIGTERM", async () => {
  const { env } = await startTestService();
  const { child, output, closed } = await startProcess(await makeFolder(), env);
  await expect.poll(() => output.stdout).toContain('"id":1');
  child.kill("SIGTERM");
  expect(await closed).toEqual([143, null]);
});

test("it ends when nobody reads its answers any more", async () => {
  const { env } = await startTestService();
  const { child, output, send, closed } = await startProcess(await makeFolder(), env);
  await expect.poll(() => output.stdout).toContain('"id":1');
  child.stdout.destroy();
  const list = setInterval(() => send({ id: 2, method: "tools/list" }), 10);
  child.stdin.on("error", () => {});
  onTestFinished(() => clearInterval(list));
  expect(await closed).toEqual([0, null]);
});

test.each([
  [["--root", "no-such-folder"], "--root: there is no folder "],
  [["--max-size", "much"], "It must be a size such as"],
  // The working folder is the home folder there.
  [[], "The working folder is "],
])("%j is wrong use", async (args, message) => {
  const { env } = await startTestService();
  const { code, stdout, stderr } = await runCli(["mcp", ...args], { cwd: await makeFolder(), env });
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(message)]);
});

test("without the package of the protocol it says how to install it", async () => {
  const cwd = await makeFolder();
  const hooks = path.join(cwd, "without-sdk.mjs");
  await writeFile(
    hooks,
    `import { registerHooks } from "node:module";
    registerHooks({
      resolve(name, context, next) {
        return next(name.startsWith("@modelcontextprotocol/") ? name.replace("/", "/none-") : name, context);
      },
    });`,
  );
  const nodeOptions = ["--import", hooks];
  const { code, stderr } = await runCli(["mcp"], { cwd, nodeOptions });
  expect(code).toBe(2);
  expect(stderr).toContain("npm install clipcourier @modelcontextprotocol/server");
});
