import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { Cli, makeFolder, runCli } from "./run-cli.js";
import { forward, startServer, startTestService, toVariables } from "./start-service.js";

/** A service that holds back parts of 6 bytes while the gate is shut, and two files for it. */
async function prepare() {
  const service = await startTestService();
  const gate = { isShut: true, held: 0 };
  const { rootUrl } = await startServer((incoming, outgoing) => {
    const isHeld = incoming.method === "PUT" && incoming.headers["content-length"] === "6";
    if (gate.isShut && isHeld) gate.held++;
    else forward(service.rootUrl, incoming, outgoing);
  });
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), "first");
  await writeFile(path.join(cwd, "b.mp4"), "second");
  return { gate, cwd, env: toVariables({ ...service, rootUrl }) };
}

test("Ctrl-C stops the upload, reports what is done, and it can be resumed", async () => {
  const { gate, ...options } = await prepare();
  const cli = new Cli(["upload", "a.mp4", "b.mp4"], options);
  await cli.waitFor("a.mp4: uploaded");
  await expect.poll(() => gate.held).toBe(1);
  cli.send("SIGINT");
  const { code, stderr } = await cli.end();
  expect(code).toBe(130);
  expect(stderr).toContain("Stopped: 1 of 2 files are clips. Run the same command again to go on");

  gate.isShut = false;
  const again = await runCli(["upload", "--json", "a.mp4", "b.mp4"], options);
  expect(again.code).toBe(0);
  const outcomes = JSON.parse(again.stdout).clips.map((clip: { outcome: string }) => clip.outcome);
  expect(outcomes).toEqual(["known", "uploaded"]);
});

test("the document of --json is printed then, too", async () => {
  const { gate, ...options } = await prepare();
  const cli = new Cli(["upload", "--json", "b.mp4"], options);
  await expect.poll(() => gate.held).toBe(1);
  cli.send("SIGTERM");
  const { code, stdout } = await cli.end();
  expect(code).toBe(143);
  expect(JSON.parse(stdout)).toMatchObject({
    clips: [{ file: "b.mp4", outcome: "skipped", error: { code: "aborted" } }],
    failed: 0,
  });
});
