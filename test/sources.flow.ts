import { randomBytes } from "node:crypto";
import { appendFile, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ReadableSource, UploadOptions, UploadSource } from "@clipcourier/core";
import { describe, expect, test, vi } from "vitest";
import { type Clock, stopClock } from "./clock.ts";
import { download, mebibyte, partSize, startSpoiledService } from "./spoiled-service.ts";
import { startStandIn } from "./stand-in.ts";
import { makeFolder, startTestService, type TestFolder } from "./start-service.ts";
import { until } from "./until.ts";

const bytes = randomBytes(partSize + mebibyte + 321);

/** A source of the caller's own, with its habits. */
function makeSource(changes: Partial<ReadableSource> = {}): ReadableSource {
  return {
    name: "own.webm",
    size: bytes.length,
    read: async (start, end) => bytes.subarray(start, end),
    ...changes,
  };
}

describe("everything that can be uploaded arrives whole, with its name and type", () => {
  type Make = (folder: TestFolder) => UploadSource | Promise<UploadSource>;
  test.each<[string, Make, UploadOptions, string | undefined, string]>([
    ["a path", ({ write }) => write("a.mov", bytes), {}, "a.mov", "video/quicktime"],
    [
      "a file URL",
      async ({ write }) => pathToFileURL(await write("a b.webm", bytes)),
      {},
      "a b.webm",
      "video/webm",
    ],
    ["a Buffer", () => bytes, { filename: "b.avi" }, "b.avi", "video/x-msvideo"],
    ["a Buffer without a name", () => bytes, {}, undefined, "video/mp4"],
    [
      "a view into a larger ArrayBuffer",
      () => {
        const larger = new Uint8Array(bytes.length + 2000).fill(7);
        larger.set(bytes, 1000);
        return new Uint8Array(larger.buffer, 1000, bytes.length);
      },
      { filename: "c.mkv" },
      "c.mkv",
      "video/x-matroska",
    ],
    ["a Blob", () => new Blob([bytes]), {}, undefined, "video/mp4"],
    [
      "a slice of a Blob",
      () => new Blob(["x", bytes, "y"]).slice(1, -1),
      {},
      undefined,
      "video/mp4",
    ],
    ["a File", () => new File([bytes], "d.webm"), {}, "d.webm", "video/webm"],
    ["a source of the caller's own", () => makeSource(), {}, "own.webm", "video/webm"],
    [
      "a path under another name",
      ({ write }) => write("a.mov", bytes),
      { filename: "other.mkv" },
      "other.mkv",
      "video/x-matroska",
    ],
  ])("%s", async (_, make, options, filename, mime) => {
    const service = await startTestService();
    const source = await make(await makeFolder());
    const { clip, size } = await service.connect().upload(source, options);
    expect(size).toBe(bytes.length);
    expect((await download(clip.videoUrl)).equals(bytes)).toBe(true);
    expect([clip.filename, clip.mime]).toEqual([filename, mime]);
  });

  test("a symlink goes by its own name, with the bytes of what it points to", async () => {
    const service = await startTestService();
    const folder = await makeFolder();
    const link = join(folder.path, "latest.webm");
    await symlink(await folder.write("take-7.bin", bytes), link);
    const { clip } = await service.connect().upload(link);
    expect(clip).toMatchObject({ filename: "latest.webm", mime: "video/webm" });
    expect((await download(clip.videoUrl)).equals(bytes)).toBe(true);
  });

  test.each([
    "with spaces.mp4",
    "ünï – 日本語 🎬.mp4",
    "take [1] {a,b} (2).mp4",
    "100% #1 & a=b+c%20d.mp4",
    "it's; $HOME `x`.mp4",
    "-v.mp4",
    ".mp4",
    "no extension",
  ])("the name %s, as a path and as a URL", async (name) => {
    const service = await startTestService();
    const folder = await makeFolder();
    const client = service.connect();
    const small = randomBytes(100);
    const path = await folder.write(name, small);
    const byPath = await client.upload(path);
    const byUrl = await client.upload(pathToFileURL(path));
    expect(byPath.clip.filename).toBe(name);
    expect(byUrl).toMatchObject({ outcome: "known", clip: { id: byPath.clip.id } });
    expect(await download(byPath.clip.videoUrl)).toEqual(small);
  });
});

describe("the media type", () => {
  test.each<[string, UploadOptions, string]>([
    ["a.mp4", {}, "video/mp4"],
    ["a.M4V", {}, "video/mp4"],
    ["A.MOV", {}, "video/quicktime"],
    ["a.b.WebM", {}, "video/webm"],
    ["a.Avi", {}, "video/x-msvideo"],
    ["a.MKV", {}, "video/x-matroska"],
    ["a.mp4", { mime: "video/webm" }, "video/webm"],
    ["a.webm", { mime: "video/mp4" }, "video/mp4"],
    ["a.txt", {}, "video/mp4"],
  ])("of %s with %o is %s", async (filename, options, mime) => {
    const service = await startTestService();
    const { clip } = await service.connect().upload(randomBytes(9), {
      filename,
      waitFor: "finalized",
      ...options,
    });
    expect(clip.mime).toBe(mime);
  });
});

describe("a source that does not hold", () => {
  // A file that is written to without a pause, as a renderer does.
  test("a file that is still growing is not finalized, and is taken when it is complete", async () => {
    const spoiled = await startSpoiledService();
    const client = spoiled.connect();
    const path = await (await makeFolder()).write("rendering.mp4", bytes);
    let isRendering = true;
    const rendering = (async () => {
      while (isRendering) await appendFile(path, randomBytes(1000));
    })();
    const uploading = client.upload(path);
    await expect(uploading).rejects.toMatchObject({ code: "source_changed", retryable: false });
    await expect(uploading).rejects.toThrow(path);
    expect(spoiled.finalized()).toBe(0);
    isRendering = false;
    await rendering;
    const { clip } = await client.upload(path);
    expect((await download(clip.videoUrl)).equals(await readFile(path))).toBe(true);
  });

  test.each([
    ["at its start", 0, 1],
    ["at its end", bytes.length, 1],
    ["when it is read to be sent", 0, 2],
  ])("read() that throws %s is named, and nothing is finalized", async (_, place, reading) => {
    const spoiled = await startSpoiledService();
    const why = new Error("the tape is torn");
    let readings = 0;
    const source = makeSource({
      async read(start, end) {
        if (start === 0) readings++;
        if (readings === reading && (place === 0 || end === place)) throw why;
        return bytes.subarray(start, end);
      },
    });
    const uploading = spoiled.connect().upload(source, { concurrency: 1 });
    await expect(uploading).rejects.toMatchObject({ code: "unexpected", cause: why });
    await expect(uploading).rejects.toThrow("own.webm was not uploaded: the tape is torn");
    expect(spoiled.finalized()).toBe(0);
    await expect(spoiled.connect().upload(makeSource())).resolves.toHaveProperty("clip");
  });

  test.each<[string, (piece: Uint8Array) => Uint8Array]>([
    ["one bit differs", (piece) => piece.with(0, (piece[0] ?? 0) ^ 1)],
    ["a byte is missing", (piece) => piece.subarray(1)],
    ["a byte is too much", (piece) => Buffer.concat([piece, Buffer.of(0)])],
  ])("read() that gives other bytes the second time is found out: %s", async (_, spoil) => {
    const spoiled = await startSpoiledService();
    const given = new Set<number>();
    const source = makeSource({
      async read(start, end) {
        const piece = bytes.subarray(start, end);
        if (start !== partSize || !given.has(start)) {
          given.add(start);
          return piece;
        }
        return spoil(piece);
      },
    });
    const uploading = spoiled.connect().upload(source);
    await expect(uploading).rejects.toMatchObject({ code: "source_changed" });
    await expect(uploading).rejects.toThrow("own.webm changed");
    expect(spoiled.parts().every(({ part }) => part === 1)).toBe(true);
    expect(spoiled.finalized()).toBe(0);
  });

  test.each<[string, Partial<ReadableSource>, string]>([
    ["no bytes", { size: 0 }, "source_empty"],
    ["half a byte", { size: 1.5 }, "invalid_option"],
    ["a size that is no number", { size: Number.NaN }, "invalid_option"],
  ])("%s", async (_, changes, code) => {
    const { connect } = await startTestService();
    const uploading = connect().upload(makeSource(changes));
    await expect(uploading).rejects.toMatchObject({ code });
    await expect(uploading).rejects.toThrow("own.webm");
  });

  test.each<[string, (controller: AbortController, clock: Clock) => void, string]>([
    ["an abort", (controller) => controller.abort(), "aborted"],
    ["the deadline", (_, clock) => clock.turn(1_000), "deadline"],
  ])("read() that never answers is left by %s", async (_, end, code) => {
    const { connect } = await startTestService();
    const clock = stopClock();
    const controller = new AbortController();
    const read = vi.fn(() => new Promise<Uint8Array>(() => {}));
    const options = { signal: controller.signal, deadline: 1_000 };
    const uploading = connect().upload(makeSource({ read }), options);
    uploading.catch(() => {});
    await until(() => read.mock.calls.length > 0);
    end(controller, clock);
    await expect(uploading).rejects.toMatchObject({ code });
  });
});

describe("a chunk_size that is no whole number of MiB", () => {
  test.each([1_234_567, partSize + 1, 65_536, bytes.length - 1, bytes.length, bytes.length + 1])(
    "%i bytes: each part is what it should be, of a file and of a source",
    async (chunkSize) => {
      const path = await (await makeFolder()).write("a.mp4", bytes);
      for (const source of [path, makeSource()]) {
        await using standIn = await startStandIn({ chunkSize, keepsBytes: true });
        await using client = standIn.connect();
        const { attempts } = await client.upload(source);
        const count = Math.ceil(bytes.length / chunkSize);
        expect(attempts).toBe(count);
        for (let index = 0; index < count; index++) {
          const part = bytes.subarray(index * chunkSize, (index + 1) * chunkSize);
          expect(standIn.stored.get(index + 1)?.bytes?.equals(part)).toBe(true);
        }
        expect(standIn.finalized).toHaveLength(1);
      }
    },
  );

  test("content that changes before it is read for the second time", async () => {
    await using standIn = await startStandIn({ chunkSize: 1_234_567 });
    await using client = standIn.connect();
    let readings = 0;
    const source = makeSource({
      async read(start, end) {
        if (start === 0) readings++;
        const piece = bytes.subarray(start, end);
        return readings === 2 ? piece.with(5, (piece[5] ?? 0) ^ 1) : piece;
      },
    });
    const uploading = client.upload(source);
    await expect(uploading).rejects.toMatchObject({ code: "source_changed" });
    expect(standIn.finalized).toEqual([]);
  });
});
