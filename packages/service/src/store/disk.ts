import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { deriveKey } from "../keys.js";
import { linkIfAbsent, nullWhenMissing } from "./atomic-file.js";
import { DiskUploads } from "./disk-uploads.js";
import { signPartUrl, verifyPartUrl } from "./part-url.js";
import type {
  ByteRange,
  CompletedPart,
  ObjectList,
  PartRequest,
  PartToSign,
  Store,
  StoredObject,
  StoredPart,
} from "./store.js";
import { StoreError } from "./store.js";

const listLimit = 1000;
const readSize = 256 * 1024;
const leftoverAge = 24 * 60 * 60 * 1000;
const keyPattern = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

/**
 * A store on a folder: objects in `objects/`, open uploads in `uploads/`, unfinished files in
 * `temporary/`. Each object is written to a temporary file and then renamed, so that readers never
 * see half of it. Several processes may use the folder at once.
 *
 * @example
 * ```ts
 * const store = await DiskStore.open("clips", secret);
 * ```
 */
export class DiskStore implements Store {
  readonly #objects: string;
  readonly #temporary: string;
  readonly #uploads: DiskUploads;
  readonly #signingKey: Buffer;

  private constructor(folder: string, secret: string) {
    this.#objects = path.join(folder, "objects");
    this.#temporary = path.join(folder, "temporary");
    this.#uploads = new DiskUploads(path.join(folder, "uploads"), this.#temporary);
    this.#signingKey = deriveKey(secret, "part urls");
  }

  /**
   * Opens the store, creates its folders and removes old temporary files. `secret` signs the part
   * URLs: with another secret those that were given out are refused.
   */
  static async open(folder: string, secret: string): Promise<DiskStore> {
    const store = new DiskStore(path.resolve(folder), secret);
    await mkdir(store.#objects, { recursive: true });
    await mkdir(store.#temporary, { recursive: true });
    await removeLeftovers(store.#temporary);
    return store;
  }

  createMultipartUpload(key: string): Promise<string> {
    this.localPath(key);
    return this.#uploads.create(key);
  }

  async presignUploadPart(part: PartToSign): Promise<string> {
    return signPartUrl(this.#signingKey, part);
  }

  async uploadPart(request: PartRequest): Promise<{ etag: string }> {
    const part = verifyPartUrl(this.#signingKey, request.url);
    if (request.contentLength === null) {
      throw new StoreError("MissingContentLength", "A part needs a Content-Length header.");
    }
    if (request.contentLength !== part.contentLength) {
      throw new StoreError(
        "AccessDenied",
        `Part ${part.partNumber}: this URL is for exactly ${part.contentLength} bytes, ` +
          `Content-Length says ${request.contentLength}.`,
      );
    }
    return { etag: await this.#uploads.writePart(part, request.body, request.contentMd5) };
  }

  listParts(key: string, uploadId: string): Promise<StoredPart[]> {
    return this.#uploads.listParts(key, uploadId);
  }

  async completeMultipartUpload(
    key: string,
    uploadId: string,
    parts: CompletedPart[],
  ): Promise<void> {
    const assembled = await this.#uploads.assemble(key, uploadId, parts);
    await this.#moveIntoPlace(assembled, key);
    await this.#uploads.remove(uploadId);
  }

  async abortMultipartUpload(_key: string, uploadId: string): Promise<void> {
    await this.#uploads.remove(uploadId);
  }

  async getObject(key: string, range?: ByteRange): Promise<StoredObject | null> {
    const file = await open(this.localPath(key)).catch(nullWhenMissing);
    if (!file) return null;
    const { size } = await file.stat();
    const stream = createReadStream("", { ...range, fd: file, highWaterMark: readSize });
    return { body: Readable.toWeb(stream) as ReadableStream<Uint8Array>, size };
  }

  async headObject(key: string): Promise<{ size: number } | null> {
    const found = await stat(this.localPath(key)).catch(nullWhenMissing);
    return found ? { size: found.size } : null;
  }

  async putObject(
    key: string,
    content: Uint8Array | string,
    options: { ifNoneMatch?: "*" } = {},
  ): Promise<boolean> {
    const temporary = path.join(this.#temporary, randomUUID());
    await writeFile(temporary, content);
    if (!options.ifNoneMatch) {
      await this.#moveIntoPlace(temporary, key);
      return true;
    }
    const file = this.localPath(key);
    await mkdir(path.dirname(file), { recursive: true });
    try {
      return await linkIfAbsent(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async deleteObject(key: string): Promise<void> {
    await rm(this.localPath(key), { force: true });
  }

  async listObjects(prefix: string, startAfter = ""): Promise<ObjectList> {
    const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    const entries = await readdir(path.join(this.#objects, folder), {
      recursive: true,
      withFileTypes: true,
    }).catch(nullWhenMissing);
    const keys = (entries ?? [])
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.#objects, path.join(entry.parentPath, entry.name)))
      .map((file) => file.split(path.sep).join("/"))
      .filter((key) => key.startsWith(prefix) && key > startAfter)
      .sort();
    return { keys: keys.slice(0, listLimit), isTruncated: keys.length > listLimit };
  }

  localPath(key: string): string {
    if (!keyPattern.test(key)) throw new Error(`"${key}" is not a key`);
    return path.join(this.#objects, ...key.split("/"));
  }

  async #moveIntoPlace(temporary: string, key: string): Promise<void> {
    const file = this.localPath(key);
    await mkdir(path.dirname(file), { recursive: true });
    await rename(temporary, file);
  }
}

/** Removes what killed processes left behind. A recent file may belong to a running process. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const found = await stat(file).catch(nullWhenMissing);
    if (found && Date.now() - found.mtimeMs > leftoverAge) await rm(file, { force: true });
  }
}
