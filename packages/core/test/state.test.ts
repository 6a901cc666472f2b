import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { stopClock } from "../../../test/clock.ts";
import { HashWorkers } from "../src/fingerprint/hash-workers.js";
import { fingerprintSource, smallSize } from "../src/fingerprint/held-fingerprint.js";
import { Journal } from "../src/parts/journal.js";
import { BufferPool } from "../src/source/buffer-pool.js";
import { openSource } from "../src/source/source.js";
import { makeTemporaryFolder } from "./temporary-folder.js";

const upload = { uploadId: "u1", chunkSize: 5242880 };
const parts = [
  { partNumber: 1, etag: '"a"' },
  { partNumber: 3, etag: '"c"' },
];

describe("journal", () => {
  test("gives back what was recorded, only for the same upload id and chunk size", async () => {
    await using folder = await makeTemporaryFolder();
    await using journal = await Journal.open(folder.path, "service", "md5");
    await journal.begin(upload, []);
    for (const part of parts) await journal.record(part);
    await using later = await Journal.open(folder.path, "service", "md5");
    await expect(later.restore(upload)).resolves.toEqual(parts);
    await expect(later.restore({ ...upload, uploadId: "u2" })).resolves.toEqual([]);
    await expect(later.restore({ ...upload, chunkSize: 1 })).resolves.toEqual([]);
    await using other = await Journal.open(folder.path, "other service", "md5");
    await expect(other.restore(upload)).resolves.toEqual([]);
  });

  test("a line that was cut by a kill is left out, and the others are kept", async () => {
    await using folder = await makeTemporaryFolder();
    await using journal = await Journal.open(folder.path, "s");
    await journal.begin(upload, parts);
    const [name = ""] = await readdir(join(folder.path, "uploads"));
    await appendFile(join(folder.path, "uploads", name), '{"partNumber":4,"et');
    await expect(journal.restore(upload)).resolves.toEqual(parts);
  });

  test("records nothing after its end", async () => {
    await using folder = await makeTemporaryFolder();
    await using journal = await Journal.open(folder.path, "s");
    await journal.begin(upload, parts);
    await journal[Symbol.asyncDispose]();
    await journal.record({ partNumber: 4, etag: '"d"' });
    await expect(journal.restore(upload)).resolves.toEqual(parts);
  });

  test("is removed when the upload is finished", async () => {
    await using folder = await makeTemporaryFolder();
    await using journal = await Journal.open(folder.path, "s");
    await journal.begin(upload, parts);
    await journal.remove();
    expect(await readdir(join(folder.path, "uploads"))).toEqual([]);
  });
});

describe("fingerprint cache", () => {
  const workers = new HashWorkers();
  afterAll(() => workers.close());
  // Small contents are never cached: hashing them is quicker than looking for an entry.
  const large = (letter: string) => Buffer.alloc(smallSize + 1, letter);

  async function fingerprint(path: string, cache: string) {
    await using source = await openSource(path);
    const contents = new BufferPool(1);
    using held = await fingerprintSource({ workers, contents, cacheFolder: cache }, source, {});
    return held.fingerprint;
  }

  /** Changes the entries, so that a fingerprint from the cache differs from a computed one. */
  async function plant(cache: string): Promise<void> {
    const folder = join(cache, "fingerprints");
    for (const name of await readdir(folder)) {
      const text = await readFile(join(folder, name), "utf8");
      await writeFile(join(folder, name), text.replace(/"md5":"[^"]+"/, '"md5":"planted"'));
    }
  }

  test("is used for a file that has not changed, and for no other", async () => {
    const clock = stopClock({ timers: false });
    await using folder = await makeTemporaryFolder();
    const path = await folder.write("a.mp4", large("x"));
    // A file that has only just changed is not cached.
    clock.turn(60_000);
    const first = await fingerprint(path, folder.path);
    await plant(folder.path);
    const second = await fingerprint(path, folder.path);
    expect(second).toEqual({ ...first, md5: "planted" });
    await writeFile(path, large("y"));
    const third = await fingerprint(path, folder.path);
    expect(third.md5).not.toBe("planted");
    expect(third.md5).not.toBe(first.md5);
  });

  test("a file that has only just been written is hashed, and not cached", async () => {
    stopClock({ timers: false });
    await using folder = await makeTemporaryFolder();
    const path = await folder.write("a.mp4", large("x"));
    await fingerprint(path, folder.path);
    expect(await readdir(join(folder.path, "fingerprints"))).toEqual([]);
  });
});
