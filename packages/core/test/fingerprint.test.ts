import { createHash, randomBytes } from "node:crypto";
import { appendFile, truncate } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { FingerprintLanes } from "../src/fingerprint.js";
import { openSource } from "../src/source.js";
import { makeTemporaryFolder } from "./temporary-folder.js";

const mebibyte = 1024 * 1024;
const lanes = new FingerprintLanes();
afterAll(() => lanes.close());

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
        const fingerprint = await lanes.fingerprint(open);
        expect(fingerprint.md5).toBe(expected.md5);
        expect([...fingerprint.crc32]).toEqual(expected.crcs);
      }
    },
  );

  test("blocks of any size are followed across the pieces that are read", async () => {
    const bytes = randomBytes(3 * mebibyte);
    await using open = await openSource(bytes);
    const fingerprint = await lanes.fingerprint(open, { blockSize: 700_001 });
    expect([...fingerprint.crc32]).toEqual(compute(bytes, 700_001).crcs);
    const edited = Buffer.from(bytes);
    edited.writeUInt8(edited.readUInt8(1_500_000) ^ 1, 1_500_000);
    // By a lane, and by this thread where none is idle.
    const busy = new FingerprintLanes(0);
    for (const some of [lanes, busy]) {
      const [from, to] = [700_001, 2_100_003];
      expect(await some.matches(fingerprint, bytes.subarray(from, to), from)).toBe(true);
      expect(await some.matches(fingerprint, edited.subarray(from, to), from)).toBe(false);
    }
  });

  test("a file that loses its end while it is open is reported as changed", async () => {
    await using folder = await makeTemporaryFolder();
    const path = await folder.write("a.mp4", randomBytes(2 * mebibyte));
    await using open = await openSource(path);
    await truncate(path, mebibyte);
    await expect(lanes.fingerprint(open)).rejects.toMatchObject({ code: "source_changed" });
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

  test("an abort ends the hashing, and the lane serves the next", async () => {
    await using folder = await makeTemporaryFolder();
    const path = await folder.write("large.mp4", "");
    await truncate(path, 4096 * mebibyte);
    const controller = new AbortController();
    await using open = await openSource(path);
    setTimeout(() => controller.abort(), 50);
    const hashing = lanes.fingerprint(open, { signal: controller.signal });
    await expect(hashing).rejects.toMatchObject({ code: "aborted" });
    await using next = await openSource(Buffer.from("x"));
    await expect(lanes.fingerprint(next)).resolves.toMatchObject({
      md5: createHash("md5").update("x").digest("hex"),
    });
  });
});
