import { readdir, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { DiskStore, type Store, type StoredObject } from "../src/index.js";
import { withLocalFile } from "../src/store/local-file.js";
import { makeFolder } from "./start-test-service.js";

const secret = "a secret of more than 32 characters";

async function openStore(): Promise<{ folder: string; store: DiskStore }> {
  const folder = await makeFolder();
  return { folder, store: await DiskStore.open(folder, secret) };
}

async function textOf(object: StoredObject | null): Promise<string | null> {
  return object && new Response(object.body).text();
}

describe("objects on disk", () => {
  it("are put, replaced, read in ranges and deleted", async () => {
    const { store } = await openStore();
    expect(await store.getObject("a/b")).toBeNull();
    await store.putObject("a/b", "first");
    await store.putObject("a/b", "second");
    expect(await textOf(await store.getObject("a/b"))).toBe("second");
    const range = await store.getObject("a/b", { start: 1, end: 3 });
    expect([range?.size, await textOf(range)]).toEqual([6, "eco"]);
    expect(await store.headObject("a/b")).toEqual({ size: 6 });
    await store.deleteObject("a/b");
    await store.deleteObject("a/b");
    expect(await store.headObject("a/b")).toBeNull();
  });

  it("are put only once with ifNoneMatch", async () => {
    const { store, folder } = await openStore();
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        store.putObject("a/b", `${index}`, { ifNoneMatch: "*" }),
      ),
    );
    expect(results.filter((isFirst) => isFirst)).toHaveLength(1);
    expect(await textOf(await store.getObject("a/b"))).toBe(String(results.indexOf(true)));
    expect(await readdir(path.join(folder, "temporary"))).toEqual([]);
  });

  it("are listed by prefix, in order, a thousand at a time", async () => {
    const { store } = await openStore();
    expect(await store.listObjects("a/")).toEqual({ keys: [], isTruncated: false });
    const keys = Array.from({ length: 1001 }, (_, index) => `a/${String(index).padStart(4, "0")}`);
    await Promise.all(keys.map((key) => store.putObject(key, "x")));
    await store.putObject("ab/1", "x");
    const page = await store.listObjects("a/");
    expect(page).toEqual({ keys: keys.slice(0, 1000), isTruncated: true });
    const last = await store.listObjects("a/", page.keys.at(-1));
    expect(last).toEqual({ keys: keys.slice(1000), isTruncated: false });
    expect((await store.listObjects("a/10")).keys).toEqual(["a/1000"]);
  });

  it("cannot be outside the folder", async () => {
    const { store } = await openStore();
    for (const key of ["../x", "a/../../x", "/x", "a//b", "a\\b", ".", "a/.hidden", ""]) {
      expect(() => store.localPath(key)).toThrow("is not a key");
    }
  });
});

describe("an upload on disk", () => {
  it("is unknown under another key, when aborted, and with an invalid id", async () => {
    const { store } = await openStore();
    const uploadId = await store.createMultipartUpload("a/b");
    expect(await store.listParts("a/b", uploadId)).toEqual([]);
    await expect(store.listParts("a/c", uploadId)).rejects.toThrow("no such upload");
    await expect(store.listParts("a/b", "../objects")).rejects.toThrow("no such upload");
    await store.abortMultipartUpload("a/b", "../objects");
    await store.abortMultipartUpload("a/b", uploadId);
    await expect(store.listParts("a/b", uploadId)).rejects.toThrow("no such upload");
  });

  it("is not joined when a part was sent again after it was listed", async () => {
    const { store } = await openStore();
    const uploadId = await store.createMultipartUpload("a/b");
    const send = async (text: string) => {
      const part = { key: "a/b", uploadId, partNumber: 1, contentLength: 3, expires: 9e9 };
      const url = new URL(await store.presignUploadPart(part), "http://store/");
      const body = new Blob([text]).stream();
      return store.uploadPart({ url, contentLength: 3, contentMd5: null, body });
    };
    const { etag } = await send("one");
    await send("two");
    await expect(
      store.completeMultipartUpload("a/b", uploadId, [{ partNumber: 1, etag }]),
    ).rejects.toThrow("sent again");
    expect(await store.headObject("a/b")).toBeNull();
  });
});

describe("opening the store", () => {
  it("removes old unfinished files and keeps recent ones", async () => {
    const { folder } = await openStore();
    const past = new Date(Date.now() - 48 * 60 * 60 * 1000);
    await writeFile(path.join(folder, "temporary", "old"), "x");
    await writeFile(path.join(folder, "temporary", "young"), "x");
    await utimes(path.join(folder, "temporary", "old"), past, past);
    await DiskStore.open(folder, secret);
    expect(await readdir(path.join(folder, "temporary"))).toEqual(["young"]);
  });
});

describe("a local file", () => {
  it("is a temporary copy where the store has no paths", async () => {
    const { store } = await openStore();
    await store.putObject("a/b", "content");
    const remote: Pick<Store, "getObject"> = { getObject: (key) => store.getObject(key) };
    const read = async (file: string) => [file, await readdir(path.dirname(file))] as const;
    const [copy, names] = await withLocalFile(remote as Store, "a/b", read);
    expect([copy === store.localPath("a/b"), names]).toEqual([false, ["content"]]);
    await expect(readdir(path.dirname(copy))).rejects.toThrow("ENOENT");
    const [own] = await withLocalFile(store, "a/b", read);
    expect(own).toBe(store.localPath("a/b"));
  });
});
