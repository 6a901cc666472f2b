import { type FileHandle, open } from "node:fs/promises";
import { UploadPartCommand } from "@aws-sdk/client-s3";
import type { CompletedPart, PutFileOptions } from "../object-store.js";
import type { Bucket } from "./bucket.js";
import type { S3Objects } from "./s3-objects.js";
import type { S3Uploads } from "./s3-uploads.js";

/** Bytes of a part, which is how much of a file is in memory at once. */
const partSize = 16 * 1024 * 1024;
const mostParts = 10_000;

/** Sends files of this machine into the bucket: a small one at once, a large one in parts. */
export class S3Files {
  readonly #bucket: Bucket;
  readonly #objects: S3Objects;
  readonly #uploads: S3Uploads;

  constructor(bucket: Bucket, objects: S3Objects, uploads: S3Uploads) {
    this.#bucket = bucket;
    this.#objects = objects;
    this.#uploads = uploads;
  }

  /** Returns how many bytes the file has. */
  async send(key: string, path: string, options: PutFileOptions): Promise<number> {
    const { contentType = "application/octet-stream", signal } = options;
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > partSize) await this.#sendParts({ file, size, key }, contentType, signal);
    else {
      signal?.throwIfAborted();
      await this.#objects.put(key, await readPart(file, 0, size), { contentType });
    }
    return size;
  }

  async #sendParts(
    { file, size, key }: FileToSend,
    contentType: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const length = Math.max(partSize, Math.ceil(size / mostParts));
    const uploadId = await this.#uploads.create(key, { size, partSize: length, contentType });
    try {
      const parts: CompletedPart[] = [];
      for (let start = 0; start < size; start += length) {
        const partNumber = parts.length + 1;
        const content = await readPart(file, start, Math.min(length, size - start));
        const etag = await this.#sendPart({ key, uploadId, partNumber, content }, signal);
        parts.push({ partNumber, etag });
      }
      signal?.throwIfAborted();
      await this.#uploads.complete(key, uploadId, parts);
    } catch (error) {
      // The failure is what counts; the hourly sweep ends an upload that stays open.
      await this.#uploads.abort(key, uploadId).catch(() => {});
      throw error;
    }
  }

  async #sendPart(
    { key, uploadId, partNumber, content }: PartToSend,
    signal: AbortSignal | undefined,
  ): Promise<string> {
    const command = new UploadPartCommand({
      ...{ Bucket: this.#bucket.name, Key: this.#bucket.prefix + key, UploadId: uploadId },
      ...{ PartNumber: partNumber, Body: content, ContentLength: content.length },
    });
    const { ETag } = await this.#bucket.call((client, call) => client.send(command, call), signal);
    if (!ETag) throw this.#bucket.unavailable("it stored a part without an ETag.");
    return ETag;
  }
}

interface FileToSend {
  file: FileHandle;
  size: number;
  key: string;
}

interface PartToSend {
  key: string;
  uploadId: string;
  partNumber: number;
  content: Uint8Array;
}

async function readPart(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, start);
  if (bytesRead === length) return buffer;
  throw new Error("A file that was being stored became shorter.");
}
