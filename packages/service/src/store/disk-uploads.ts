import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { isErrno, nullWhenMissing } from "./atomic-file.js";
import { appendPartFile, readPartInfo, writePartFile } from "./part-file.js";
import type { CompletedPart, PartToSign, StoredPart } from "./store.js";
import { StoreError } from "./store.js";

const uploadIdPattern = /^[0-9a-f-]{36}$/;
const partNamePattern = /^\d+$/;
const day = 24 * 60 * 60 * 1000;
const abandonedAge = 7 * day;

/** The open multipart uploads of a folder: one folder each, with a file for each part. */
export class DiskUploads {
  readonly #folder: string;
  readonly #temporary: string;
  #lastSweep = 0;

  constructor(folder: string, temporary: string) {
    this.#folder = folder;
    this.#temporary = temporary;
  }

  /** Opens an upload. Once a day this also removes the abandoned ones. */
  async create(key: string): Promise<string> {
    if (Date.now() - this.#lastSweep > day) {
      this.#lastSweep = Date.now();
      // A failed removal must not prevent an upload; it is tried again the next day.
      await this.#removeAbandoned().catch(() => {});
    }
    const uploadId = randomUUID();
    const folder = path.join(this.#folder, uploadId);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, "key"), key);
    return uploadId;
  }

  /** Stores a part, replacing an earlier one of the same number, and returns its ETag. */
  async writePart(
    part: PartToSign,
    body: AsyncIterable<Uint8Array>,
    contentMd5: string | null,
  ): Promise<string> {
    const folder = await this.#open(part.key, part.uploadId);
    const temporary = this.#temporaryFile();
    try {
      const etag = await writePartFile(temporary, body, part, contentMd5);
      await rename(temporary, path.join(folder, String(part.partNumber)));
      return etag;
    } catch (error) {
      return goneWhenMissing(error);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async listParts(key: string, uploadId: string): Promise<StoredPart[]> {
    const folder = await this.#open(key, uploadId);
    // An upload whose parts are listed is in use, so it must not count as abandoned.
    await utimes(folder, new Date(), new Date()).catch(goneWhenMissing);
    const names = (await readdir(folder)).filter((name) => partNamePattern.test(name));
    const numbers = names.map(Number).sort((a, b) => a - b);
    const parts: StoredPart[] = [];
    for (const partNumber of numbers) {
      const info = await readPartInfo(path.join(folder, String(partNumber))).catch(goneWhenMissing);
      parts.push({ partNumber, ...info });
    }
    return parts;
  }

  /** Joins the parts in a new file and returns its path. The parts are kept. */
  async assemble(key: string, uploadId: string, parts: CompletedPart[]): Promise<string> {
    const folder = await this.#open(key, uploadId);
    const assembled = this.#temporaryFile();
    try {
      await writeFile(assembled, "");
      for (const part of parts) {
        await appendPartFile(path.join(folder, String(part.partNumber)), assembled, part);
      }
      return assembled;
    } catch (error) {
      await rm(assembled, { force: true });
      return goneWhenMissing(error);
    }
  }

  async remove(uploadId: string): Promise<void> {
    if (!uploadIdPattern.test(uploadId)) return;
    // The key is removed first: without it the upload counts as gone, even if the rest fails.
    await rm(path.join(this.#folder, uploadId, "key"), { force: true });
    await rm(path.join(this.#folder, uploadId), { recursive: true, force: true, maxRetries: 3 });
  }

  /** Removes the uploads whose parts nobody has listed or sent for a week. */
  async #removeAbandoned(): Promise<void> {
    for (const uploadId of (await readdir(this.#folder).catch(nullWhenMissing)) ?? []) {
      const found = await stat(path.join(this.#folder, uploadId)).catch(nullWhenMissing);
      if (found && Date.now() - found.mtimeMs > abandonedAge) await this.remove(uploadId);
    }
  }

  async #open(key: string, uploadId: string): Promise<string> {
    if (!uploadIdPattern.test(uploadId)) throw noSuchUpload();
    const folder = path.join(this.#folder, uploadId);
    const owner = await readFile(path.join(folder, "key"), "utf8").catch(nullWhenMissing);
    if (owner !== key) throw noSuchUpload();
    return folder;
  }

  #temporaryFile(): string {
    return path.join(this.#temporary, randomUUID());
  }
}

/** For `catch`: a file that is missing means that the upload was completed or aborted meanwhile. */
function goneWhenMissing(error: unknown): never {
  throw isErrno(error, "ENOENT") ? noSuchUpload() : error;
}

function noSuchUpload(): StoreError {
  return new StoreError(
    "NoSuchUpload",
    "There is no such upload: it was finalized or dropped. Ask for the upload URLs again.",
  );
}
