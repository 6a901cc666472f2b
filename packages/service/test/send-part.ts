import type { FolderStore } from "../src/store/folder/folder-store.js";

/** Bytes of a part of the uploads in these tests. */
export const partSize = 4 * 1024 * 1024;

const key = "a/video";

/** Opens an upload of one part, if not told otherwise. */
export function startUpload(store: FolderStore, size = partSize): Promise<string> {
  return store.createMultipartUpload(key, { size, partSize, contentType: "video/mp4" });
}

/** The URL of a part as the service receives it. */
export async function partUrlOf(
  store: FolderStore,
  uploadId: string,
  { partNumber, contentLength }: { partNumber: number; contentLength: number },
): Promise<URL> {
  const sign = await store.presignParts({ key, uploadId, expires: 9e9 });
  return new URL(sign({ partNumber, contentLength }), "http://127.0.0.1/");
}

/** Sends part 1, which is a whole one. */
export async function sendPart(
  store: FolderStore,
  uploadId: string,
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ etag: string }> {
  const contentLength = partSize;
  const url = await partUrlOf(store, uploadId, { partNumber: 1, contentLength });
  return store.uploadPart({ url, contentLength, contentMd5: null, body, signal });
}

/** Joins an upload of one part. */
export function joinPart(store: FolderStore, uploadId: string, etag: string): Promise<void> {
  return store.completeMultipartUpload(key, uploadId, [{ partNumber: 1, etag }]);
}

/** A body in chunks as they come from a socket. */
export async function* chunksOf(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += 64 * 1024) {
    yield content.subarray(start, start + 64 * 1024);
  }
}

/** A body that sends its first bytes, and the rest when it is told to. */
export class HaltedBody implements AsyncIterable<Uint8Array> {
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
