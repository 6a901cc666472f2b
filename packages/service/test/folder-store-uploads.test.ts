import { createHash, randomBytes } from "node:crypto";
import { cp, mkdir, readdir, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderStore } from "../src/store/folder/folder-store.js";
import { encodeSlot } from "../src/store/folder/part-slots.js";
import { secret } from "./folder-store-secret.js";
import { type ServedFolderStore, serveFolderStore } from "./folder-store-server.js";
import { textOf } from "./store-contract/read-body.js";

const MiB = 1024 * 1024;
const GiB = 1024 * MiB;
const day = 24 * 60 * 60 * 1000;
const size = 4 * MiB;

let served: ServedFolderStore;
let store: FolderStore;
let now: number;

beforeEach(async () => {
  now = Date.now();
  served = await serveFolderStore({ now: () => now });
  store = served.store;
});

afterEach(() => served.close());

describe("a part that is sent twice at once", () => {
  const older = Buffer.alloc(size, "o");
  const newer = Buffer.alloc(size, "n");

  it("to one process ends the older attempt at once, and the newer one counts", async () => {
    const uploadId = await startUpload();
    const body = new HaltedBody(older.subarray(0, 2 * MiB));
    const firstEnds = send(store, uploadId, body).catch((error: unknown) => error);
    await body.halted;
    const { etag } = await send(store, uploadId, chunksOf(newer));
    // The older body neither ended nor sent another byte.
    expect(await firstEnds).toMatchObject({ code: "IncompleteBody" });
    await expectJoined(uploadId, etag, newer);
  });

  it("to two processes ends the older attempt before its next write", async () => {
    const uploadId = await startUpload();
    const other = await FolderStore.open(served.folder, secret);
    const body = new HaltedBody(older.subarray(0, 2 * MiB));
    const firstEnds = send(store, uploadId, body).catch((error: unknown) => error);
    await body.halted;
    const { etag } = await send(other, uploadId, chunksOf(newer));
    body.goOn(older.subarray(2 * MiB));
    expect(await firstEnds).toMatchObject({ code: "IncompleteBody" });
    await expectJoined(uploadId, etag, newer);
  });

  it("counts as not stored while it is sent again, and after that broke off", async () => {
    const uploadId = await startUpload();
    await send(store, uploadId, chunksOf(older));
    expect(await store.listParts("a/video", uploadId)).toHaveLength(1);
    const body = new HaltedBody(newer.subarray(0, MiB));
    const ends = send(store, uploadId, body).catch((error: unknown) => error);
    await body.halted;
    expect(await store.listParts("a/video", uploadId)).toEqual([]);
    const broken = Object.assign(new Error("broken off"), { code: "ECONNRESET", syscall: "read" });
    body.fail(broken);
    expect(await ends).toBe(broken);
    expect(await store.listParts("a/video", uploadId)).toEqual([]);
  });

  it("is not written into an object that another process joined meanwhile", async () => {
    const uploadId = await startUpload();
    const other = await FolderStore.open(served.folder, secret);
    const { etag } = await send(store, uploadId, chunksOf(older));
    const body = new HaltedBody(Buffer.alloc(0));
    const lateEnds = send(other, uploadId, body).catch((error: unknown) => error);
    await body.halted;
    await expect(complete(uploadId, [etag])).rejects.toMatchObject({ code: "InvalidPart" });
    const again = await send(store, uploadId, chunksOf(newer));
    await complete(uploadId, [again.etag]);
    body.goOn(older);
    expect(await lateEnds).toMatchObject({ code: "NoSuchUpload" });
    expect(await textOf(await store.getObject("a/video"))).toBe(newer.toString());
  });
});

describe("a part", () => {
  it("is refused without a length, with another one, and when its body is not as long", async () => {
    const uploadId = await startUpload();
    const url = await urlOf(store, uploadId, 1, size);
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
    const uploadId = await startUpload();
    const content = randomBytes(size);
    const url = await urlOf(store, uploadId, 1, size);
    const request = (contentMd5: string) =>
      store.uploadPart({ url, contentLength: size, contentMd5, body: chunksOf(content) });
    await expect(request("x")).rejects.toMatchObject({ code: "InvalidDigest" });
    const wrong = createHash("md5").update("other").digest("base64");
    await expect(request(wrong)).rejects.toMatchObject({ code: "BadDigest" });
    expect(await store.listParts("a/video", uploadId)).toEqual([]);
  });

  it("is refused where it is none of the upload's, whatever was signed", async () => {
    const uploadId = await startUpload(size + 1);
    for (const [partNumber, length] of [
      [1, size - 1],
      [2, size],
      [2, 0],
      [3, 1],
      [0, size],
    ] as const) {
      const url = await urlOf(store, uploadId, partNumber, length);
      const body = chunksOf(Buffer.alloc(length));
      await expect(
        store.uploadPart({ url, contentLength: length, contentMd5: null, body }),
      ).rejects.toMatchObject({ code: "AccessDenied" });
    }
    expect(await store.listParts("a/video", uploadId)).toEqual([]);
  });

  it("is refused when its URL has expired", async () => {
    const uploadId = await startUpload();
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
    const uploadId = await startUpload();
    const body = new HaltedBody(Buffer.from("x"));
    const controller = new AbortController();
    const ends = send(store, uploadId, body, controller.signal);
    await body.halted;
    const reason = new Error("the service stops");
    controller.abort(reason);
    await expect(ends).rejects.toBe(reason);
  });
});

describe("joining", () => {
  it("moves the bytes of 20 GiB, and copies none", async () => {
    const partSize = 2 * GiB;
    const layout = { size: 20 * GiB, partSize, contentType: "video/mp4" };
    const uploadId = await store.createMultipartUpload("a/large", layout);
    const upload = path.join(served.folder, "uploads", uploadId);
    // A file of holes, and slots as if its parts had been sent.
    await truncate(path.join(upload, "content"), layout.size);
    const md5 = randomBytes(16);
    const slot = encodeSlot({ isStored: true, attempt: "00".repeat(5), md5, size: partSize });
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
    const uploadId = await startUpload();
    const upload = path.join(served.folder, "uploads", uploadId);
    const { etag } = await send(store, uploadId, chunksOf(Buffer.alloc(size, "x")));
    await cp(upload, `${upload}-copy`, { recursive: true });
    await complete(uploadId, [etag]);
    // What is on disk between the move and the removal of the upload.
    await cp(`${upload}-copy`, upload, { recursive: true });
    await rm(path.join(upload, "content"));
    await rm(`${upload}-copy`, { recursive: true });
    const unknown = { code: "NoSuchUpload" };
    await expect(complete(uploadId, [etag])).rejects.toMatchObject(unknown);
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
    await mkdir(path.join(served.folder, "objects", "empty", "folders"), { recursive: true });
    await store.putObject("a/b", "x");
    const uploadId = await startUpload();
    const { etag } = await send(store, uploadId, chunksOf(Buffer.alloc(size, "x")));
    await store.removeLeftovers();
    expect(await readdir(temporary)).toEqual(["young"]);
    expect(await readdir(path.join(served.folder, "objects"))).toEqual(["a"]);
    // An open upload is the sweep's of the service, however old it is.
    now += 30 * day;
    await store.removeLeftovers();
    expect(await readdir(temporary)).toEqual([]);
    await complete(uploadId, [etag]);
    expect(await store.headObject("a/video")).toMatchObject({ size });
  });
});

/** A body that sends its first bytes, and the rest when it is told to. */
class HaltedBody implements AsyncIterable<Uint8Array> {
  readonly #first: Buffer;
  readonly #rest = Promise.withResolvers<Buffer>();
  readonly #halted = Promise.withResolvers<void>();

  constructor(first: Buffer) {
    this.#first = first;
  }

  /** Resolves when the first bytes are written, as far as they fill a write. */
  get halted(): Promise<void> {
    return this.#halted.promise;
  }

  goOn(rest: Buffer): void {
    this.#rest.resolve(rest);
  }

  fail(error: Error): void {
    this.#rest.reject(error);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    yield this.#first;
    this.#halted.resolve();
    yield await this.#rest.promise;
  }
}

async function startUpload(bytes = size): Promise<string> {
  const layout = { size: bytes, partSize: size, contentType: "video/mp4" };
  return store.createMultipartUpload("a/video", layout);
}

async function urlOf(from: FolderStore, uploadId: string, partNumber: number, length: number) {
  const sign = await from.presignParts({ key: "a/video", uploadId, expires: 9e9 });
  return new URL(sign({ partNumber, contentLength: length }), "http://127.0.0.1/");
}

/** Sends part 1. */
async function send(
  to: FolderStore,
  uploadId: string,
  body: AsyncIterable<Uint8Array>,
  signal = new AbortController().signal,
): Promise<{ etag: string }> {
  const url = await urlOf(to, uploadId, 1, size);
  return to.uploadPart({ url, contentLength: size, contentMd5: null, body, signal });
}

function complete(uploadId: string, etags: string[]): Promise<void> {
  const parts = etags.map((etag, index) => ({ partNumber: index + 1, etag }));
  return store.completeMultipartUpload("a/video", uploadId, parts);
}

async function expectJoined(uploadId: string, etag: string, content: Buffer): Promise<void> {
  expect(etag).toBe(`"${createHash("md5").update(content).digest("hex")}"`);
  await complete(uploadId, [etag]);
  expect(await textOf(await store.getObject("a/video"))).toBe(content.toString());
}

async function* chunksOf(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += 64 * 1024) {
    yield content.subarray(start, start + 64 * 1024);
  }
}
