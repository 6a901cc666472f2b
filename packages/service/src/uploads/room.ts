import { HttpError } from "../http-error.js";
import type { ObjectStore } from "../store/object-store.js";

/** Sees to it that an upload is not begun that the store has no room for. */
export class Room {
  readonly #store: ObjectStore;
  readonly #makeRoom: () => Promise<void>;

  /** `makeRoom` deletes what nobody needs any more. */
  constructor(store: ObjectStore, makeRoom: () => Promise<void>) {
    this.#store = store;
    this.#makeRoom = makeRoom;
  }

  /** Throws 507, with the bytes that are missing, when `size` bytes have no room. */
  async require(size: number): Promise<void> {
    if (!(await this.#missing(size))) return;
    await this.#makeRoom();
    const missing = await this.#missing(size);
    if (!missing) return;
    throw new HttpError(
      507,
      `The store has no room for this file: ${missing} bytes are missing. ` +
        "Delete clips, or give it a larger disk.",
    );
  }

  async #missing(size: number): Promise<number> {
    const free = await this.#store.freeSpace?.();
    return free === undefined ? 0 : Math.max(0, size - free);
  }
}
