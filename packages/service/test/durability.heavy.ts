import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ensureDebianPackages } from "../../../test/debian-packages.ts";
import { FolderStore } from "../dist/store/folder/folder-store.js";
import { StoreFullError, StoreUnavailableError } from "../dist/store/store-error.js";
import { secret } from "./folder-store-secret.js";
import { makeTree } from "./make-tree.js";
import { shortenCall, traceCalls } from "./trace-calls.js";

const MiB = 1024 * 1024;
const script = fileURLToPath(new URL("./durability-process.ts", import.meta.url));
const changes = ["fsync", "fdatasync", "rename", "link", "mkdir", "unlink", "rmdir"];
const writes = ["write", "pwrite64", "writev", "pwritev"];
const reads = ["read", "pread64", "preadv"];
const looks = ["openat", "getdents64", ...reads];

describe("what is on disk before the answer", () => {
  let folder: string;
  let trace: string[];

  beforeAll(async () => {
    ensureDebianPackages([{ name: "strace", file: "/usr/bin/strace" }]);
    const parent = await mkdtemp(path.join(tmpdir(), "clipcourier-durability-"));
    folder = path.join(parent, "store");
    makeTree(path.join(folder, "objects", "many"));
    const report = path.join(parent, "strace.txt");
    trace = await traceCalls([...changes, ...writes, ...looks], [script, folder], report);
  });

  afterAll(() => rm(path.dirname(folder), { recursive: true, force: true }));

  it("of a new service are its folder, the folders above, and its secret", () => {
    expect(changesOf("secret")).toEqual([
      "mkdir new",
      "mkdir new/service",
      "fsync new",
      "fsync .",
      "write new/service/service.json.#.tmp",
      "fsync new/service/service.json.#.tmp",
      "link new/service/service.json.#.tmp new/service/service.json",
      "unlink new/service/service.json.#.tmp",
      "fsync new/service",
    ]);
  });

  it("of an object are its bytes, its name and the folders above", () => {
    expect(changesOf("put")).toEqual([
      "write temporary/#",
      "fsync temporary/#",
      "mkdir objects/a",
      "fsync objects",
      "mkdir objects/a/b",
      "fsync objects/a",
      "rename temporary/# objects/a/b/plain",
      "fsync objects/a/b",
    ]);
    expect(changesOf("put again")).toEqual([
      "write temporary/#",
      "fsync temporary/#",
      "rename temporary/# objects/a/b/plain",
      "fsync objects/a/b",
    ]);
  });

  it("of a state are its version and its name, before an old one goes", () => {
    expect(changesOf("create")).toEqual([
      "mkdir temporary/#",
      "write temporary/#/#",
      "fsync temporary/#/#",
      "fsync temporary/#",
      "rename temporary/# objects/a/state~",
      "fsync objects/a",
    ]);
    // Who hears that there is a state may rely on it.
    expect(changesOf("lose")).toEqual(["fsync objects/a/state~", "fsync objects/a"]);
    const change = [
      "write temporary/#",
      "fsync temporary/#",
      "link temporary/# objects/a/state~/#",
      "fsync objects/a/state~",
    ];
    // The version before the newest stays.
    expect(changesOf("change")).toEqual([...change, "unlink temporary/#"]);
    expect(changesOf("delete state")).toEqual([
      // The note by which the rest is found and removed later.
      "write temporary/deletion_#",
      "fsync temporary/deletion_#",
      ...change,
      "unlink objects/a/state~/#",
      "unlink temporary/#",
    ]);
  });

  it("of deletions are the names, each folder once", () => {
    const deletions = changesOf("delete");
    // The objects are deleted side by side.
    expect([...deletions.slice(0, 3).sort(), ...deletions.slice(3)]).toEqual([
      "unlink objects/a/b/plain",
      "unlink objects/a/c/1",
      "unlink objects/a/c/2",
      "fsync objects/a/b",
      "fsync objects/a/c",
      "rmdir objects/a/b",
      "rmdir objects/a/c",
    ]);
  });

  it("of an upload are its facts and its name", () => {
    expect(changesOf("upload")).toEqual([
      "mkdir temporary/#",
      "write temporary/#/upload.json",
      "fsync temporary/#/upload.json",
      "fsync temporary/#",
      "rename temporary/# uploads/#",
      "fsync uploads",
    ]);
    expect(changesOf("abort").slice(0, 2)).toEqual([
      "rename uploads/# temporary/#",
      "fsync uploads",
    ]);
  });

  it("of a part are its bytes and then its slot; a stored slot is cleared before", () => {
    const bytesAndSlot = [
      "pwrite64 uploads/#/content",
      "fdatasync uploads/#/content",
      "pwrite64 uploads/#/parts",
      "fdatasync uploads/#/parts",
    ];
    expect(changesOf("part")).toEqual([
      // The file of the slots comes with the first part.
      "fsync uploads/#",
      // Which attempt writes it; that need not survive a power cut.
      "write uploads/#/claims",
      "pwrite64 uploads/#/parts",
      ...bytesAndSlot,
    ]);
    // The same bytes are stored already.
    expect(changesOf("part again")).toEqual(["pwrite64 temporary/#", "unlink temporary/#"]);
    expect(changesOf("other part")).toEqual([
      "pwrite64 temporary/#",
      "pwrite64 uploads/#/parts",
      "fdatasync uploads/#/parts",
      ...bytesAndSlot,
      "unlink temporary/#",
    ]);
  });

  it("of a completed upload are its content and its name, and no byte is read or written", () => {
    expect(changesOf("complete").slice(0, 5)).toEqual([
      "fdatasync uploads/#/content",
      "rename uploads/#/content objects/a/video",
      "fsync objects/a",
      "fsync uploads/#",
      "rename uploads/# temporary/#",
    ]);
    const moved = callsOf("complete").filter((call) =>
      [...reads, ...writes].some((name) => call.startsWith(`${name}(`)),
    );
    expect(moved.map((call) => shortenCall(call, folder))).not.toEqual([]);
    expect(moved.filter((call) => /content>|video>/.test(call))).toEqual([]);
  });

  it("of a new store are its folders", () => {
    expect(changesOf("open")).toEqual(
      expect.arrayContaining(["mkdir uploads", "mkdir temporary", "fsync ."]),
    );
  });

  it("a page of a list in 100,000 keys reads the folders in which it lies", () => {
    expect(foldersReadBy("list")).toEqual(["objects/many", "objects/many/500"]);
    expect(foldersReadBy("group")).toEqual([
      "objects/many",
      // One object is looked for in each group, and in one more to know of a next page.
      ...["000", "001", "002", "003", "004", "005"].map((name) => `objects/many/${name}`),
    ]);
  });

  function callsOf(name: string): string[] {
    const isMark = (mark: string) => (call: string) => call.includes(`"${mark} ${name}\\n"`);
    const [begin, end] = [trace.findIndex(isMark("begin")), trace.findIndex(isMark("end"))];
    expect([begin, end].every((index) => index >= 0)).toBe(true);
    return trace.slice(begin + 1, end);
  }

  /** The calls that change the folder; several in a row that are the same count as one. */
  function changesOf(name: string): string[] {
    return callsOf(name)
      .filter((call) => !looks.some((look) => call.startsWith(look)))
      .flatMap((call) => shortenCall(call, folder)?.replace("pwritev", "pwrite64") ?? [])
      .filter((call, index, calls) => call !== calls[index - 1]);
  }

  function foldersReadBy(name: string): string[] {
    const reads = callsOf(name).filter((call) => call.startsWith("getdents64"));
    const folders = reads.flatMap((call) => shortenCall(call, folder)?.split(" ")[1] ?? []);
    return [...new Set(folders)];
  }
});

describe("a disk", () => {
  it("that is full is told with the folder's name, and serves again when there is room", async () => {
    const { folder, store } = await openOnDisk("8m");
    await store.putObject("a/kept", "kept");
    const etag = String(await store.putObject("a/state", "1", { ifNoneMatch: "*" }));
    const error = await fill(store).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreFullError);
    expect(String(error)).toContain(folder);
    const large = Buffer.alloc(MiB);
    await expect(store.putObject("a/state", large, { ifMatch: etag })).rejects.toThrow(
      StoreFullError,
    );
    const layout = { size: MiB, partSize: MiB, contentType: "video/mp4" };
    const uploadId = await store.createMultipartUpload("a/video", layout);
    const sign = await store.presignParts({ key: "a/video", uploadId, expires: 9e9 });
    const url = new URL(sign({ partNumber: 1, contentLength: MiB }), "http://127.0.0.1/");
    const send = () =>
      store.uploadPart({
        url,
        contentLength: MiB,
        contentMd5: null,
        body: new Blob([large]).stream(),
      });
    await expect(send()).rejects.toThrow(StoreFullError);
    expect(await store.listParts("a/video", uploadId)).toEqual([]);
    expect(await store.headObject("a/state")).toMatchObject({ etag });
    expect(await store.headObject("a/kept")).toMatchObject({ size: 4 });
    await store.deleteObjects(["full/0", "full/1"]);
    expect(await store.freeSpace()).toBeGreaterThanOrEqual(MiB);
    await send();
    expect(await store.listParts("a/video", uploadId)).toHaveLength(1);
    expect(await store.putObject("a/state", "2", { ifMatch: etag })).not.toBeNull();
  });

  it("that parts have filled still has room for states and deletions", async () => {
    const { store } = await openOnDisk("32m");
    const etag = String(await store.putObject("a/state", "1", { ifNoneMatch: "*" }));
    const layout = { size: 64 * MiB, partSize: 8 * MiB, contentType: "video/mp4" };
    const uploadId = await store.createMultipartUpload("a/video", layout);
    const sign = await store.presignParts({ key: "a/video", uploadId, expires: 9e9 });
    const contentLength = layout.partSize;
    const sent = Array.from({ length: 8 }, (_, index) => {
      const url = new URL(sign({ partNumber: index + 1, contentLength }), "http://127.0.0.1/");
      const body = new Blob([Buffer.alloc(contentLength)]).stream();
      return store.uploadPart({ url, contentLength, contentMd5: null, body });
    });
    const failed = (await Promise.allSettled(sent)).flatMap((result) =>
      result.status === "rejected" ? [result.reason] : [],
    );
    expect(failed.length).toBeGreaterThanOrEqual(5);
    for (const reason of failed) expect(reason).toBeInstanceOf(StoreFullError);
    const deleted = await store.putObject("a/state", "deleted", { ifMatch: etag });
    expect(await store.deleteIfMatch("a/state", String(deleted))).toBe(true);
    await store.abortMultipartUpload("a/video", uploadId);
    expect(await store.freeSpace()).toBeGreaterThan(24 * MiB);
  });

  it("that can only be read is told with the folder's name, and is read", async () => {
    const { folder, store } = await openOnDisk("8m");
    await store.putObject("a/kept", "kept");
    execFileSync("mount", ["-o", "remount,ro", path.dirname(folder)]);
    const error = await store.putObject("a/new", "x").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(String(error)).toContain(folder);
    expect(await store.headObject("a/kept")).toMatchObject({ size: 4 });
    await expect(store.deleteObjects(["a/kept"])).rejects.toThrow(StoreUnavailableError);
    await store.check();
  });

  async function openOnDisk(size: string): Promise<{ folder: string; store: FolderStore }> {
    const disk = await mkdtemp(path.join(tmpdir(), "clipcourier-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk]);
    onTestFinished(async () => {
      execFileSync("umount", [disk]);
      await rm(disk, { recursive: true });
    });
    const folder = path.join(disk, "store");
    return { folder, store: await FolderStore.open(folder, secret) };
  }

  async function fill(store: FolderStore): Promise<void> {
    for (let index = 0; index < 10; index++) {
      await store.putObject(`full/${index}`, Buffer.alloc(MiB));
    }
    for (let index = 0; ; index++) await store.putObject(`small/${index}`, Buffer.alloc(4_096));
  }
});
