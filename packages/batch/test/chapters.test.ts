import { mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readChaptersBeside } from "../src/chapters.js";

const vtt = (title: string) => `WEBVTT\n\n00:00.000 --> 00:04.500\n${title}\n`;

/** A folder with these files. */
async function makeFolder(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-chapters-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test("a file that is refused once it is open is not read, and the reason is told", async () => {
  const folder = await makeFolder({ "intro.vtt": "no WebVTT" });
  const checked: unknown[] = [];
  const beside = await readChaptersBeside(
    { path: join(folder, "intro.mp4"), size: 1 },
    {
      checkFile: ({ path, device, inode }) => {
        checked.push([path, device, inode]);
        throw new Error("it is elsewhere.");
      },
    },
  );
  const file = join(folder, "intro.vtt");
  expect(beside).toEqual({ file, problem: `${file}: it is elsewhere.` });
  const { dev, ino } = await stat(file, { bigint: true });
  expect(checked).toEqual([[file, dev, ino]]);
});

test("what is read is the file that was checked, whatever its path leads to by then", async () => {
  const folder = await makeFolder({ "intro.vtt": vtt("Checked"), "other.vtt": vtt("Other") });
  const file = join(folder, "intro.vtt");
  const beside = await readChaptersBeside(
    { path: join(folder, "intro.mp4"), size: 1 },
    {
      checkFile: async () => {
        await rename(file, join(folder, "moved.vtt"));
        await symlink(join(folder, "other.vtt"), file);
      },
    },
  );
  expect(await readFile(file, "utf8")).toContain("Other");
  expect(beside?.chapters?.map(({ title }) => title)).toEqual(["Checked"]);
});

test("of several endings the first is taken, and those that are asked for alone", async () => {
  const folder = await makeFolder({ "a.chapters.vtt": vtt("Chapters"), "b.vtt": vtt("Subtitles") });
  const read = async (name: string, endings?: [".chapters.vtt"]) => {
    const video = { path: join(folder, name), size: 1 };
    const beside = await readChaptersBeside(video, endings && { endings });
    return beside?.chapters?.map(({ title }) => title);
  };
  expect(await read("a.mp4")).toEqual(["Chapters"]);
  expect(await read("b.mp4")).toEqual(["Subtitles"]);
  expect(await read("b.mp4", [".chapters.vtt"])).toBeUndefined();
});
