import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, open, stat } from "node:fs/promises";
import { StoreError } from "../store-error.js";
import { readBody } from "./part-body.js";
import { openSlot, readSlot, writeSlot } from "./part-slots.js";
import type { SignedPart } from "./part-url.js";
import {
  contentFile,
  etagOfPart,
  goneWhenMissing,
  noSuchUpload,
  openSlots,
  type UploadFolder,
} from "./upload-folder.js";

const writeSize = 1024 * 1024;

/**
 * One attempt to store a part. Its bytes go to their place in the upload's content.
 *
 * A part that is sent again overwrites the bytes that are there, so the slot must never describe
 * bytes that are being overwritten: first the slot is claimed for this attempt, on disk where it
 * described a stored part, then the bytes are written and put on disk, then the slot. Before each
 * write the attempt looks whether the slot is still its own and the content still in the upload.
 * Within a process an older attempt has ended before this one begins. An older one in another process
 * can still have one write under way when the part is claimed; who reads the object finds that by
 * the MD5 of the whole.
 */
export class PartWriter {
  readonly #upload: UploadFolder;
  readonly #part: SignedPart;
  readonly #attempt = randomBytes(5).toString("hex");
  readonly #content: FileHandle;
  readonly #slots: FileHandle;
  readonly #inode: bigint;

  private constructor(
    upload: UploadFolder,
    part: SignedPart,
    files: { content: FileHandle; slots: FileHandle; inode: bigint },
  ) {
    this.#upload = upload;
    this.#part = part;
    this.#content = files.content;
    this.#slots = files.slots;
    this.#inode = files.inode;
  }

  static async open(upload: UploadFolder, part: SignedPart): Promise<PartWriter> {
    const content = await open(contentFile(upload.folder), "r+").catch(goneWhenMissing);
    try {
      const { ino } = await content.stat({ bigint: true });
      const slots = await openSlots(upload.folder).catch(goneWhenMissing);
      return new PartWriter(upload, part, { content, slots, inode: ino });
    } catch (error) {
      await content.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#content.close(), this.#slots.close()]);
  }

  /** Stores the part and returns its ETag. */
  async write(
    body: AsyncIterable<Uint8Array>,
    promisedMd5: Buffer | null,
    signal: AbortSignal,
  ): Promise<string> {
    const { partNumber, contentLength } = this.#part;
    await this.#claim();
    const md5 = await this.#writeBody(body, signal);
    if (promisedMd5 && !promisedMd5.equals(md5)) {
      throw new StoreError(
        "BadDigest",
        `Part ${partNumber}: the bytes do not match the Content-MD5 header. Send it again.`,
      );
    }
    await this.#content.datasync();
    await this.#checkClaim();
    const attempt = this.#attempt;
    await writeSlot(this.#slots, partNumber, { isStored: true, attempt, md5, size: contentLength });
    await this.#slots.datasync();
    return etagOfPart(md5);
  }

  async #claim(): Promise<void> {
    const { partNumber } = this.#part;
    const present = await readSlot(this.#slots, partNumber);
    await writeSlot(this.#slots, partNumber, openSlot(this.#attempt));
    if (present?.isStored) await this.#slots.datasync();
  }

  async #writeBody(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Buffer> {
    const hash = createHash("md5");
    let position = (this.#part.partNumber - 1) * this.#upload.partSize;
    let waiting: Uint8Array[] = [];
    let waitingSize = 0;
    const flush = async () => {
      await this.#checkClaim();
      await writeAll(this.#content, waiting, position);
      position += waitingSize;
      waiting = [];
      waitingSize = 0;
    };
    for await (const chunk of readBody(body, this.#part, signal)) {
      hash.update(chunk);
      waiting.push(chunk);
      waitingSize += chunk.length;
      if (waitingSize >= writeSize) await flush();
    }
    await flush();
    return hash.digest();
  }

  /** @throws `NoSuchUpload`, `IncompleteBody` where the part is being sent again. */
  async #checkClaim(): Promise<void> {
    const file = contentFile(this.#upload.folder);
    const { ino } = await stat(file, { bigint: true }).catch(goneWhenMissing);
    if (ino !== this.#inode) throw noSuchUpload();
    const slot = await readSlot(this.#slots, this.#part.partNumber);
    if (slot?.attempt !== this.#attempt) throw sentAgain(this.#part.partNumber);
  }
}

/** The older of two attempts ends with this. */
export function sentAgain(partNumber: number): StoreError {
  return new StoreError(
    "IncompleteBody",
    `Part ${partNumber}: it was sent again before this attempt had ended.`,
  );
}

async function writeAll(handle: FileHandle, chunks: Uint8Array[], start: number): Promise<void> {
  const total = chunks.reduce((size, chunk) => size + chunk.length, 0);
  if (total === 0) return;
  const { bytesWritten } = await handle.writev(chunks, start);
  // A full disk ends a write early; the next one then says so.
  for (let done = bytesWritten, rest: Buffer | undefined; done < total; ) {
    rest ??= Buffer.concat(chunks);
    const written = await handle.write(rest, done, total - done, start + done);
    done += written.bytesWritten;
  }
}
