import { randomUUID } from "node:crypto";
import type { BigIntStats } from "node:fs";
import { open, rename, rm, unlink } from "node:fs/promises";
import path from "node:path";
import { isErrno } from "../../errno.js";
import { moveBelow, type StoreFolders, syncFile, writeDurably } from "./durable-files.js";
import { nullWhenMissing } from "./file-errors.js";
import type { OpenObjectFile } from "./object-file.js";

/**
 * Objects that are stored without a condition: `objects/<key>` is the object's file, which is replaced
 * as a whole by renaming.
 */
export class PlainObjects {
  readonly #folders: StoreFolders;

  constructor(folders: StoreFolders) {
    this.#folders = folders;
  }

  async open(file: string): Promise<OpenObjectFile | null> {
    const handle = await open(file).catch(nullWhenMissing);
    if (!handle) return null;
    try {
      const stats = await handle.stat({ bigint: true });
      if (stats.isFile()) {
        return { path: file, handle, stats, offset: 0, isVersion: false, ...factsOf(stats) };
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    // A folder: it holds the keys that begin with this one.
    await handle.close();
    return null;
  }

  async put(file: string, content: Uint8Array | string): Promise<string> {
    const temporary = path.join(this.#folders.temporary, randomUUID());
    try {
      const stats = await writeDurably(temporary, [content]);
      await moveBelow(this.#folders.objects, file, () => rename(temporary, file));
      return factsOf(stats).etag;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Moves the file that `write` has written to the object's place. No byte is copied. */
  async putFile(
    file: string,
    write: (path: string) => Promise<boolean>,
    signal: AbortSignal | undefined,
  ): Promise<number | null> {
    const temporary = path.join(this.#folders.temporary, randomUUID());
    try {
      if (!(await write(temporary))) return null;
      signal?.throwIfAborted();
      const { size } = await syncFile(temporary);
      await moveBelow(this.#folders.objects, file, () => rename(temporary, file));
      return size;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Deletes an object. The caller puts the deletion on disk. */
  async delete(file: string): Promise<void> {
    try {
      await unlink(file);
    } catch (error) {
      // EISDIR and, on macOS, EPERM: a folder, which is no object.
      if (!isErrno(error, "ENOENT", "ENOTDIR", "EISDIR", "EPERM")) throw error;
    }
  }
}

/**
 * Facts of a plain object's file. Its ETag tells two files apart, not two contents: it is made of the
 * file's number, size and time.
 */
function factsOf(stats: BigIntStats) {
  const { ino, size, mtimeNs } = stats;
  return {
    size: Number(size),
    etag: `"${ino.toString(16)}-${size.toString(16)}-${mtimeNs.toString(16)}"`,
    lastModified: stats.mtime,
  };
}
