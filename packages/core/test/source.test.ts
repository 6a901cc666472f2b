import { chmod, mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import type { OpenedFile } from "../src/source/open-source.js";
import { openSource } from "../src/source/source.js";
import { makeTemporaryFolder } from "./temporary-folder.js";

describe("openSource", () => {
  test("opens a path and a file URL", async () => {
    await using folder = await makeTemporaryFolder();
    const path = await folder.write("take [1] ünï.mp4", "0123456789");
    for (const source of [path, pathToFileURL(path)]) {
      await using open = await openSource(source);
      expect(open).toMatchObject({ label: path, filename: "take [1] ünï.mp4", size: 10 });
      const buffer = Buffer.alloc(3);
      await open.read(buffer, 4);
      expect(buffer.toString()).toBe("456");
    }
  });

  test("takes the name of a File, or the given one instead", async () => {
    const file = new File(["abc"], "take.mov");
    await using named = await openSource(file);
    await using renamed = await openSource(file, { name: "other.mov" });
    expect([named.filename, renamed.filename]).toEqual(["take.mov", "other.mov"]);
  });

  test("checkFile is told of the file that was opened, also where the path leads elsewhere meanwhile", async () => {
    await using folder = await makeTemporaryFolder();
    const path = await folder.write("a.mp4", "the first");
    const { dev, ino } = await stat(path, { bigint: true });
    const other = await folder.write("b.mp4", "another");
    const checkFile = async (file: OpenedFile) => {
      expect(file).toMatchObject({ path, device: dev, inode: ino });
      await rename(other, path);
      expect((await stat(path, { bigint: true })).ino).not.toBe(ino);
    };
    await using open = await openSource(path, { checkFile });
    const buffer = Buffer.alloc(open.size);
    await open.read(buffer, 0);
    expect(buffer.toString()).toBe("the first");
  });

  test("what checkFile throws refuses the file, with its path", async () => {
    await using folder = await makeTemporaryFolder();
    const path = await folder.write("a.mp4", "video");
    const cause = new Error("It is elsewhere.");
    const checkFile = () => {
      throw cause;
    };
    await expect(openSource(path, { checkFile })).rejects.toMatchObject({
      ...{ code: "source_unreadable", cause },
      message: `${path} was not uploaded: It is elsewhere.`,
    });
  });

  test("a missing file, a directory and an empty file are refused with their path", async () => {
    await using folder = await makeTemporaryFolder();
    const missing = join(folder.path, "missing.mp4");
    const directory = join(folder.path, "directory.mp4");
    await mkdir(directory);
    const empty = await folder.write("empty.mp4", "");
    const cases = [
      [missing, "source_unreadable", "no such file"],
      [directory, "source_unreadable", "not a file"],
      [empty, "source_empty", "is empty"],
    ] as const;
    for (const [path, code, text] of cases) {
      const opening = openSource(path);
      await expect(opening).rejects.toMatchObject({ code });
      await expect(opening).rejects.toThrow(path);
      await expect(opening).rejects.toThrow(text);
    }
  });

  // Root may read everything, so the refusal shows only to other users.
  test("an unreadable file is refused with its path", async () => {
    await using folder = await makeTemporaryFolder();
    const path = await folder.write("secret.mp4", "x");
    await chmod(path, 0o000);
    await chmod(folder.path, 0o755);
    const isRoot = process.getuid?.() === 0;
    if (isRoot) process.seteuid?.("nobody");
    try {
      await expect(openSource(path)).rejects.toThrow(path);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  test("takes an ArrayBuffer and any view of one", async () => {
    const { buffer } = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
    for (const source of [
      buffer,
      new DataView(buffer),
      new Uint16Array(buffer),
      Buffer.from(buffer),
    ]) {
      await using open = await openSource(source);
      const read = new Uint8Array(3);
      await open.read(read, 4);
      expect([open.size, ...read]).toEqual([8, 5, 6, 7]);
    }
    await using part = await openSource(new Uint8Array(buffer, 2, 3));
    expect(part.size).toBe(3);
  });

  test.each([7, null, undefined, true, {}])("%j is not a source", async (source) => {
    const opening = openSource(source as unknown as string);
    await expect(opening).rejects.toMatchObject({ code: "invalid_option" });
    await expect(opening).rejects.toThrow("A source must be a path");
  });

  test("a URL of another scheme is refused", async () => {
    await expect(openSource(new URL("https://example.com/a.mp4"))).rejects.toMatchObject({
      code: "invalid_option",
    });
  });

  test("a source that gives more or fewer bytes than asked for counts as changed", async () => {
    const liar = { name: "a.mp4", size: 10, read: async () => new Uint8Array(4) };
    await using open = await openSource(liar);
    await expect(open.read(new Uint8Array(10), 0)).rejects.toMatchObject({
      code: "source_changed",
    });
  });
});
