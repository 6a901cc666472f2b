import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { isErrno } from "../errno.js";
import type { CallOptions, ObjectStore } from "../store/object-store.js";
import type { Lease } from "./catalog.js";
import type { JsonObjects } from "./json-objects.js";
import { prefixes, workKey, workOf } from "./keys.js";
import { namePidSpace } from "./pid-space.js";

/** Milliseconds that a lease holds. A process that works on renews it in time. */
export const leaseTime = 90_000;

const pageSize = 100;

const workSchema = v.object({
  /** Who works on it; `null` when it waits. */
  owner: v.nullable(v.object({ host: v.string(), pid: v.number(), name: v.string() })),
  /** Until when nobody else takes it, in milliseconds since 1970. */
  until: v.number(),
  attempts: v.number(),
});
type Work = v.InferOutput<typeof workSchema>;

const waiting: Work = { owner: null, until: 0, attempts: 0 };

const ownProcess = { host: namePidSpace(), pid: process.pid, name: randomUUID() };

/**
 * What has to be done after a request was answered: one object for each piece of work, which any
 * process may do. A lease keeps two from doing the same; doing it twice is harmless.
 */
export class WorkQueue {
  readonly #store: ObjectStore;
  readonly #objects: JsonObjects;
  readonly #now: () => number;

  constructor(store: ObjectStore, objects: JsonObjects, now: () => number) {
    this.#store = store;
    this.#objects = objects;
    this.#now = now;
  }

  /** Adds work, which this process has already where `isHeld` says so. */
  async add(id: string, isHeld: boolean): Promise<Lease> {
    const work = isHeld ? this.#held(0) : waiting;
    // Two requests in one millisecond would use the same key.
    for (let addedAt = this.#now(); ; addedAt += 1) {
      const key = workKey(addedAt, id);
      const etag = await this.#objects.create(key, work);
      if (etag !== null) return { id, key, etag, addedAt, isNew: true, attempts: 0 };
    }
  }

  /**
   * Adds work that was lost. Doing it again adds none until the first is done, so that what fails for
   * long is not done several times over.
   */
  async restore(id: string, addedAt: number): Promise<void> {
    await this.#objects.create(workKey(addedAt, id), waiting);
  }

  async take(limit: number, options: CallOptions = {}): Promise<Lease[]> {
    const taken: Lease[] = [];
    let startAfter: string | undefined;
    do {
      const { objects, next } = await this.#store.listObjects(prefixes.work, {
        ...options,
        maxKeys: pageSize,
        keysOnly: true,
        ...(startAfter !== undefined && { startAfter }),
      });
      for (const { key } of objects) {
        if (taken.length === limit) return taken;
        const lease = await this.#takeOne(key, options);
        if (lease) taken.push(lease);
      }
      startAfter = next ?? undefined;
    } while (startAfter !== undefined);
    return taken;
  }

  async renew(lease: Lease): Promise<Lease | null> {
    const etag = await this.#objects.replace(lease.key, this.#held(lease.attempts), lease.etag);
    return etag === null ? null : { ...lease, etag };
  }

  async giveBack(lease: Lease, delay: number): Promise<void> {
    const until = this.#now() + delay;
    const work: Work = { owner: null, until, attempts: lease.attempts + 1 };
    await this.#objects.replace(lease.key, work, lease.etag);
  }

  async finish(lease: Lease): Promise<void> {
    await this.#store.deleteObjects([lease.key]);
  }

  async #takeOne(key: string, options: CallOptions): Promise<Lease | null> {
    const work = workOf(key);
    if (!work) return null;
    // The key alone says what has to be done, so damaged work can be made anew.
    const found = await this.#objects.read(key, workSchema, { ...options, repaired: waiting });
    if (!found) return null;
    if (found.value.until > this.#now() && !isAbandoned(found.value)) return null;
    const { attempts } = found.value;
    const etag = await this.#objects.replace(key, this.#held(attempts), found.etag);
    return etag === null
      ? null
      : { id: work.id, key, etag, addedAt: work.addedAt, isNew: false, attempts };
  }

  #held(attempts: number): Work {
    return { owner: ownProcess, until: this.#now() + leaseTime, attempts };
  }
}

/** Whether the owner is a process that has verifiably ended, so that nobody need wait. */
function isAbandoned({ owner }: Work): boolean {
  if (!owner || owner.host !== ownProcess.host) return false;
  // A container that is restarted can have the same place, and its process the same id.
  if (owner.pid === ownProcess.pid) return owner.name !== ownProcess.name;
  return !isRunning(owner.pid);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isErrno(error, "ESRCH");
  }
}
