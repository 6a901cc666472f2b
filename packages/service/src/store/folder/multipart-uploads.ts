import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { isErrno } from "../../errno.js";
import type {
  CompletedPart,
  PartRequest,
  StoredPart,
  UploadLayout,
  UploadList,
  UploadListOptions,
} from "../object-store.js";
import { StoreError } from "../store-error.js";
import {
  moveBelow,
  type StoreFolders,
  syncFolder,
  syncFolderBelow,
  writeDurably,
} from "./durable-files.js";
import { nullWhenMissing } from "./file-errors.js";
import type { FreeSpace } from "./free-space.js";
import { checkContentLength, parseContentMd5 } from "./part-body.js";
import type { SignedPart } from "./part-url.js";
import { PartWriter, type RunAlone } from "./part-writer.js";
import {
  checkParts,
  checkPartsAgain,
  contentFile,
  countParts,
  encodeFacts,
  factsFile,
  goneWhenMissing,
  noSuchUpload,
  partLength,
  readParts,
  readUploadFolder,
  type UploadFolder,
  uploadIdPattern,
} from "./upload-folder.js";

const listLimit = 1000;

/**
 * The open multipart uploads: `uploads/<id>/` holds `upload.json` (what the upload is for), `content`
 * (the bytes of all parts, each at its offset) and `parts` (which parts are stored). Completing an
 * upload moves `content` to the object's path, so no byte is copied.
 */
export class MultipartUploads {
  readonly #folders: StoreFolders;
  readonly #freeSpace: FreeSpace;
  readonly #onDamage: (what: string) => void;
  /** By upload and part: what an attempt does at this moment. */
  readonly #working = new Map<string, Promise<unknown>>();

  constructor(folders: StoreFolders, freeSpace: FreeSpace, onDamage: (what: string) => void) {
    this.#folders = folders;
    this.#freeSpace = freeSpace;
    this.#onDamage = onDamage;
  }

  async create(key: string, layout: UploadLayout): Promise<string> {
    const uploadId = randomUUID();
    const temporary = path.join(this.#folders.temporary, uploadId);
    await mkdir(temporary);
    try {
      await writeFile(contentFile(temporary), "");
      await writeDurably(factsFile(temporary), [encodeFacts(key, layout)]);
      await syncFolder(temporary);
      await rename(temporary, this.#folderOf(uploadId));
      await syncFolder(this.#folders.uploads);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
    return uploadId;
  }

  async listParts(key: string, uploadId: string): Promise<StoredPart[]> {
    return readParts(await this.#open(key, uploadId));
  }

  /** Stores a part whose URL has been verified, and returns its ETag. */
  async writePart(part: SignedPart, request: PartRequest): Promise<string> {
    checkContentLength(part, request);
    const promisedMd5 = parseContentMd5(request.contentMd5, part.partNumber);
    const upload = await this.#open(part.key, part.uploadId);
    if (part.contentLength !== expectedLength(upload, part.partNumber)) {
      throw new StoreError("AccessDenied", `The upload has no part ${part.partNumber} like this.`);
    }
    const signal = request.signal ?? new AbortController().signal;
    const runAlone = this.#lockPart(part);
    const { temporary } = this.#folders;
    const freeSpace = this.#freeSpace;
    const writer = await PartWriter.open({ upload, part, temporary, freeSpace, runAlone });
    try {
      return await writer.write(request.body, promisedMd5, signal);
    } finally {
      await writer.close();
    }
  }

  /** Joins the parts into the file of an object. */
  async complete(
    key: string,
    uploadId: string,
    parts: CompletedPart[],
    file: string,
  ): Promise<void> {
    const upload = await this.#open(key, uploadId);
    const checked = await checkParts(upload, parts);
    const content = contentFile(upload.folder);
    await syncContent(content);
    await moveBelow(this.#folders.objects, file, () => moveContent(content, file));
    try {
      // A part that is claimed after the content has moved is never written. One that was claimed
      // between the check and the move shows now.
      await checkPartsAgain(upload, parts, checked, file);
    } catch (error) {
      if (await moveBack(file, content)) throw error;
      // The upload was aborted at the same time, a moment after its content had become the object.
    }
    await syncFolderBelow(this.#folders.uploads, upload.folder);
    // The upload counts as completed without its content; `removeLeftovers` removes what remains.
    await this.#discard(uploadId).catch(() => {});
  }

  async abort(key: string, uploadId: string): Promise<void> {
    if (!uploadIdPattern.test(uploadId)) return;
    const upload = await readUploadFolder(this.#folderOf(uploadId));
    if (upload === null || (upload !== "damaged" && upload.key !== key)) {
      await stat(this.#folders.uploads);
      return;
    }
    await this.#discard(uploadId);
  }

  /**
   * A page of the open uploads, in the order of their ids, which is as good as any for a sweep and
   * needs no index. A page looks at no more uploads than it may return, so it can be short, or empty,
   * although there is a next one.
   */
  async list(prefix: string, options: UploadListOptions): Promise<UploadList> {
    const { after = "", maxUploads = listLimit, signal } = options;
    const limit = Math.min(maxUploads, listLimit);
    const ids = (await readdir(this.#folders.uploads))
      .filter((name) => uploadIdPattern.test(name) && name > after)
      .sort();
    const page = ids.slice(0, limit);
    const list: UploadList = {
      uploads: [],
      next: ids.length > limit ? (page.at(-1) ?? null) : null,
    };
    for (const uploadId of page) {
      signal?.throwIfAborted();
      const upload = await this.#read(uploadId);
      if (!upload?.key.startsWith(prefix)) continue;
      list.uploads.push({ key: upload.key, uploadId, initiated: upload.initiated });
    }
    return list;
  }

  /** Keeps the attempts of this process to store one part from writing at the same time. */
  #lockPart({ uploadId, partNumber }: SignedPart): RunAlone {
    const name = `${uploadId}/${partNumber}`;
    return async (work) => {
      const before = this.#working.get(name) ?? Promise.resolve();
      const current = before.then(work, work);
      this.#working.set(name, current);
      try {
        return await current;
      } finally {
        if (this.#working.get(name) === current) this.#working.delete(name);
      }
    };
  }

  async #open(key: string, uploadId: string): Promise<UploadFolder> {
    const upload = uploadIdPattern.test(uploadId) ? await this.#read(uploadId) : null;
    if (upload?.key === key) return upload;
    // Where the folder of the store is gone, so is every upload; that is another failure.
    await stat(this.#folders.uploads);
    throw noSuchUpload();
  }

  async #read(uploadId: string): Promise<UploadFolder | null> {
    const upload = await readUploadFolder(this.#folderOf(uploadId));
    if (upload !== "damaged") return upload;
    this.#onDamage(
      `The upload ${uploadId} is damaged: its upload.json cannot be read. It is ignored, and ` +
        "removed when it is a day old.",
    );
    return null;
  }

  /** Removes an upload: at once by renaming it, and then its files. */
  async #discard(uploadId: string): Promise<void> {
    const temporary = path.join(this.#folders.temporary, randomUUID());
    try {
      await rename(this.#folderOf(uploadId), temporary);
    } catch (error) {
      if (!isErrno(error, "ENOENT")) throw error;
    }
    await syncFolder(this.#folders.uploads);
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
  }

  #folderOf(uploadId: string): string {
    return path.join(this.#folders.uploads, uploadId);
  }
}

/** Bytes of a part; -1 where the upload has no such part. */
function expectedLength(upload: UploadFolder, partNumber: number): number {
  const exists = Number.isInteger(partNumber) && partNumber >= 1;
  return exists && partNumber <= countParts(upload) ? partLength(upload, partNumber) : -1;
}

/** Puts the content on disk. Its parts are there already, so this costs nothing. */
async function syncContent(content: string): Promise<void> {
  const handle = await open(content, "r+").catch(goneWhenMissing);
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** Undoes the move. Returns `false` where the upload is gone. */
async function moveBack(file: string, content: string): Promise<boolean> {
  try {
    await rename(file, content);
    return true;
  } catch (error) {
    nullWhenMissing(error);
    return false;
  }
}

/** Moves the content to the object's path. Of two calls at once one finds it gone. */
async function moveContent(content: string, file: string): Promise<void> {
  try {
    await rename(content, file);
  } catch (error) {
    if (isErrno(error, "ENOENT")) await stat(content).catch(goneWhenMissing);
    throw error;
  }
}
