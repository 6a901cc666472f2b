import { once } from "node:events";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { expect, onTestFinished, test } from "vitest";
import { describePictures, describeService, warnOfPlainHttp } from "../src/serve/serve-text.js";
import { Cli, makeFolder, runCli } from "./run-cli.js";

async function startServe(cwd: string, ...args: string[]): Promise<Cli> {
  const cli = new Cli(["serve", "--port", "0", ...args], { cwd });
  await cli.waitFor("Clipcourier is up at http://127.0.0.1:");
  return cli;
}

function readVariable(name: string, stdout: string): string {
  return new RegExp(`${name}(?: = "|=)([^\\s"]+)`).exec(stdout)?.[1] ?? "";
}

async function readAll(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map((file) => readFile(path.join(file.parentPath, file.name), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

test("the first start makes an app whose secret works and is not kept", async () => {
  const cwd = await makeFolder();
  const cli = await startServe(cwd);
  await cli.waitFor("CLIPCOURIER_APP_SECRET");
  const rootUrl = readVariable("CLIPCOURIER_API_URL", cli.stdout);
  const appId = readVariable("CLIPCOURIER_APP_ID", cli.stdout);
  const appSecret = readVariable("CLIPCOURIER_APP_SECRET", cli.stdout);
  await using client = new DirectUploadClient({ rootUrl, appId, appSecret });
  await client.signIn();
  expect(appSecret.length).toBeGreaterThanOrEqual(32);
  const kept = await readAll(path.join(cwd, ".clipcourier"));
  expect(kept).toContain(appId);
  expect(kept).not.toContain(appSecret);
  expect(cli.stderr).not.toContain(appSecret);
  expect((await stat(path.join(cwd, ".clipcourier", ".gitignore"))).isFile()).toBe(true);
});

test("what it prints can be pasted: then upload finds it", async () => {
  const cwd = await makeFolder();
  const cli = await startServe(cwd);
  await cli.waitFor("CLIPCOURIER_APP_SECRET");
  const names = ["API_URL", "APP_ID", "APP_SECRET"].map((name) => `CLIPCOURIER_${name}`);
  const env = Object.fromEntries(names.map((name) => [name, readVariable(name, cli.stdout)]));
  await writeFile(path.join(cwd, "a.mp4"), "this is no video at all");
  const { stdout } = await runCli(["upload", "--json", "a.mp4"], { cwd, env });
  expect(JSON.parse(stdout).clips[0].error.code).toBe("clip_failed");
});

test("a later start shows no secret, and says how to make another app", async () => {
  const cwd = await makeFolder();
  const first = await startServe(cwd);
  await first.waitFor("CLIPCOURIER_APP_SECRET");
  const appId = readVariable("CLIPCOURIER_APP_ID", first.stdout);
  first.send("SIGTERM");
  expect((await first.end()).code).toBe(0);

  const second = await startServe(cwd);
  await second.waitFor("start it with --new-app");
  expect(second.stdout).toContain(appId);
  expect(second.stdout).not.toContain("CLIPCOURIER_APP_SECRET");
  second.send("SIGINT");
  expect((await second.end()).code).toBe(0);

  const third = await startServe(cwd, "--new-app");
  await third.waitFor("CLIPCOURIER_APP_SECRET");
  expect(readVariable("CLIPCOURIER_APP_ID", third.stdout)).not.toBe(appId);
});

test("--metrics shows them at an address of their own", async () => {
  const cli = await startServe(await makeFolder(), "--metrics", "0");
  await cli.waitFor("Metrics are at ");
  const url = /Metrics are at (http:\/\/127\.0\.0\.1:\d+\/metrics)\n/.exec(cli.stdout)?.[1] ?? "";
  const text = await (await fetch(url)).text();
  expect(text).toContain("\nprocess_resident_memory_bytes ");
  expect(text).toContain("\nclipcourier_uploads_open 0\n");
  cli.send("SIGTERM");
  expect((await cli.end()).code).toBe(0);
});

test("a port that is taken", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = String(typeof address === "object" ? address?.port : "");
  const cwd = await makeFolder();
  const { code, stdout, stderr } = await runCli(["serve", "--port", port], { cwd });
  expect(code).toBe(1);
  expect(stderr).toContain(`Port ${port} of 127.0.0.1 is taken`);
  expect(stderr).toContain("--port 4281");
  expect(stdout).toBe("");
});

test("--public-url is the address that is printed, --max-size is a limit", async () => {
  const cwd = await makeFolder();
  const args = [
    "serve",
    "--port",
    "0",
    "--public-url",
    "https://clips.example/",
    "--max-size",
    "1KB",
  ];
  const cli = new Cli(args, { cwd });
  await cli.waitFor("CLIPCOURIER_APP_SECRET");
  const [rootUrl, appId, appSecret] = ["API_URL", "APP_ID", "APP_SECRET"].map((name) =>
    readVariable(`CLIPCOURIER_${name}`, cli.stdout),
  );
  expect(rootUrl).toBe("https://clips.example/v2.7/");
  const env = {
    CLIPCOURIER_API_URL: `${/Clipcourier is up at (\S+)/.exec(cli.stdout)?.[1]}v2.7/`,
    CLIPCOURIER_APP_ID: appId ?? "",
    CLIPCOURIER_APP_SECRET: appSecret ?? "",
  };
  await writeFile(path.join(cwd, "a.mp4"), "x".repeat(1001));
  const { code, stdout } = await runCli(["upload", "--json", "a.mp4"], { cwd, env });
  expect(code).toBe(1);
  expect(JSON.parse(stdout).clips[0].error).toMatchObject({ code: "rejected", status: 400 });
});

test("plain http for others is warned of", async () => {
  const cwd = await makeFolder();
  const cli = new Cli(["serve", "--port", "0", "--host", "0.0.0.0"], { cwd });
  await cli.waitFor("CLIPCOURIER_APP_SECRET");
  expect(cli.stderr).toContain("Warning: 0.0.0.0 can be reached from other machines");
  expect(readVariable("CLIPCOURIER_API_URL", cli.stdout)).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
});

test.each([
  ["127.0.0.1", undefined, false],
  ["127.8.0.1", undefined, false],
  ["localhost", undefined, false],
  ["::1", undefined, false],
  ["0.0.0.0", "https://clips.example/", false],
  ["0.0.0.0", "http://clips.example/", true],
  ["::", undefined, true],
  ["192.0.2.1", undefined, true],
  ["127.0.0.1.example.com", undefined, true],
])("%s with %s is warned of: %s", (host, publicUrl, isWarned) => {
  expect(warnOfPlainHttp(host, publicUrl) !== undefined).toBe(isWarned);
});

test.each([
  ["http://0.0.0.0:4280/v2.7/", undefined, "http://127.0.0.1:4280/v2.7/"],
  ["http://[::]:4280/v2.7/", undefined, "http://[::1]:4280/v2.7/"],
  ["http://0.0.0.0:4280/v2.7/", "https://x.example/clips", "https://x.example/clips/v2.7/"],
])("%s with %s is printed as %s", (rootUrl, publicUrl, printed) => {
  const app = { appId: "app", appSecret: "secret", account: "account" };
  const text = describeService({ place: "clips", app, rootUrl, publicUrl });
  expect(readVariable("CLIPCOURIER_API_URL", text)).toBe(printed);
});

test("it says what pictures are made with, and the log does", async () => {
  const cli = await startServe(await makeFolder());
  await expect.poll(() => cli.stdout).toMatch(/Pictures are made with node-av \d+\.\d+\.\d+\.\n/);
  await expect.poll(() => cli.stderr).toMatch(/"ffmpeg":"node-av [\d.]+".*"clips get pictures"/);
});

test.each([
  ["missing/ffmpeg", "missing/ffmpeg cannot be run (ENOENT)"],
  [process.execPath, `${process.execPath} is not FFmpeg's program ffmpeg`],
])("--ffmpeg %s is refused before anything is made", async (ffmpeg, reason) => {
  const cwd = await makeFolder();
  const { code, stdout, stderr } = await runCli(["serve", "--port", "0", "--ffmpeg", ffmpeg], {
    cwd,
  });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(`--ffmpeg: ${reason}.`);
  expect(await readdir(cwd)).toEqual([]);
});

test("what is missing is told with what to do", () => {
  expect(describePictures({ missing: "there is none: install it" })).toBe(
    "Clips get no pictures: there is none: install it.",
  );
  const lacks = ["the encoder libx264", "the filter zscale"];
  expect(describePictures({ name: "ffmpeg 6.0 (/opt/ffmpeg)", lacks })).toBe(
    "Pictures are made with ffmpeg 6.0 (/opt/ffmpeg), which was built without the encoder libx264, the filter zscale.",
  );
});
