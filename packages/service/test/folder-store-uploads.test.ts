import { createHash, randomBytes } from "node:crypto";
import { cp, mkdir, readdir, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FolderStore } from "../src/store/folder/folder-store.js";
import { encodeSlot } from "../src/store/folder/part-slots.js";
import { type ServedFolderStore, serveFolderStore } from "./folder-store-server.js";
import {
  chunksOf,
  HaltedBody,
  joinPart,
  partSize,
  partUrlOf,
  sendPart,
  startUpload,
} from "./send-part.js";

const GiB = 1024 ** 3;
const day = 24 * 60 * 60 * 1000;
const size = partSize;

let served: ServedFolderStore;
let store: FolderStore;
let now: number;

beforeEach(async () => {
  now = Date.now();
  served = await serveFolderStore({ now: () => now });
  store = served.store;
});

afterEach(() => served.close());

describe("a part", () => {
  it("is refused without a length, with another one, and when its body is not as long", async () => {
    const uploadId = await startUpload(store);
    const url = await partUrlOf(store, uploadId, { partNumber: 1, contentLength: size });
    const content = randomBytes(size);
    const request = (contentLength: number | null, bytes: Uint8Array) =>
      store.uploadPart({ url, contentLength, contentMd5: null, body: chunksOf(bytes) });
    await expect(request(null, content)).rejects.toMatchObject({ code: "MissingContentLength" });
    await expect(request(5, content)).rejects.toMatchObject({ code: "AccessDenied" });
    const short = request(size, content.subarray(1));
    await expect(short).rejects.toMatchObject({ code: "IncompleteBody" });
    const long = request(size, Buffer.concat([content, content]));
    await expect(long).rejects.toMatchObject({ code: "IncompleteBody" });
    expect(await store.listParts("a/video", uploadId)).toEqual([]);
  });

  it("is refused with a wrong checksum, and does not leave its bytes as stored", async () => {
    const uploadId = await startUpload(store);
    const content = randomBytes(size);
    const url = await partUrlOf(store, uploadId, { partNumber: 1, contentLength: size });
    const request = (contentMd5: string) =>
      store.uploadPart({ url, contentLength: size, contentMd5, body: chunksOf(content) });
    await expect(request("x")).rejects.toMatchObject({ code: "InvalidDigest" });
    const wrong = createHash("md5").update("other").digest("base64");
    await expect(request(wrong)).rejects.toMatchObject({ code: "BadDigest" });
    expect(await store.listParts("a/video", uploadId)).toEqual([]);
  });

  it("is refused where it is none of the upload's, whatever was signed", async () => {
    const uploadId = await startUpload(store, partSize + 1);
    for (const [partNumber, length] of [
      [1, size - 1],
      [2, size],
      [2, 0],
      [3, 1],
      [0, size],
    ] as const) {
      const url = await partUrlOf(store, uploadId, { partNumber, contentLength: length });
      const body = chunksOf(Buffer.alloc(length));
      await expect(
        store.uploadPart({ url, contentLength: length, contentMd5: null, body }),
      ).rejects.toMatchObject({ code: "AccessDenied" });
    }
    expect(await store.listParts("a/video", uploadId)).toEqual([]);
  });

  it("is refused when its URL has expired", async () => {
    const uploadId = await startUpload(store);
    const expires = Math.floor(now / 1000) + 60;
    const sign = await store.presignParts({ key: "a/video", uploadId, expires });
    const url = new URL(sign({ partNumber: 1, contentLength: size }), "http://127.0.0.1/");
    now = expires * 1000;
    await expect(
      store.uploadPart({
        url,
        contentLength: size,
        contentMd5: null,
        body: chunksOf(Buffer.alloc(size)),
      }),
    ).rejects.toMatchObject({ code: "AccessDenied" });
  });

  it("ends with the signal's reason while its body sends nothing", async () => {
    const uploadId = await startUpload(store);
    const body = new HaltedBody(Buffer.from("x"));
    const controller = new AbortController();
    const ends = sendPart(store, uploadId, body, controller.signal);
    await body.halted;
    const reason = new Error("the service stops");
    controller.abort(reason);
    await expect(ends).rejects.toBe(reason);
  });
});

describe("joining", () => {
  it("moves the bytes of 20 GiB, and copies none", async () => {
    const layout = { size: 20 * GiB, partSize: 2 * GiB, contentType: "video/mp4" };
    const uploadId = await store.createMultipartUpload("a/large", layout);
    const upload = path.join(served.folder, "uploads", uploadId);
    // A file of holes, and slots as if its parts had been sent.
    await truncate(path.join(upload, "content"), layout.size);
    const md5 = randomBytes(16).toString("hex");
    const slot = encodeSlot({
      ...{ isStored: true, isReplaced: false, attempt: "00".repeat(5), md5 },
      size: 2 * GiB,
    });
    await writeFile(path.join(upload, "parts"), Buffer.concat(Array(10).fill(slot)));
    const { ino } = await stat(path.join(upload, "content"));
    const parts = await store.listParts("a/large", uploadId);
    expect(parts).toHaveLength(10);
    await store.completeMultipartUpload("a/large", uploadId, parts);
    const file = await stat(store.localPath("a/large"));
    // The same file, still without a block of its own: nothing was read or written.
    expect([file.ino, file.size, file.blocks]).toEqual([ino, layout.size, 0]);
    expect(await readdir(path.join(served.folder, "uploads"))).toEqual([]);
  });

  it("that was killed after the move counts as done, and its remains are swept", async () => {
    const uploadId = await startUpload(store);
    const upload = path.join(served.folder, "uploads", uploadId);
    const { etag } = await sendPart(store, uploadId, chunksOf(Buffer.alloc(size, "x")));
    await cp(upload, `${upload}-copy`, { recursive: true });
    await joinPart(store, uploadId, etag);
    // What is on disk between the move and the removal of the upload.
    await cp(`${upload}-copy`, upload, { recursive: true });
    await rm(path.join(upload, "content"));
    await rm(`${upload}-copy`, { recursive: true });
    const unknown = { code: "NoSuchUpload" };
    await expect(joinPart(store, uploadId, etag)).rejects.toMatchObject(unknown);
    await expect(store.listParts("a/video", uploadId)).rejects.toMatchObject(unknown);
    expect((await store.listMultipartUploads("")).uploads).toEqual([]);
    await store.removeLeftovers();
    expect(await readdir(path.join(served.folder, "uploads"))).toEqual([uploadId]);
    now += day / 12;
    await store.removeLeftovers();
    expect(await readdir(path.join(served.folder, "uploads"))).toEqual([]);
    expect(await store.headObject("a/video")).toMatchObject({ size });
  });
});

describe("leftovers", () => {
  it("are removed when they are old, and not what a running process may use", async () => {
    const temporary = path.join(served.folder, "temporary");
    await writeFile(path.join(temporary, "young"), "x");
    await writeFile(path.join(temporary, "old"), "x");
    await mkdir(path.join(temporary, "old-folder"));
    await writeFile(path.join(temporary, "old-folder", "file"), "x");
    const past = new Date(now - day - 1000);
    for (const name of ["old", "old-folder"]) await utimes(path.join(temporary, name), past, past);
    await store.putObject("a/b", "x");
    const uploadId = await startUpload(store);
    const { etag } = await sendPart(store, uploadId, chunksOf(Buffer.alloc(size, "x")));
    await store.removeLeftovers();
    expect(await readdir(temporary)).toEqual(["young"]);
    expect(await readdir(path.join(served.folder, "objects"))).toEqual(["a"]);
    // An open upload is the sweep's of the service, however old it is.
    now += 30 * day;
    await store.removeLeftovers();
    expect(await readdir(temporary)).toEqual([]);
    await joinPart(store, uploadId, etag);
    expect(await store.headObject("a/video")).toMatchObject({ size });
  });
});
