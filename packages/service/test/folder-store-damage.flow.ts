import { mkdir, readdir, rm, stat, truncate } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderStore } from "../src/store/folder/folder-store.js";
import { secret } from "./folder-store-secret.js";
import { type ServedFolderStore, serveFolderStore } from "./folder-store-server.js";
import { textOf } from "./store-contract/read-body.js";
import { UploadUnderTest } from "./store-contract/upload-under-test.js";

/** What a power cut or a person can do to a file. */
const damages: Record<string, (file: string) => Promise<void>> = {
  empty: (file) => truncate(file, 0),
  "cut in its first bytes": (file) => truncate(file, 3),
  "cut in the middle": async (file) => truncate(file, Math.floor((await stat(file)).size / 2)),
  missing: (file) => rm(file),
  "a folder": async (file) => {
    await rm(file);
    await mkdir(file);
  },
};

const state = '{"state":"a state with some length to it"}';

let served: ServedFolderStore;
let notes: string[];
let upload: UploadUnderTest;

beforeEach(async () => {
  notes = [];
  served = await serveFolderStore({ onDamage: (what) => notes.push(what) });
  await served.store.putObject("a/plain", "a plain object");
  await served.store.putObject("a/state", state, { ifNoneMatch: "*" });
  await served.store.putObject("b/plain", "plain");
  await served.store.putObject("b/state", "state", { ifNoneMatch: "*" });
  upload = await startUpload("a/video");
});

afterEach(() => served.close());

describe.each(Object.keys(damages))("a file that is %s", (damage) => {
  it("of a plain object does not end the others, and is replaced and deleted", async () => {
    await spoil("objects", "a", "plain");
    const store = await reopen();
    await expectOthers(store);
    const found = await store.headObject("a/plain");
    const content = await textOf(await store.getObject("a/plain"));
    const isFile = damage !== "missing" && damage !== "a folder";
    expect([found?.size ?? null, content]).toEqual(
      isFile ? [content?.length, "a plain object".slice(0, content?.length)] : [null, null],
    );
    await rm(path.join(served.folder, "objects", "a", "plain"), { recursive: true, force: true });
    await store.putObject("a/plain", "new");
    expect(await textOf(await store.getObject("a/plain"))).toBe("new");
    await store.deleteObjects(["a/plain"]);
    expect(await store.headObject("a/plain")).toBeNull();
  });

  it("of a state does not end the others, and is replaced and deleted by its ETag", async () => {
    for (const isDeleted of [true, false]) {
      const name = isDeleted ? "deleted" : "replaced";
      await served.store.putObject(`c/${name}`, state, { ifNoneMatch: "*" });
      const [version = ""] = await readdir(path.join(served.folder, "objects", "c", `${name}~`));
      await spoil("objects", "c", `${name}~`, version);
      const store = await reopen();
      await expectOthers(store);
      const object = await store.getObject(`c/${name}`);
      if (damage === "missing" || damage === "a folder") {
        expect(object).toBeNull();
        expect(await store.putObject(`c/${name}`, "new", { ifNoneMatch: "*" })).not.toBeNull();
      } else {
        // The raw bytes come back, which no reader takes for the state.
        expect(await textOf(object)).not.toBe(state);
        const etag = String(object?.etag);
        expect((await store.listObjects(`c/${name}`)).objects).toHaveLength(1);
        expect(await store.putObject(`c/${name}`, "new", { ifNoneMatch: "*" })).toBeNull();
        if (isDeleted) {
          expect(await store.deleteIfMatch(`c/${name}`, etag)).toBe(true);
          expect(await store.putObject(`c/${name}`, "new", { ifNoneMatch: "*" })).not.toBeNull();
        } else {
          expect(await store.putObject(`c/${name}`, "new", { ifMatch: etag })).not.toBeNull();
        }
      }
      expect(await textOf(await store.getObject(`c/${name}`))).toBe("new");
    }
  });

  it("is the slots of an upload: its parts count as not stored and can be sent again", async () => {
    await spoil("uploads", upload.uploadId, "parts");
    const store = await reopen();
    await expectOthers(store);
    const stored = await store.listParts(upload.key, upload.uploadId);
    // The half is one slot and a half.
    expect(stored.map(({ partNumber }) => partNumber)).toEqual(
      damage === "cut in the middle" ? [1] : [],
    );
    if (damage === "a folder") await expectAborted(store);
    else await expectFinished();
  });

  it("is the content of an upload: only parts that are whole count as stored", async () => {
    await spoil("uploads", upload.uploadId, "content");
    const store = await reopen();
    await expectOthers(store);
    if (damage === "missing" || damage === "a folder") {
      await expect(store.listParts("a/video", upload.uploadId)).rejects.toMatchObject({
        code: "NoSuchUpload",
      });
      expect((await store.listMultipartUploads("a/")).uploads).toEqual([]);
      return;
    }
    const stored = await store.listParts("a/video", upload.uploadId);
    expect(stored.map(({ partNumber }) => partNumber)).toEqual(
      damage === "cut in the middle" ? [1] : [],
    );
    await expectFinished();
  });

  it("is the upload.json: the upload is unknown, is told, and is swept", async () => {
    await spoil("uploads", upload.uploadId, "upload.json");
    let now = Date.now();
    const store = await reopen(() => now);
    await expectOthers(store);
    await expect(store.listParts("a/video", upload.uploadId)).rejects.toMatchObject({
      code: "NoSuchUpload",
    });
    expect((await upload.sendRaw(1)).status).toBe(404);
    expect((await store.listMultipartUploads("a/")).uploads).toEqual([]);
    expect(notes.length).toBeGreaterThan(0);
    for (const note of notes) expect(note).toContain(upload.uploadId);
    await store.removeLeftovers();
    expect(await readdir(path.join(served.folder, "uploads"))).toContain(upload.uploadId);
    now += 25 * 60 * 60 * 1000;
    await store.removeLeftovers();
    expect(await readdir(path.join(served.folder, "uploads"))).not.toContain(upload.uploadId);
  });

  async function spoil(...names: string[]): Promise<void> {
    await damages[damage]?.(path.join(served.folder, ...names));
  }
});

/** A folder that is opened anew, as after the start of the service. */
function reopen(now = Date.now): Promise<FolderStore> {
  return FolderStore.open(served.folder, secret, { now, onDamage: (what) => notes.push(what) });
}

async function startUpload(key: string): Promise<UploadUnderTest> {
  const { store, sendPart } = served;
  const context = { store, sendPart, makePrefix: () => "a/" };
  const started = await UploadUnderTest.create(context, undefined, key);
  for (const partNumber of [1, 2, 3]) await started.send(partNumber);
  return started;
}

async function expectOthers(store: FolderStore): Promise<void> {
  expect(await textOf(await store.getObject("b/plain"))).toBe("plain");
  expect(await textOf(await store.getObject("b/state"))).toBe("state");
  const keys = (await store.listObjects("")).objects.map(({ key }) => key);
  expect(keys).toEqual(expect.arrayContaining(["b/plain", "b/state"]));
  const other = await store.createMultipartUpload("b/video", {
    size: 1,
    partSize: 1,
    contentType: "video/mp4",
  });
  const { uploads } = await store.listMultipartUploads("b/");
  expect(uploads.map(({ uploadId }) => uploadId)).toContain(other);
  await store.removeLeftovers();
  expect(await store.headObject("b/state")).not.toBeNull();
}

async function expectFinished(): Promise<void> {
  for (const partNumber of [1, 2, 3]) await upload.send(partNumber);
  await upload.complete(await upload.list());
  const object = await served.store.getObject(upload.key);
  expect(Buffer.from(await new Response(object?.body).arrayBuffer()).equals(upload.content)).toBe(
    true,
  );
}

async function expectAborted(store: FolderStore): Promise<void> {
  await store.abortMultipartUpload(upload.key, upload.uploadId);
  expect(await readdir(path.join(served.folder, "uploads"))).not.toContain(upload.uploadId);
}
