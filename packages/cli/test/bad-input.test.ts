import { chmod, mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { type CliResult, makeFolder, runCli } from "./run-cli.js";
import { startServer } from "./start-service.js";

interface Run extends CliResult {
  requests: string[];
}

/** Runs with a service that records its requests. */
async function run(cwd: string, args: string[], uid?: number): Promise<Run> {
  const { rootUrl, requests } = await startServer((_, outgoing) => void outgoing.end());
  const env = {
    CLIPCOURIER_API_URL: rootUrl,
    CLIPCOURIER_APP_ID: "app",
    CLIPCOURIER_APP_SECRET: "secret",
  };
  return { ...(await runCli(args, { cwd, env, uid })), requests };
}

test("an empty file", async () => {
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "empty.mp4"), "");
  const { code, stderr, requests } = await run(cwd, ["upload", "empty.mp4"]);
  expect(code).toBe(1);
  expect(stderr).toContain("empty.mp4 was not uploaded: it is empty.");
  expect(requests).toEqual([]);
});

test("an unreadable file", async () => {
  const cwd = await makeFolder();
  await chmod(cwd, 0o755);
  await writeFile(path.join(cwd, "secret.mp4"), "content");
  await chmod(path.join(cwd, "secret.mp4"), 0o000);
  // Root reads everything, so it gives that right up.
  const uid = process.getuid?.() === 0 ? 65_534 : undefined;
  const { code, stderr, requests } = await run(cwd, ["upload", "secret.mp4"], uid);
  expect(code).toBe(1);
  expect(stderr).toContain("secret.mp4 was not uploaded: it may not be read.");
  expect(requests).toEqual([]);
});

test("folders, missing files and patterns without a match are all named at once", async () => {
  const cwd = await makeFolder();
  await mkdir(path.join(cwd, "out"));
  await writeFile(path.join(cwd, "good.mp4"), "content");
  const args = ["upload", "--json", "good.mp4", "out", "missing.mp4", "*.avi"];
  const { code, stdout, stderr, requests } = await run(cwd, args);
  expect(code).toBe(2);
  expect(stderr).toContain("out is a folder. Name its files, for example out/*.mp4.");
  expect(stderr).toContain("missing.mp4 matches no file.");
  expect(stderr).toContain("*.avi matches no file.");
  expect(requests).toEqual([]);
  expect(JSON.parse(stdout)).toEqual({
    clips: [],
    failed: 0,
    error: { code: "wrong_use", message: expect.stringContaining("missing.mp4") },
  });
});

test.each([
  [["upload"], "missing required argument"],
  [["uplaod", "a.mp4"], "unknown command"],
  [["upload", "--bogus", "a.mp4"], "unknown option '--bogus'"],
  [["upload", "--concurrency", "0", "a.mp4"], "--concurrency"],
  [["upload", "--timeout", "soon", "a.mp4"], "--timeout"],
  [["upload", "--mime", "video", "a.mp4"], "--mime"],
  [["upload", "--thumbnail-time", "soon", "a.mp4"], "--thumbnail-time"],
  [["upload", "--preview", "middle", "a.mp4"], "--preview"],
  [["serve", "--port", "0", "--embed-from", "a page"], "--embed-from"],
  [["upload", "--quiet", "--verbose", "a.mp4"], "cannot be used with"],
  [["upload", "--folder", "x", "--api-url", "http://localhost/", "a.mp4"], "cannot be used with"],
  [["serve", "--port", "70000"], "--port"],
  [["serve", "--max-size", "much"], "--max-size"],
  [["serve", "--public-url", "example.com"], "--public-url"],
  [["serve", "--log-level", "loud"], "--log-level"],
  [["clips", "list", "--count", "-1"], "--count"],
  [["clips", "show", ""], "clip id is empty"],
  [[], "Usage: clipcourier"],
])("wrong use: %j", async (args, message) => {
  const cwd = await makeFolder();
  await writeFile(path.join(cwd, "a.mp4"), "content");
  const { code, stdout, stderr, requests } = await run(cwd, args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stdout).toBe("");
  expect(requests).toEqual([]);
});

test("a wrong command line with --json is one document as well", async () => {
  const cwd = await makeFolder();
  const { code, stdout } = await run(cwd, ["upload", "--json", "--bogus"]);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toEqual({
    clips: [],
    failed: 0,
    error: { code: "wrong_use", message: "unknown option '--bogus'" },
  });
});

test("control characters of a name do not reach the terminal", async () => {
  const cwd = await makeFolder();
  const { code, stderr } = await run(cwd, ["upload", "evil\u001b[2J.mp4"]);
  expect(code).toBe(2);
  expect(stderr).toContain("evil\u{fffd}[2J.mp4");
  expect(stderr).not.toContain("\u001b");
});
