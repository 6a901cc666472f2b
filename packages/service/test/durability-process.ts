import { writeSync } from "node:fs";
import { readOrCreateSecret } from "../dist/auth/folder-secret.js";
import { FolderStore } from "../dist/store/folder/folder-store.js";
import { secret } from "./folder-store-secret.ts";

/*
 * Stores and deletes on the folder that it is given, under strace. What it writes to its output tells
 * strace's lines of one call from those of the next; a write to it is a system call at that very place.
 */
const [folder] = process.argv.slice(2);
if (!folder) throw new Error("Usage: durability-process.ts <folder>");

const partSize = 1024 * 1024;

async function trace<T>(name: string, call: () => Promise<T>): Promise<T> {
  writeSync(1, `begin ${name}\n`);
  const answer = await call();
  writeSync(1, `end ${name}\n`);
  return answer;
}

const store = await trace("open", () => FolderStore.open(folder, secret));

await trace("secret", () => readOrCreateSecret(`${folder}/new/service`, true));

await trace("put", () => store.putObject("a/b/plain", "content"));
await trace("put again", () => store.putObject("a/b/plain", "other"));
const put = (content: string, condition: object) => store.putObject("a/state", content, condition);
const first = await trace("create", () => put("1", { ifNoneMatch: "*" }));
await trace("lose", () => put("2", { ifNoneMatch: "*" }));
const second = await trace("change", () => put("2", { ifMatch: String(first) }));
await trace("delete state", () => store.deleteIfMatch("a/state", String(second)));
await store.putObject("a/c/1", "x");
await store.putObject("a/c/2", "x");
await trace("delete", () => store.deleteObjects(["a/b/plain", "a/c/1", "a/c/2"]));

const layout = { size: 2 * partSize, partSize, contentType: "video/mp4" };
const uploadId = await trace("upload", () => store.createMultipartUpload("a/video", layout));
const sign = await store.presignParts({ key: "a/video", uploadId, expires: 9e9 });
const send = (partNumber: number, byte = partNumber) =>
  store.uploadPart({
    url: new URL(sign({ partNumber, contentLength: partSize }), "http://127.0.0.1/"),
    contentLength: partSize,
    contentMd5: null,
    body: new Blob([Buffer.alloc(partSize, byte)]).stream(),
  });
await trace("part", () => send(1));
await send(2);
await trace("part again", () => send(1));
await trace("other part", () => send(1, 9));
const parts = await store.listParts("a/video", uploadId);
await trace("complete", () => store.completeMultipartUpload("a/video", uploadId, parts));
const aborted = await store.createMultipartUpload("a/video", layout);
await trace("abort", () => store.abortMultipartUpload("a/video", aborted));

// The pages of a list in a tree that the test has made.
const startAfter = "many/500/050";
await trace("list", () => store.listObjects("many/", { startAfter, maxKeys: 20 }));
await trace("group", () => store.listObjects("many/", { delimiter: "/", maxKeys: 5 }));
