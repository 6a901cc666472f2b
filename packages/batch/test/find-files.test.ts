import { link, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPathBuffer } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFiles, toSource } from "../src/find-files.js";

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
    expect(files[0]).toEqual({ path: ".hidden.mp4", pattern: "*.mp4", size: 11 });
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
      unreadable: [],
      skipped: [],
    });
  });

  test.each([
    ["- a.mp4", 'The "- " at its start belongs to it: this is no list of YAML'],
    ['"*.avi"', "The quotes around it belong to it"],
    ["'*.avi'", "The quotes around it belong to it"],
    ["a.mp4,b.mov", "Commas do not separate paths: write each path on a line of its own."],
    ["a.mp4 b.mov", "Blanks do not separate paths: write each path on a line of its own."],
    ["~/a.mp4", "The ~ at its start is filled in by a shell only"],
    ["$HOME/a.mp4", "Variables such as $NAME are filled in by a shell only"],
    [`\${{ env.OUT }}/a.mp4`, "The expression in it is not filled in"],
    ["https://example.com/a.mp4", "It is an address: download the video first."],
  ])("%s, with what is wrong about it", async (pattern, hint) => {
    const { unmatched } = await findFiles([pattern], { list: "lines" });
    expect(unmatched).toEqual([expect.stringContaining(`${pattern} matches no file. ${hint}`)]);
  });

  test("commas and blanks of a command line, braces, and a backslash", async () => {
    const { unmatched } = await findFiles(["a.mp4,b.mov", "x.{mp4,mov}"]);
    expect(unmatched).toEqual([
      "a.mp4,b.mov matches no file. Commas do not separate paths: give each path as an argument of its own.",
      "x.{mp4,mov} matches no file.",
    ]);
    // On Windows it is a separator.
    const found = await findFiles(["deep\\er\\d.mp4"]);
    if (process.platform === "win32") expect(found.files).toHaveLength(1);
    else expect(found.unmatched[0]).toContain("A backslash is no separator of folders here");
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

/** `caf` and the byte 0xE9, which is `é` in Latin-1. */
const latin = Buffer.from("café", "latin1");

function under(...pieces: (string | Buffer)[]): Buffer {
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
}

// Elsewhere names are text: they cannot be anything else than UTF-8 or UTF-16.
describe.skipIf(process.platform !== "linux")("names that are not UTF-8", () => {
  beforeAll(async () => {
    await mkdir(under("raw/", latin), { recursive: true });
    await writeFile(under("raw/", latin, ".mp4"), "one");
    await writeFile(under("raw/", latin, "/in [1].mp4"), "three");
    await symlink(under(latin, ".mp4"), under("raw/link-", latin, ".mp4"));
  });

  test("are found with what opens them", async () => {
    const { files, skipped } = await findFiles(["raw/**/*.mp4"]);
    expect(files).toMatchObject([
      { path: "raw/caf\u{fffd}.mp4", size: 3 },
      { path: "raw/caf\u{fffd}/in [1].mp4", size: 5 },
    ]);
    expect(skipped).toEqual([]);
    const opened = files.map((file) => readFile(fileURLToPathBuffer(toSource(file)), "utf8"));
    expect(await Promise.all(opened)).toEqual(["one", "three"]);
  });

  test("are found as a shell hands them over, where Node.js has lost the byte", async () => {
    const { files, unmatched } = await findFiles(["raw/caf\u{fffd}/in [1].mp4"]);
    expect([files.length, unmatched]).toEqual([1, []]);
  });

  test("a file whose name has U+FFFD is just that file", async () => {
    await write("raw/as\u{fffd}text.mp4");
    expect((await findFiles(["raw/as*.mp4"])).files).toEqual([
      { path: "raw/as\u{fffd}text.mp4", pattern: "raw/as*.mp4", size: 17 },
    ]);
  });
});
