import type { CallOptions, ObjectStore } from "../store/object-store.js";
import type { ClosedPullRequestIndex } from "./catalog.js";
import { closedKey, closedPrefix } from "./keys.js";

// Milliseconds. No CI system runs a job that was begun, or may be run again, longer ago.
const closedFor = 90 * 24 * 60 * 60 * 1000;
// Their names are spread evenly, so that all of them are looked at in time.
const neighboursPerClosing = 20;

/**
 * An empty object for each pull request that is closed. Not where the clips of pull requests are listed,
 * as most of these have none.
 */
export class ClosedPullRequests implements ClosedPullRequestIndex {
  readonly #store: ObjectStore;
  readonly #now: () => number;

  constructor(store: ObjectStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async record(account: string, address: string, isClosed: boolean): Promise<void> {
    const key = closedKey(account, address);
    if (!isClosed) return this.#store.deleteObjects([key]);
    await this.#store.putObject(key, "");
    const { objects } = await this.#store.listObjects(closedPrefix(account), {
      startAfter: key,
      maxKeys: neighboursPerClosing,
    });
    const old = objects.filter(({ lastModified }) => this.#isOld(lastModified));
    if (old.length > 0) await this.#store.deleteObjects(old.map((object) => object.key));
  }

  async isClosed(account: string, address: string, options: CallOptions = {}): Promise<boolean> {
    return (await this.#store.headObject(closedKey(account, address), options)) !== null;
  }

  #isOld(time: Date | undefined): boolean {
    return time !== undefined && this.#now() - time.getTime() > closedFor;
  }
}
