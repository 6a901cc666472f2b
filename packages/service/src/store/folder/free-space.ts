import { statfs } from "node:fs/promises";
import type { StoreFolders } from "./durable-files.js";
import { storeIsFull } from "./file-errors.js";

// A hundredth of a small disk, so that it can be used at all.
const largestReserve = 64 * 1024 * 1024;
const reservedShare = 0.01;

/**
 * The room that parts may take. They do not get the last of the disk: deleting a clip writes its
 * state first, so on a disk that is full to the end nobody could make room again.
 */
export class FreeSpace {
  readonly #folders: StoreFolders;
  /** Bytes of the writes that are under way. */
  #writing = 0;

  constructor(folders: StoreFolders) {
    this.#folders = folders;
  }

  /** Bytes. */
  async read(): Promise<number> {
    const { bavail, blocks, bsize } = await statfs(this.#folders.objects);
    const reserve = Math.min(largestReserve, blocks * bsize * reservedShare);
    return Math.max(0, Math.floor(bavail * bsize - reserve));
  }

  /** Writes `size` bytes of a part. Throws `StoreFullError` where they have no room. */
  async use(size: number, write: () => Promise<void>): Promise<void> {
    this.#writing += size;
    // Before the disk is asked: what has ended by then is counted there.
    const writing = this.#writing;
    try {
      if ((await this.read()) < writing) throw storeIsFull(this.#folders.root);
      await write();
    } finally {
      this.#writing -= size;
    }
  }
}
