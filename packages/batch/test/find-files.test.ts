import { link, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFiles } from "../src/find-files.js";

const start = process.cwd();
let folder: string;

async function write(...names: string[]): Promise<void> {
  for (const name of names) {
    await mkdir(path.dirname(name), { recursive: true });
    await writeFile(name, name);
  }
}

async function list(...patterns: string[]): Promise<string[]> {
  return (await findFiles(patterns)).files.map((file) => file.path);
}

beforeAll(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), "clipcourier-batch-")));
  await mkdir(path.join(folder, "work"));
  process.chdir(path.join(folder, "work"));
  await write("a.mp4", "b.mov", "take [1].mp4", "deep/er/d.mp4", ".hidden.mp4", "../far/away.mp4");
});
afterAll(async () => {
  process.chdir(start);
  await rm(folder, { recursive: true, force: true });
});

describe("which files are meant", () => {
  test.each([
    ["a pattern", ["*.{mp4,mov}"], ["a.mp4", "b.mov", "take [1].mp4"]],
    ["all folders", ["**/*.mp4"], ["a.mp4", "deep/er/d.mp4", "take [1].mp4"]],
    ["a path with brackets, as it stands", ["take [1].mp4"], ["take [1].mp4"]],
    ["an exclusion, wherever it stands", ["!take*", "*.mp4"], ["a.mp4"]],
    ["an exclusion that has brackets", ["*.mp4", "!take [1].mp4"], ["a.mp4"]],
    ["a hidden file that is named", [".hidden.mp4"], [".hidden.mp4"]],
    ["other spellings of one path", ["./a.mp4", "deep/../a.mp4", "../work/a.mp4"], ["a.mp4"]],
    ["a path from the folder above", ["../far/away.mp4"], ["../far/away.mp4"]],
    ["a pattern from the folder above", ["../far/*"], ["../far/away.mp4"]],
  ])("%s", async (_, patterns, expected) => {
    expect(await list(...patterns)).toEqual(expected);
  });

  test("hidden files, where they are wanted", async () => {
    const { files } = await findFiles(["*.mp4"], { includeHiddenFiles: true });
    expect(files[0]).toEqual({ path: ".hidden.mp4", size: 11 });
  });

  test("an absolute path is relative below the working folder, and absolute elsewhere", async () => {
    const far = path.join(folder, "far", "away.mp4").replaceAll("\\", "/");
    expect(await list(path.resolve("deep/er/d.mp4"), far)).toEqual([far, "deep/er/d.mp4"]);
    expect(await list(path.join(folder, "far", "*.mp4").replaceAll("\\", "/"))).toEqual([far]);
  });
});

describe("what finds nothing is reported", () => {
  test("everything, beside the files that are found", async () => {
    expect(await findFiles(["a.mp4", "none.mp4", "*.avi", "deep"])).toEqual({
      files: [{ path: "a.mp4", size: 5 }],
      unmatched: [
        "none.mp4 matches no file.",
        "*.avi matches no file.",
        "deep is a folder. Name its files, for example deep/*.mp4.",
      ],
      skipped: [],
    });
  });

  test("but not a path that is excluded on purpose", async () => {
    const { files, unmatched } = await findFiles(["a.mp4", "b.mov", "!*.mp4"]);
    expect([files.length, unmatched]).toEqual([1, []]);
  });
});

// On Windows, creating links needs a special permission.
describe.skipIf(process.platform === "win32")("links", () => {
  beforeAll(async () => {
    await write("links/one.mp4");
    await symlink("one.mp4", "links/another-name.mp4");
    await symlink(".", "links/loop");
    await symlink("self.mp4", "links/self.mp4");
    await symlink("gone.mp4", "links/dangling.mp4");
    await symlink("gone.txt", "links/dangling.txt");
    await symlink("../../far", "links/far");
    await link("links/one.mp4", "links/twice.mp4");
  });

  test("are followed, and a file is found once, by its shortest name", async () => {
    const files = await list("links/**/*.mp4", "links/another-name.mp4");
    // A hard link counts as a file of its own: nothing says which of the two is meant.
    expect(files).toEqual(["links/far/away.mp4", "links/one.mp4", "links/twice.mp4"]);
  });

  test("that lead nowhere are reported where a pattern matches them, and do not end the search", async () => {
    const gone = "was skipped: it is gone, or a link that leads nowhere.";
    expect((await findFiles(["links/*.mp4"])).skipped).toEqual([
      `links/dangling.mp4 ${gone}`,
      `links/self.mp4 ${gone}`,
    ]);
    expect(await findFiles(["links/d*.txt"])).toMatchObject({
      ...{ files: [], unmatched: ["links/d*.txt matches no file."] },
      skipped: [`links/dangling.txt ${gone}`],
    });
  });
});
