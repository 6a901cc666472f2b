import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { expect, test } from "vitest";
import type { ReadyFile } from "../src/serve/ready-file.js";
import { Cli, makeFolder, runCli } from "./run-cli.js";

async function startServe(cwd: string): Promise<Cli> {
  const cli = new Cli(["serve", "--port", "0", "--ready-file", "ready.json"], { cwd });
  await cli.waitFor("Clipcourier is up at http://127.0.0.1:");
  return cli;
}

async function readReady(cwd: string): Promise<ReadyFile> {
  return JSON.parse(await readFile(path.join(cwd, "ready.json"), "utf8"));
}

test("a program signs in with what the file holds, and nobody else may read it", async () => {
  const cwd = await makeFolder();
  const cli = await startServe(cwd);
  await cli.waitFor("CLIPCOURIER_APP_SECRET");
  const ready = await readReady(cwd);
  expect(ready).toEqual({
    rootUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/v2\.7\/$/),
    appId: expect.any(String),
    appSecret: expect.any(String),
    pid: expect.any(Number),
  });
  await using client = new DirectUploadClient({ ...ready, proxyEnv: {} });
  await client.signIn();
  const { mode } = await stat(path.join(cwd, "ready.json"));
  if (process.platform !== "win32") expect(mode & 0o777).toBe(0o600);
  expect(await readdir(cwd)).toEqual([".clipcourier", "ready.json"]);
  expect(cli.stdout).toContain("Paste these lines into another shell");
  expect(cli.stdout + cli.stderr).not.toContain(ready.appSecret);
});

test("a second start gives the same keys, and the address of this start", async () => {
  const cwd = await makeFolder();
  const first = await startServe(cwd);
  const before = await readReady(cwd);
  first.send("SIGTERM");
  expect((await first.end()).code).toBe(0);
  // As a run that was killed leaves it.
  await writeFile(path.join(cwd, "ready.json"), "{}", { mode: 0o644 });

  await startServe(cwd);
  const { rootUrl, pid, ...keys } = await readReady(cwd);
  expect(pid).not.toBe(before.pid);
  expect(keys).toEqual({ appId: before.appId, appSecret: before.appSecret });
  await using client = new DirectUploadClient({ rootUrl, ...keys, proxyEnv: {} });
  await client.signIn();
});

test("the file of an earlier run is gone when the service cannot start", async () => {
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "ready.json"), "{}");
  await writeFile(path.join(cwd, ".clipcourier"), "no folder");
  const args = ["serve", "--port", "0", "--ready-file", "ready.json"];
  expect(await runCli(args, { cwd })).toMatchObject({
    ...{ code: 2, stderr: expect.stringContaining(".clipcourier") },
  });
  expect(await readdir(cwd)).toEqual([".clipcourier"]);
});

test("a second service leaves the file of the one that is running alone", async () => {
  const cwd = await makeFolder();
  const first = await startServe(cwd);
  const ready = await readReady(cwd);
  for (const port of ["0", new URL(ready.rootUrl).port]) {
    const args = ["serve", "--port", port, "--folder", "other", "--ready-file", "ready.json"];
    const second = await runCli(args, { cwd });
    expect([second.code, second.stdout]).toEqual([1, ""]);
    const file = path.resolve(cwd, "ready.json");
    expect(second.stderr).toContain(
      `--ready-file: ${file} belongs to the service at ${ready.rootUrl}, which is running as ` +
        `process ${ready.pid}. Stop that one first`,
    );
    expect(await readReady(cwd)).toEqual(ready);
  }
  first.send("SIGTERM");
  await first.end();
  await startServe(cwd);
  expect((await readReady(cwd)).pid).not.toBe(ready.pid);
});

test("the file of a process whose number another program has by now is replaced", async () => {
  const cwd = await makeFolder();
  // Nothing listens on port 1, and this process is not the service.
  const stale = { rootUrl: "http://127.0.0.1:1/v2.7/", pid: process.pid };
  await writeFile(path.join(cwd, "ready.json"), JSON.stringify(stale));
  await startServe(cwd);
  expect((await readReady(cwd)).pid).not.toBe(process.pid);
});

test.each([
  ["in a folder that is not there", "missing/ready.json", "ENOENT"],
  ["that is a folder", "taken", "EISDIR"],
  ["in a folder of others", "closed/ready.json", "EACCES"],
])("a file %s ends the service", async (_, name, code) => {
  const cwd = await makeFolder();
  await mkdir(path.join(cwd, "taken"));
  await mkdir(path.join(cwd, "closed"), { mode: 0o555 });
  await chmod(cwd, 0o777);
  // Root writes everywhere, so it gives that right up.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  const args = ["serve", "--port", "0", "--ready-file", name];
  const result = await runCli(args, { cwd, uid });
  expect([result.code, result.stdout]).toEqual([1, ""]);
  const file = path.resolve(cwd, name);
  expect(result.stderr).toContain(`clipcourier: --ready-file: ${file} cannot be written (`);
  expect(result.stderr).toContain(code);
  expect(result.stderr).toContain("so the service is not running. Name a file in a folder");
});
