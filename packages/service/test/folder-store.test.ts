import { mkdir, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FolderStore } from "../src/store/folder/folder-store.js";
import { StoreUnavailableError } from "../src/store/store-error.js";
import { secret } from "./folder-store-secret.js";
import { type ServedFolderStore, serveFolderStore } from "./folder-store-server.js";
import { textOf } from "./store-contract/read-body.js";

const MiB = 1024 * 1024;
const layout = { size: 3, partSize: 5 * MiB, contentType: "video/mp4" };

let served: ServedFolderStore;
let store: FolderStore;
let folder: string;

beforeEach(async () => {
  served = await serveFolderStore();
  ({ store, folder } = served);
});

afterEach(() => served.close());

describe("keys", () => {
  it("cannot lead out of the folder", async () => {
    const outside = ["../x", "a/../../x", "/x", "a//b", "a\\b", ".", "a/.hidden", "a/", "", "a~"];
    for (const key of outside) {
      expect(() => store.localPath(key)).toThrow("is not a key");
      await expect(store.getObject(key)).rejects.toThrow("is not a key");
      await expect(store.putObject(key, "x")).rejects.toThrow("is not a key");
      await expect(store.putObject(key, "x", { ifNoneMatch: "*" })).rejects.toThrow("is not a key");
      await expect(store.deleteObjects([key])).rejects.toThrow("is not a key");
      await expect(store.createMultipartUpload(key, layout)).rejects.toThrow("is not a key");
    }
    for (const prefix of ["../", "../objects/", "/", "a/../"]) {
      await store.putObject("a/b", "x");
      expect((await store.listObjects(prefix)).objects).toEqual([]);
    }
  });

  it("of which one begins with the other are two objects when they have conditions", async () => {
    await store.putObject("a", "outer", { ifNoneMatch: "*" });
    await store.putObject("a/b", "inner");
    expect(await textOf(await store.getObject("a"))).toBe("outer");
    expect(await textOf(await store.getObject("a/b"))).toBe("inner");
    expect((await store.listObjects("")).objects.map(({ key }) => key)).toEqual(["a", "a/b"]);
    await store.deleteObjects(["a"]);
    expect(await textOf(await store.getObject("a/b"))).toBe("inner");
  });

  it("below an object that is a file have no object", async () => {
    await store.putObject("a", "x");
    expect(await store.getObject("a/b")).toBeNull();
    expect((await store.listObjects("a/")).objects).toEqual([]);
    await store.deleteObjects(["a/b"]);
    expect(await textOf(await store.getObject("a"))).toBe("x");
  });
});

describe("files of others in the folder", () => {
  it("are not listed and keep nothing from being listed, read, written and deleted", async () => {
    await store.putObject("a/b", "x");
    await store.putObject("a/state", "x", { ifNoneMatch: "*" });
    const objects = path.join(folder, "objects");
    await writeFile(path.join(objects, "a", ".DS_Store"), "x");
    await writeFile(path.join(objects, "a", "with space"), "x");
    await writeFile(path.join(objects, "a", "file~"), "x");
    await mkdir(path.join(objects, "a", "also~.d"));
    await mkdir(path.join(objects, "a", "empty"));
    await mkdir(path.join(objects, ".snapshots"));
    await mkdir(path.join(objects, "a", "strange~"));
    await writeFile(path.join(objects, "a", "strange~", ".DS_Store"), "x");
    await writeFile(path.join(objects, "a", "state~", "note"), "x");
    await mkdir(path.join(objects, "a", "state~", "9000000000000000"));
    await symlink("b", path.join(objects, "a", "link"));
    const names = async () => (await store.listObjects("")).objects.map(({ key }) => key);
    expect(await names()).toEqual(["a/b", "a/state"]);
    expect((await store.listObjects("a/", { delimiter: "/" })).prefixes).toEqual([]);
    const first = await store.putObject("a/strange", "1", { ifNoneMatch: "*" });
    expect(await store.putObject("a/strange", "2", { ifNoneMatch: "*" })).toBeNull();
    expect(await store.putObject("a/strange", "2", { ifMatch: String(first) })).not.toBeNull();
    expect(await textOf(await store.getObject("a/strange"))).toBe("2");
    const { etag = "" } = (await store.headObject("a/state")) ?? {};
    expect(await store.putObject("a/state", "2", { ifMatch: etag })).not.toBeNull();
    expect(await store.putObject("a/state", "3", { ifMatch: etag })).toBeNull();
    await store.removeLeftovers();
    expect(await names()).toEqual(["a/b", "a/state", "a/strange"]);
    await store.deleteObjects(["a/b", "a/state", "a/strange"]);
    expect(await names()).toEqual([]);
    await writeFile(path.join(folder, "uploads", ".DS_Store"), "x");
    await writeFile(path.join(folder, "uploads", "note"), "x");
    expect((await store.listMultipartUploads("")).uploads).toEqual([]);
  });
});

describe("deleting", () => {
  it("removes folders that are empty then, also while others write there", async () => {
    await store.putObject("a/b/c/d", "x");
    await store.putObject("a/e", "x");
    await store.deleteObjects(["a/b/c/d"]);
    expect(await readdir(path.join(folder, "objects", "a"))).toEqual(["e"]);
    await store.deleteObjects(["a/e"]);
    expect(await readdir(path.join(folder, "objects"))).toEqual([]);
    for (let round = 0; round < 50; round++) {
      await store.putObject("x/y/z/deleted", "x");
      await Promise.all([
        store.deleteObjects(["x/y/z/deleted"]),
        store.putObject("x/y/z/kept", "x"),
        store.putObject("x/y/z/state", "x", { ifNoneMatch: "*" }),
      ]);
      const { objects } = await store.listObjects("x/");
      expect(objects.map(({ key }) => key)).toEqual(["x/y/z/kept", "x/y/z/state"]);
      await store.deleteObjects(["x/y/z/kept", "x/y/z/state"]);
    }
  });
});

describe("a body", () => {
  it("keeps no file open when it is read to its end, cancelled, aborted or never read", async () => {
    await store.putObject("large", Buffer.alloc(3 * MiB));
    await store.putObject("small", "x");
    await store.putObject("state", Buffer.alloc(MiB), { ifNoneMatch: "*" });
    for (const key of ["large", "small", "state"]) {
      await store.getObject(key);
      await new Response((await store.getObject(key))?.body).arrayBuffer();
      await (await store.getObject(key))?.body.cancel();
      const reader = (await store.getObject(key))?.body.getReader();
      await reader?.read();
      await reader?.cancel();
      await store.headObject(key);
    }
    await store.listObjects("");
    expect(await openFiles()).toEqual([]);
    const controller = new AbortController();
    const aborted = await store.getObject("large", { signal: controller.signal });
    await aborted?.body.getReader().read();
    expect(await openFiles()).toEqual([store.localPath("large")]);
    controller.abort();
    // The file is closed by the thread pool, in its own time; nobody reads the body any more.
    await expect.poll(openFiles).toEqual([]);
  });

  it("of an object that was replaced before it was read is an error, and not a mixture", async () => {
    await store.putObject("large", Buffer.alloc(MiB, "a"));
    const replaced = await store.getObject("large");
    const deleted = await store.getObject("large");
    await store.putObject("large", Buffer.alloc(MiB, "b"));
    await expect(textOf(replaced)).rejects.toThrow("was replaced before it was read");
    await store.deleteObjects(["large"]);
    await expect(textOf(deleted)).rejects.toThrow(StoreUnavailableError);
  });

  it("of a state is that of its ETag although it is changed before it is read", async () => {
    const old = "old ".repeat(MiB / 4);
    await store.putObject("state", old, { ifNoneMatch: "*" });
    const object = await store.getObject("state");
    await store.putObject("state", "new", { ifMatch: String(object?.etag) });
    expect(await textOf(object)).toBe(old);
  });

  async function openFiles(): Promise<string[]> {
    const names = await readdir("/proc/self/fd");
    const links = names.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => ""));
    return (await Promise.all(links)).filter((target) => target.startsWith(folder));
  }
});

describe("a folder that is gone", () => {
  /** Every call of the store that needs the folder. */
  async function callsOf(): Promise<(() => Promise<unknown>)[]> {
    const uploadId = await store.createMultipartUpload("upload", layout);
    const sign = await store.presignParts({ key: "upload", uploadId, expires: 9e9 });
    const url = new URL(sign({ partNumber: 1, contentLength: 3 }), "http://127.0.0.1/");
    const body = () => new Blob(["abc"]).stream();
    const parts = [{ partNumber: 1, etag: '"x"' }];
    return [
      () => store.check(),
      () => store.putObject("a/b", "x"),
      () => store.putObject("b", "x"),
      () => store.putObject("a/c", "x", { ifNoneMatch: "*" }),
      () => store.putObject("a/c", "x", { ifMatch: '"x"' }),
      () => store.getObject("a/b"),
      () => store.headObject("a/b"),
      () => store.listObjects("a/"),
      () => store.listObjects(""),
      () => store.deleteObjects(["a/b"]),
      () => store.deleteIfMatch("a/c", '"x"'),
      () => store.createMultipartUpload("upload", layout),
      () => store.uploadPart({ url, contentLength: 3, contentMd5: null, body: body() }),
      () => store.listParts("upload", uploadId),
      () => store.completeMultipartUpload("upload", uploadId, parts),
      () => store.abortMultipartUpload("upload", uploadId),
      () => store.listMultipartUploads(""),
      () => store.freeSpace(),
      () => store.removeLeftovers(),
    ];
  }

  it("is told by every call with its name, and not created again", async () => {
    const calls = await callsOf();
    const away = `${folder}-away`;
    await rename(folder, away);
    // An empty folder is what remains where a disk was mounted.
    for (const isThere of [false, true]) {
      if (isThere) await mkdir(folder);
      for (const [index, call] of calls.entries()) {
        const error = await call().catch((reason: unknown) => reason);
        expect([index, error]).toEqual([index, expect.any(StoreUnavailableError)]);
        expect(String(error)).toContain(folder);
      }
    }
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
    await rename(away, folder);
    await store.check();
  });

  it("is told when the store is opened on what cannot be a folder", async () => {
    await writeFile(path.join(folder, "file"), "x");
    const error = await FolderStore.open(path.join(folder, "file"), secret).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(String(error)).toContain(path.join(folder, "file"));
  });
});

describe("the store", () => {
  it("tells how much room there is", async () => {
    expect(await store.freeSpace()).toBeGreaterThan(MiB);
  });

  it("is opened again with everything in it, from wherever the folder was moved to", async () => {
    await store.putObject("a/b", "x");
    const etag = await store.putObject("a/c", "y", { ifNoneMatch: "*" });
    await rename(folder, `${folder}-moved`);
    const moved = await FolderStore.open(`${folder}-moved`, secret);
    expect(await textOf(await moved.getObject("a/b"))).toBe("x");
    expect(await moved.headObject("a/c")).toMatchObject({ etag });
    await rename(`${folder}-moved`, folder);
  });
});
