import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type CliOptions, makeFolder, runCli } from "./run-cli.js";
import { startTestService } from "./start-service.js";

/** A folder with a video of two parts, and a service to upload it to. */
async function prepare() {
  const { env } = await startTestService();
  const cwd = await makeFolder();
  await chmod(cwd, 0o755);
  await writeFile(path.join(cwd, "a.mp4"), randomBytes(6 * 1024 * 1024));
  return { cwd, env };
}

const homeless = { HOME: undefined, XDG_CONFIG_HOME: undefined, XDG_STATE_HOME: undefined };
const isRoot = process.getuid?.() === 0;

async function uploadWith({ cwd, env }: CliOptions, more: Partial<CliOptions>) {
  const { code, stderr, stdout } = await runCli(["upload", "--json", "a.mp4"], {
    ...{ cwd, ...more },
    env: { ...env, ...more.env },
  });
  return { code, stderr, clips: JSON.parse(stdout).clips };
}

const uploaded = { code: 0, clips: [{ outcome: "uploaded" }] };

describe.skipIf(process.platform === "win32")("a user without a home", () => {
  test.skipIf(!isRoot)("whom the system does not know uploads", async () => {
    const found = await uploadWith(await prepare(), { isStranger: true, env: homeless });
    expect(found).toMatchObject(uploaded);
  });

  test("whose HOME is empty writes nothing into the working folder", async () => {
    const options = await prepare();
    const found = await uploadWith(options, { env: { ...homeless, HOME: "" } });
    expect(found).toMatchObject(uploaded);
    expect(await readdir(options.cwd)).toEqual(["a.mp4"]);
  });

  test("whose HOME may not be entered uploads", async () => {
    const options = await prepare();
    const home = path.join(options.cwd, "home");
    await mkdir(path.join(home, ".config", "clipcourier"), { recursive: true });
    await chmod(home, 0o000);
    onTestFinished(() => chmod(home, 0o755));
    const uid = isRoot ? 65_534 : undefined;
    const found = await uploadWith(options, { uid, env: { ...homeless, HOME: home } });
    expect(found).toMatchObject(uploaded);
  });
});

test("a state folder that cannot be written does not keep from uploading", async () => {
  const options = await prepare();
  const file = path.join(options.cwd, "a.mp4");
  const env = { XDG_STATE_HOME: file, LOCALAPPDATA: file };
  expect(await uploadWith(options, { env })).toMatchObject(uploaded);
});

test("a folder that the embedded service cannot write is named, with what to do", async () => {
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), "content");
  const args = ["upload", "--folder", "a.mp4/service", "a.mp4"];
  const { code, stderr } = await runCli(args, { cwd });
  expect(code).toBe(2);
  expect(stderr).toMatch(/cannot keep anything in the folder .*service \(\w+\)\. Name another/);
});

describe.skipIf(process.platform !== "linux")("output that cannot be written", () => {
  test("is told on stderr, and the upload goes on", async () => {
    const { cwd, env } = await prepare();
    const args = ["upload", "a.mp4"];
    const { code, stderr } = await runCli(args, { cwd, env, redirect: ">/dev/full" });
    expect(code).toBe(1);
    expect(
      stderr.match(/What is printed on stdout cannot be written there \(ENOSPC\)\./g),
    ).toHaveLength(1);
    // The clip is there.
    expect((await uploadWith({ cwd, env }, {})).clips).toMatchObject([{ outcome: "known" }]);
  });

  test("on stderr, ends with 1 and with the results on stdout", async () => {
    const { cwd, env } = await prepare();
    const args = ["upload", "--json", "a.mp4"];
    const { code, stdout } = await runCli(args, { cwd, env, redirect: "2>/dev/full" });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).clips).toMatchObject([{ outcome: "uploaded" }]);
  });

  test.each([[["--help"]], [["--version"]], [["clips", "list"]]])("of %j", async (args) => {
    const { cwd, env } = await prepare();
    await runCli(["upload", "a.mp4"], { cwd, env });
    const { code, stderr } = await runCli(args, { cwd, env, redirect: ">/dev/full" });
    expect([code, stderr]).toEqual([
      1,
      "clipcourier: What is printed on stdout cannot be written there (ENOSPC).\n",
    ]);
  });

  test.each(["--output-file", "--markdown"])("of %s is told", async (flag) => {
    const { cwd, env } = await prepare();
    const { code, stderr } = await runCli(["upload", flag, "/dev/full", "a.mp4"], { cwd, env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/\/dev\/full (was not|cannot be) written.*ENOSPC/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
