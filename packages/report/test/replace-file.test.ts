import { lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { replaceFile } from "../src/index.js";

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "clipcourier-report-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("a file is made with its folder, and replaced", async () => {
  const folder = await makeFolder();
  const file = path.join(folder, "a/b/clips.json");
  await replaceFile(file, "one");
  await replaceFile(file, "two");
  expect(await readFile(file, "utf8")).toBe("two");
  expect(await readdir(path.dirname(file))).toEqual(["clips.json"]);
});

// On Windows a link needs a privilege.
test.skipIf(process.platform === "win32")("a link stays one", async () => {
  const folder = await makeFolder();
  await writeFile(path.join(folder, "target"), "one");
  await symlink("target", path.join(folder, "link"));
  await replaceFile(path.join(folder, "link"), "two");
  expect((await lstat(path.join(folder, "link"))).isSymbolicLink()).toBe(true);
  expect(await readFile(path.join(folder, "target"), "utf8")).toBe("two");
});

test("nothing is left beside what cannot be replaced", async () => {
  const folder = await makeFolder();
  await expect(replaceFile(folder, "one")).rejects.toThrow("EISDIR");
  await expect(replaceFile(path.join(folder, "x".repeat(300)), "one")).rejects.toThrow(/^E/);
  expect(await readdir(folder)).toEqual([]);
});
