import { createHash, randomBytes } from "node:crypto";
import { appendFile, truncate } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { computeFingerprint, readBlock } from "../src/fingerprint/fingerprint.js";
import { HashWorkers } from "../src/fingerprint/hash-workers.js";
import { openSource } from "../src/source/source.js";
import { makeTemporaryFolder } from "./temporary-folder.js";

const mebibyte = 1024 * 1024;
const workers = new HashWorkers();
afterAll(() => workers.close());

function compute(bytes: Buffer, blockSize: number) {
  const crcs: number[] = [];
  for (let start = 0; start < bytes.length; start += blockSize) {
    crcs.push(crc32(bytes.subarray(start, start + blockSize)));
  }
  return { md5: createHash("md5").update(bytes).digest("hex"), crcs };
}

describe("fingerprint", () => {
  test.each([1, mebibyte - 1, mebibyte, mebibyte + 1, 3 * mebibyte + 17])(
    "%i bytes have one fingerprint, as a file, as bytes, as a Blob and as pieces",
    async (size) => {
      const bytes = randomBytes(size);
      const expected = compute(bytes, mebibyte);
      await using folder = await makeTemporaryFolder();
      const sources = [
        await folder.write("a.mp4", bytes),
        bytes,
        new Blob([bytes]),
        { name: "a.mp4", size, read: async (from: number, to: number) => bytes.subarray(from, to) },
      ];
      for (const source of sources) {
        await using open = await openSource(source);
        const fingerprint = await computeFingerprint(workers, open, {});
        expect(fingerprint.md5).toBe(expected.md5);
        expect([...fingerprint.crc32]).toEqual(expected.crcs);
      }
    },
  );

  test("a range has an MD5 of its own, of a file and of pieces", async () => {
    const bytes = randomBytes(3 * mebibyte);
    await using folder = await makeTemporaryFolder();
    const range = { start: 700_001, length: 1_500_000 };
    const { md5 } = compute(bytes.subarray(700_001, 2_200_001), mebibyte);
    for (const source of [await folder.write("a.mp4", bytes), bytes]) {
      await using open = await openSource(source);
      expect((await computeFingerprint(workers, open, {}, range)).md5).toBe(md5);
    }
  });

  test("an edited block is found, by a worker and by this thread where none is idle", async () => {
    const bytes = randomBytes(2 * mebibyte + 5);
    const edited = Buffer.from(bytes);
    edited.writeUInt8(edited.readUInt8(mebibyte) ^ 1, mebibyte);
    await using folder = await makeTemporaryFolder();
    await using open = await openSource(bytes);
    const fingerprint = await computeFingerprint(workers, open, {});
    const cases: [HashWorkers, string | Buffer][] = [
      [workers, await folder.write("edited.mp4", edited)],
      [workers, edited],
      [new HashWorkers(0), edited],
    ];
    for (const [some, content] of cases) {
      await using source = await openSource(content);
      for (const block of [0, 1, 2]) {
        const room = Buffer.from(new SharedArrayBuffer(block === 2 ? 5 : mebibyte));
        const reading = readBlock(some, source, block, room, fingerprint);
        if (block === 1) await expect(reading).rejects.toMatchObject({ code: "source_changed" });
        else await reading;
        const [from, to] = [block * mebibyte, (block + 1) * mebibyte];
        expect(room.equals(edited.subarray(from, to))).toBe(true);
      }
    }
  });

  test("a thread that ends is replaced, and what it was hashing is hashed again", async () => {
    const bytes = randomBytes(64 * mebibyte);
    await using folder = await makeTemporaryFolder();
    for (const source of [await folder.write("a.mp4", bytes), bytes]) {
      await using open = await openSource(source);
      const single = new HashWorkers(1);
      const ends: Promise<void>[] = [];
      const onHashed = () => {
        if (ends.length === 0) ends.push(single.takeLeastBusy().end());
      };
      const { md5 } = await computeFingerprint(single, open, { onHashed });
      expect(ends).toHaveLength(1);
      expect(md5).toBe(compute(bytes, mebibyte).md5);
      await single.close();
    }
  });

  test("a file that loses its end while it is open is reported as changed", async () => {
    await using folder = await makeTemporaryFolder();
    const path = await folder.write("a.mp4", randomBytes(2 * mebibyte));
    await using open = await openSource(path);
    await truncate(path, mebibyte);
    await expect(computeFingerprint(workers, open, {})).rejects.toMatchObject({
      code: "source_changed",
    });
    await expect(open.assertUnchanged()).rejects.toThrow(path);
  });

  test("a file that grows is reported as changed before anything is finalized", async () => {
    await using folder = await makeTemporaryFolder();
    const path = await folder.write("a.mp4", randomBytes(1000));
    await using open = await openSource(path);
    await open.assertUnchanged();
    await appendFile(path, "more");
    await expect(open.assertUnchanged()).rejects.toMatchObject({ code: "source_changed" });
  });

  test("an abort ends the hashing, and the worker serves the next", async () => {
    await using folder = await makeTemporaryFolder();
    const path = await folder.write("large.mp4", "");
    await truncate(path, 64 * 1024 * mebibyte);
    const controller = new AbortController();
    await using open = await openSource(path);
    const hashing = computeFingerprint(workers, open, {
      signal: controller.signal,
      onHashed: () => controller.abort(),
    });
    await expect(hashing).rejects.toMatchObject({ code: "aborted" });
    await using next = await openSource(Buffer.from("x"));
    await expect(computeFingerprint(workers, next, {})).resolves.toMatchObject({
      md5: createHash("md5").update("x").digest("hex"),
    });
  });
});

describe("files that are hashed at once", () => {
  async function openSparse(
    folder: { write(name: string, text: string): Promise<string> },
    size: number,
  ) {
    const path = await folder.write(`${size}.mp4`, "");
    await truncate(path, size);
    return openSource(path);
  }

  test("small ones overtake large ones", async () => {
    await using folder = await makeTemporaryFolder();
    await using own = closing(new HashWorkers());
    const busy = new AbortController();
    const hash = async (size: number, signal?: AbortSignal) => {
      await using open = await openSparse(folder, size);
      await computeFingerprint(own.workers, open, { signal });
    };
    // So large that hashing them takes longer than a test may.
    const large = [1, 2, 3].map((index) => hash(1024 ** 4 + index, busy.signal));
    const ended = Promise.allSettled(large);
    await Promise.all([8, 9, 10].map((size) => hash(size * mebibyte)));
    busy.abort();
    for (const result of await ended) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "aborted" } });
    }
  });

  test("closing ends those that run and those that wait, with an error", async () => {
    await using folder = await makeTemporaryFolder();
    const own = new HashWorkers();
    const hashing = [1, 2, 3, 4, 5, 6].map(async (index) => {
      await using open = await openSparse(folder, 8192 * mebibyte + index);
      await computeFingerprint(own, open, {});
    });
    const ended = Promise.allSettled(hashing);
    await Promise.resolve();
    await own.close();
    for (const result of await ended) {
      expect(result).toMatchObject({ status: "rejected", reason: { code: "aborted" } });
    }
    await using open = await openSource(Buffer.from("x"));
    await expect(computeFingerprint(own, open, {})).rejects.toThrow("The client was closed");
  });

  test("an abort ends the wait for a worker, while the workers go on", async () => {
    await using folder = await makeTemporaryFolder();
    await using own = closing(new HashWorkers());
    const busy = new AbortController();
    const running = [1, 2].map(async (index) => {
      await using open = await openSparse(folder, 64 * 1024 * mebibyte + index);
      await computeFingerprint(own.workers, open, { signal: busy.signal });
    });
    const settled = Promise.allSettled(running);
    await using open = await openSparse(folder, 64 * 1024 * mebibyte + 3);
    const stop = new AbortController();
    const waiting = computeFingerprint(own.workers, open, { signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
    busy.abort();
    await settled;
  });
});

function closing(workers: HashWorkers) {
  return { workers, [Symbol.asyncDispose]: () => workers.close() };
}
