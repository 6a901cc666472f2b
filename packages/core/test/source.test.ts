import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { openSource } from "../src/source.js";
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

  test("takes the name of a File, and the one that is given before it", async () => {
    const file = new File(["abc"], "take.mov");
    await using named = await openSource(file);
    await using renamed = await openSource(file, "other.mov");
    expect([named.filename, renamed.filename]).toEqual(["take.mov", "other.mov"]);
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

  // Root reads everything, so the refusal can only be seen by others.
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

  test("a URL of another scheme is refused", async () => {
    await expect(openSource(new URL("https://example.com/a.mp4"))).rejects.toMatchObject({
      code: "invalid_option",
    });
  });

  test("a source that gives other lengths than asked for counts as changed", async () => {
    const liar = { name: "a.mp4", size: 10, read: async () => new Uint8Array(4) };
    await using open = await openSource(liar);
    await expect(open.read(new Uint8Array(10), 0)).rejects.toMatchObject({
      code: "source_changed",
    });
  });
});
