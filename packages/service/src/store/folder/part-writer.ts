import { createHash, randomBytes, randomUUID } from "node:crypto";
import { type FileHandle, open, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StoreError } from "../store-error.js";
import { ownerOnly } from "./durable-files.js";
import type { FreeSpace } from "./free-space.js";
import { readBody } from "./part-body.js";
import { isFirstClaim } from "./part-claims.js";
import { openSlot, type PartSlot, readSlot, writeSlot } from "./part-slots.js";
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
// Milliseconds, between two looks at what another process stores, and in all.
const otherPause = 20;
const otherTime = 20_000;

/** Runs work on one part after the work of other attempts of this process on it. */
export type RunAlone = <T>(work: () => Promise<T>) => Promise<T>;

/** What an attempt to store a part works on. */
export interface PartTarget {
  upload: UploadFolder;
  part: SignedPart;
  /** The folder for unfinished files. */
  temporary: string;
  freeSpace: FreeSpace;
  runAlone: RunAlone;
}

/**
 * One attempt to store a part. The first attempt writes its bytes to their place in the upload's
 * content. A further one writes them to a file beside it, and to their place only when they are
 * complete and differ from what is stored: so a stored part stays while it is sent again, and two
 * clients with the same content do not disturb each other.
 *
 * The slot must never describe bytes that are being overwritten: first it is claimed for this attempt,
 * on disk where it described a stored part, then the bytes are written and put on disk, then the
 * slot. Before each write the attempt looks whether the slot is still its own and the content still
 * in the upload. An older attempt in another process can have one write under way when the part is
 * claimed; who reads the object finds that by the MD5 of the whole. An attempt that has lost its claim
 * waits for the one that has it: with the same bytes both have succeeded.
 */
export class PartWriter {
  readonly #target: PartTarget;
  readonly #attempt = randomBytes(5).toString("hex");
  readonly #content: FileHandle;
  readonly #slots: FileHandle;
  readonly #inode: bigint;

  private constructor(
    target: PartTarget,
    files: { content: FileHandle; slots: FileHandle; inode: bigint },
  ) {
    this.#target = target;
    this.#content = files.content;
    this.#slots = files.slots;
    this.#inode = files.inode;
  }

  static async open(target: PartTarget): Promise<PartWriter> {
    const { folder } = target.upload;
    const content = await open(contentFile(folder), "r+").catch(goneWhenMissing);
    try {
      const { ino } = await content.stat({ bigint: true });
      const slots = await openSlots(folder).catch(goneWhenMissing);
      return new PartWriter(target, { content, slots, inode: ino });
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
    promisedMd5: string | null,
    signal: AbortSignal,
  ): Promise<string> {
    const { runAlone, upload, part } = this.#target;
    const isFirst = await runAlone(async () => {
      if (await this.#readSlot()) return false;
      if (!(await isFirstClaim(upload.folder, part.partNumber, this.#attempt))) return false;
      await this.#claim(false);
      return true;
    });
    const sent = { body, promisedMd5, signal };
    return etagOfPart(isFirst ? await this.#writeInPlace(sent) : await this.#writeBeside(sent));
  }

  async #writeInPlace(sent: SentPart): Promise<string> {
    const { runAlone } = this.#target;
    let position = this.#position;
    let isClaimed = true;
    const md5 = await this.#receive(sent, async (chunks, size) => {
      const start = position;
      position += size;
      await runAlone(async () => {
        // When a later attempt has claimed the part, this one may still turn out to be the same.
        isClaimed &&= await this.#isClaimed();
        if (isClaimed) await this.#writeAll(this.#content, chunks, start);
      });
    });
    if (isClaimed) await this.#content.datasync();
    const isStored = await runAlone(() => this.#storeIfClaimed(md5));
    if (!isStored) await this.#awaitOther(md5, sent.signal);
    return md5;
  }

  async #writeBeside(sent: SentPart): Promise<string> {
    const file = path.join(this.#target.temporary, randomUUID());
    const beside = await open(file, "wx+", ownerOnly);
    try {
      let position = 0;
      const md5 = await this.#receive(sent, async (chunks, size) => {
        await this.#writeAll(beside, chunks, position);
        position += size;
      });
      const isStored = await this.#target.runAlone(
        async () => (await this.#isStored(md5)) || (await this.#replace(beside, md5)),
      );
      if (!isStored) await this.#awaitOther(md5, sent.signal);
      return md5;
    } finally {
      await beside.close();
      await rm(file, { force: true });
    }
  }

  /** Puts complete bytes in the place of others. `false` when another process claims the part. */
  async #replace(source: FileHandle, md5: string): Promise<boolean> {
    const { contentLength } = this.#target.part;
    await this.#claim(true);
    for (let done = 0; done < contentLength; ) {
      const size = Math.min(writeSize, contentLength - done);
      const { buffer, bytesRead } = await source.read(Buffer.allocUnsafe(size), 0, size, done);
      if (!(await this.#isClaimed())) return false;
      await this.#writeAll(this.#content, [buffer.subarray(0, bytesRead)], this.#position + done);
      done += bytesRead;
    }
    await this.#content.datasync();
    return this.#storeIfClaimed(md5);
  }

  /** Waits until the attempt of another process that has claimed the part has stored these bytes. */
  async #awaitOther(md5: string, signal: AbortSignal): Promise<void> {
    const { partNumber } = this.#target.part;
    for (let waited = 0; waited < otherTime; waited += otherPause) {
      // One reading decides: a third attempt may claim the part right after it.
      const slot = await this.#readSlot();
      if (slot?.isStored) {
        if (await this.#holds(slot, md5)) return;
        throw sentAgain(partNumber);
      }
      await sleep(otherPause, undefined, { signal });
    }
    throw beingSent(partNumber);
  }

  get #position(): number {
    return (this.#target.part.partNumber - 1) * this.#target.upload.partSize;
  }

  /** Hands the body over in pieces, and returns its MD5 once it is what it should be. */
  async #receive(
    { body, promisedMd5, signal }: SentPart,
    write: (chunks: Uint8Array[], size: number) => Promise<void>,
  ): Promise<string> {
    const { part } = this.#target;
    const hash = createHash("md5");
    let waiting: Uint8Array[] = [];
    let waitingSize = 0;
    for await (const chunk of readBody(body, part, signal)) {
      hash.update(chunk);
      waiting.push(chunk);
      waitingSize += chunk.length;
      if (waitingSize < writeSize) continue;
      await write(waiting, waitingSize);
      waiting = [];
      waitingSize = 0;
    }
    await write(waiting, waitingSize);
    const md5 = hash.digest("hex");
    if (promisedMd5 === null || promisedMd5 === md5) return md5;
    throw new StoreError(
      "BadDigest",
      `Part ${part.partNumber}: the bytes do not match the Content-MD5 header. Send it again.`,
    );
  }

  #writeAll(handle: FileHandle, chunks: Uint8Array[], start: number): Promise<void> {
    const size = chunks.reduce((total, chunk) => total + chunk.length, 0);
    return this.#target.freeSpace.use(size, () => writeAll(handle, chunks, start, size));
  }

  #readSlot(): Promise<PartSlot | null> {
    return readSlot(this.#slots, this.#target.part.partNumber);
  }

  async #claim(isReplaced: boolean): Promise<void> {
    const { partNumber } = this.#target.part;
    const present = await this.#readSlot();
    await writeSlot(this.#slots, partNumber, openSlot(this.#attempt, isReplaced));
    if (present?.isStored) await this.#slots.datasync();
  }

  async #storeIfClaimed(md5: string): Promise<boolean> {
    if (!(await this.#isClaimed())) return false;
    const { partNumber, contentLength: size } = this.#target.part;
    const attempt = this.#attempt;
    await writeSlot(this.#slots, partNumber, {
      ...{ isStored: true, isReplaced: false, attempt, md5, size },
    });
    await this.#slots.datasync();
    return true;
  }

  /** Whether these bytes are what another attempt has stored. */
  async #isStored(md5: string): Promise<boolean> {
    return this.#holds(await this.#readSlot(), md5);
  }

  /** Whether a slot, as it was read, describes these bytes. */
  async #holds(slot: PartSlot | null, md5: string): Promise<boolean> {
    await this.#requireContent();
    const { contentLength } = this.#target.part;
    if (!slot?.isStored || slot.size !== contentLength || slot.md5 !== md5) return false;
    // The end of the content may have been lost.
    return (await this.#content.stat()).size >= this.#position + contentLength;
  }

  async #isClaimed(): Promise<boolean> {
    await this.#requireContent();
    return (await this.#readSlot())?.attempt === this.#attempt;
  }

  /** Throws `NoSuchUpload` where the content has left the upload. */
  async #requireContent(): Promise<void> {
    const file = contentFile(this.#target.upload.folder);
    const { ino } = await stat(file, { bigint: true }).catch(goneWhenMissing);
    if (ino !== this.#inode) throw noSuchUpload();
  }
}

/** The body of a part as it is received. */
interface SentPart {
  body: AsyncIterable<Uint8Array>;
  promisedMd5: string | null;
  signal: AbortSignal;
}

/** The older of two attempts with other bytes ends with this. */
function sentAgain(partNumber: number): StoreError {
  return new StoreError(
    "IncompleteBody",
    `Part ${partNumber}: it was sent again before this attempt had ended.`,
  );
}

/** Nothing is known of the bytes of an attempt that goes on for so long. */
function beingSent(partNumber: number): StoreError {
  return new StoreError(
    "SlowDown",
    `Part ${partNumber}: another client is sending it at this moment. Send it again.`,
  );
}

async function writeAll(
  handle: FileHandle,
  chunks: Uint8Array[],
  start: number,
  total: number,
): Promise<void> {
  if (total === 0) return;
  const { bytesWritten } = await handle.writev(chunks, start);
  // A full disk ends a write early; the next one then says so.
  for (let done = bytesWritten, rest: Buffer | undefined; done < total; ) {
    rest ??= Buffer.concat(chunks);
    const written = await handle.write(rest, done, total - done, start + done);
    done += written.bytesWritten;
  }
}
