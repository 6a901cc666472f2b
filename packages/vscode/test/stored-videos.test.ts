import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { StoredVideos } from "../src/writing/stored-videos.js";

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-stored-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** What a process that has ended has stored. */
async function leave(folder: string, id: string): Promise<string> {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  const path = join(folder, String(pid), id, "left.mp4");
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, id);
  return path;
}

test("what an ended process has left is deleted before the first use, but for what is awaited", async () => {
  const folder = await makeFolder();
  const [awaited, other] = [await leave(folder, "awaited"), await leave(folder, "other")];
  const videos = new StoredVideos(folder, () => [awaited]);
  const stored = await videos.store("new.mp4", Buffer.from("new"));
  expect(await readFile(stored, "utf8")).toBe("new");
  expect(await readFile(awaited, "utf8")).toBe("awaited");
  await expect(readFile(other)).rejects.toThrow("ENOENT");
});

test("what an earlier process has stored is discarded too, and nothing of elsewhere", async () => {
  const folder = await makeFolder();
  const elsewhere = await leave(await makeFolder(), "elsewhere");
  const left = await leave(folder, "left");
  const videos = new StoredVideos(folder, () => [left]);
  const stored = await videos.store("new.mp4", Buffer.from("new"));
  await videos.discard([left, stored, elsewhere]);
  expect(await readdir(join(left, "..", ".."))).toEqual([]);
  expect(await readdir(join(stored, "..", ".."))).toEqual([]);
  expect(await readFile(elsewhere, "utf8")).toBe("elsewhere");
});
