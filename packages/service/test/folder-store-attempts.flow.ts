import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderStore } from "../src/store/folder/folder-store.js";
import { secret } from "./folder-store-secret.js";
import { type ServedFolderStore, serveFolderStore } from "./folder-store-server.js";
import { chunksOf, HaltedBody, joinPart, partSize, sendPart, startUpload } from "./send-part.js";
import { textOf } from "./store-contract/read-body.js";

const MiB = 1024 * 1024;

let served: ServedFolderStore;
let store: FolderStore;

beforeEach(async () => {
  served = await serveFolderStore();
  store = served.store;
});

afterEach(() => served.close());

describe("a part that is sent twice at once", () => {
  const older = Buffer.alloc(partSize, "o");
  const newer = Buffer.alloc(partSize, "n");

  it.each(["one process", "two processes"])(
    "to %s: what is complete first counts",
    async (which) => {
      const uploadId = await startUpload(store);
      const other = which === "one process" ? store : await FolderStore.open(served.folder, secret);
      const body = new HaltedBody(older.subarray(0, 2 * MiB));
      const firstEnds = sendPart(store, uploadId, body).catch((error: unknown) => error);
      await body.halted;
      const { etag } = await sendPart(other, uploadId, chunksOf(newer));
      body.goOn(older.subarray(2 * MiB));
      expect(await firstEnds).toMatchObject({ code: "IncompleteBody" });
      await expectJoined(uploadId, etag, newer);
    },
  );

  it.each(["one process", "two processes"])(
    "to %s with the same bytes is stored",
    async (which) => {
      const uploadId = await startUpload(store);
      const other = which === "one process" ? store : await FolderStore.open(served.folder, secret);
      const body = new HaltedBody(older.subarray(0, 2 * MiB));
      const first = sendPart(store, uploadId, body);
      await body.halted;
      const { etag } = await sendPart(other, uploadId, chunksOf(older));
      expect(await store.listParts("a/video", uploadId)).toHaveLength(1);
      body.goOn(older.subarray(2 * MiB));
      expect(await first).toEqual({ etag });
      await expectJoined(uploadId, etag, older);
      expect(await readdir(path.join(served.folder, "temporary"))).toEqual([]);
    },
  );

  it.each([1, 2])(
    "%i times to each of two processes at the same moment with the same bytes is stored for all",
    async (times) => {
      const stores = [store, await FolderStore.open(served.folder, secret)];
      const senders = Array.from({ length: times }, () => stores).flat();
      for (let round = 0; round < 25; round += 1) {
        const uploadId = await startUpload(store);
        const bytes = Buffer.alloc(partSize, String(round));
        const [first, ...others] = await Promise.all(
          senders.map(async (each) => {
            const sent = await sendPart(each, uploadId, chunksOf(bytes));
            // Whatever the other one does, what was reported as stored is.
            expect(await each.listParts("a/video", uploadId)).toMatchObject([sent]);
            return sent;
          }),
        );
        for (const another of others) expect(another).toEqual(first);
        await expectJoined(uploadId, first?.etag ?? "", bytes);
      }
    },
  );

  it("stays stored while it is sent again, and after that broke off", async () => {
    const uploadId = await startUpload(store);
    const { etag } = await sendPart(store, uploadId, chunksOf(older));
    const body = new HaltedBody(newer.subarray(0, 2 * MiB));
    const ends = sendPart(store, uploadId, body).catch((error: unknown) => error);
    await body.halted;
    expect(await store.listParts("a/video", uploadId)).toMatchObject([{ etag }]);
    const broken = Object.assign(new Error("broken off"), { code: "ECONNRESET", syscall: "read" });
    body.fail(broken);
    expect(await ends).toBe(broken);
    expect(await readdir(path.join(served.folder, "temporary"))).toEqual([]);
    await expectJoined(uploadId, etag, older);
  });

  it("is replaced by what is sent after an attempt broke off", async () => {
    const uploadId = await startUpload(store);
    const body = new HaltedBody(older.subarray(0, 2 * MiB));
    const ends = sendPart(store, uploadId, body).catch((error: unknown) => error);
    await body.halted;
    body.fail(new Error("broken off"));
    await ends;
    expect(await store.listParts("a/video", uploadId)).toEqual([]);
    const { etag } = await sendPart(store, uploadId, chunksOf(newer));
    await expectJoined(uploadId, etag, newer);
  });

  it("is not written into an object that another process joined meanwhile", async () => {
    const uploadId = await startUpload(store);
    const other = await FolderStore.open(served.folder, secret);
    const first = new HaltedBody(older.subarray(0, 2 * MiB));
    const firstEnds = sendPart(other, uploadId, first).catch((error: unknown) => error);
    await first.halted;
    const { etag } = await sendPart(store, uploadId, chunksOf(newer));
    const again = new HaltedBody(older.subarray(0, 2 * MiB));
    const againEnds = sendPart(other, uploadId, again).catch((error: unknown) => error);
    await again.halted;
    await joinPart(store, uploadId, etag);
    for (const body of [first, again]) body.goOn(older.subarray(2 * MiB));
    expect(await firstEnds).toMatchObject({ code: "NoSuchUpload" });
    expect(await againEnds).toMatchObject({ code: "NoSuchUpload" });
    expect(await textOf(await store.getObject("a/video"))).toBe(newer.toString());
  });

  it("while another process joins the upload is either in the object or refused", async () => {
    const other = await FolderStore.open(served.folder, secret);
    for (let round = 0; round < 60; round++) {
      const uploadId = await startUpload(store);
      const { etag } = await sendPart(store, uploadId, chunksOf(older));
      const [joined, sent] = await Promise.allSettled([
        joinPart(store, uploadId, etag),
        sendPart(other, uploadId, chunksOf(newer)),
      ]);
      if (joined.status === "fulfilled") {
        expect(await textOf(await store.getObject("a/video"))).toBe(older.toString());
        expect(sent).toMatchObject({ reason: { code: "NoSuchUpload" } });
        await store.deleteObjects(["a/video"]);
      } else {
        expect(joined.reason).toMatchObject({ code: "InvalidPart" });
        expect(await store.headObject("a/video")).toBeNull();
        await store.abortMultipartUpload("a/video", uploadId);
      }
    }
  });
});

async function expectJoined(uploadId: string, etag: string, content: Buffer): Promise<void> {
  expect(etag).toBe(`"${createHash("md5").update(content).digest("hex")}"`);
  await joinPart(store, uploadId, etag);
  expect(await textOf(await store.getObject("a/video"))).toBe(content.toString());
}
