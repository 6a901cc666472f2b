import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { isErrno } from "../errno.js";
import type { CallOptions, ObjectStore } from "../store/object-store.js";
import type { Lease, NewWork, TakeOptions, WorkList } from "./catalog.js";
import type { Clip } from "./clip-state.js";
import type { JsonObjects } from "./json-objects.js";
import { type WorkPlace, workKey, workOf } from "./keys.js";
import { namePidSpace } from "./pid-space.js";
import { type FirstPlaces, QueueView } from "./queue-view.js";
import { takeTurns } from "./turns.js";

/** Milliseconds that a lease holds. A process that works on renews it in time. */
export const leaseTime = 90_000;

// Milliseconds.
const clockSkew = 2_000;

const workSchema = v.object({
  /** Who works on it; `null` when it waits. */
  owner: v.nullable(v.object({ host: v.string(), pid: v.number(), name: v.string() })),
  /** Until when nobody else takes it, in milliseconds since 1970. */
  until: v.number(),
  attempts: v.number(),
  /** Whether the owner has begun the part of the work that can end its process. */
  isBegun: v.optional(v.boolean(), false),
  /** How many owners have ended after that. */
  ends: v.optional(v.number(), 0),
  payload: v.optional(v.nullable(v.string()), null),
});
type Work = v.InferOutput<typeof workSchema>;

const waiting: Work = {
  ...{ owner: null, until: 0, attempts: 0, isBegun: false, ends: 0, payload: null },
};

type ClipName = Pick<Clip, "id" | "account">;

interface KeyedPlace extends WorkPlace {
  key: string;
}

const ownProcess = { host: namePidSpace(), pid: process.pid, name: randomUUID() };

/**
 * What has to be done after a request was answered: one object for each piece of work, which any
 * process may do. A lease keeps two from doing the same; doing it twice is harmless.
 */
export class WorkQueue implements WorkList {
  readonly #store: ObjectStore;
  readonly #objects: JsonObjects;
  readonly #prefix: string;
  readonly #now: () => number;
  readonly #view: QueueView;
  /** Until when work waits that nobody has, by its key: nobody takes it earlier, so it is not read again. */
  readonly #delayed = new Map<string, number>();

  /** `prefix` is that of the keys, one for each kind of work. */
  constructor(store: ObjectStore, objects: JsonObjects, prefix: string, now: () => number) {
    this.#store = store;
    this.#objects = objects;
    this.#prefix = prefix;
    this.#now = now;
    this.#view = new QueueView(() => this.#readFirst(), now);
  }

  async add({ id, account, payload = null, at }: NewWork, isHeld: boolean): Promise<Lease> {
    const first = { attempts: 0, ends: 0, payload };
    const work = isHeld ? this.#held(first, false) : { ...waiting, payload };
    // Two requests in one millisecond would use the same key.
    for (let addedAt = at ?? this.#now(); ; addedAt += 1) {
      const key = workKey(this.#prefix, { addedAt, id, account });
      const etag = await this.#objects.create(key, work);
      if (etag !== null) return { id, account, key, etag, addedAt, isNew: true, ...first };
    }
  }

  async restore({ id, account }: ClipName, addedAt: number): Promise<void> {
    const key = workKey(this.#prefix, { addedAt, id, account });
    if (!(await this.#store.headObject(key))) await this.#objects.create(key, waiting);
  }

  async take(
    limit: number,
    { busy = [], onlyOthers = false, ...options }: TakeOptions = {},
  ): Promise<Lease[]> {
    const taken: Lease[] = [];
    let startAfter: string | undefined;
    this.#forgetDue();
    do {
      const { objects, next } = await this.#store.listObjects(this.#prefix, {
        ...options,
        keysOnly: true,
        ...(startAfter !== undefined && { startAfter }),
      });
      const now = this.#now();
      const places = objects.flatMap(({ key }) => this.#placeOf(key) ?? []);
      // The clocks of two machines differ: what was added there a moment ago is due.
      const waiting = places.filter(
        ({ key, addedAt }) => addedAt <= now + clockSkew && !this.#delayed.has(key),
      );
      for (const { place } of takeTurns(waiting, busy, onlyOthers)) {
        if (taken.length === limit) return taken;
        const lease = await this.#takeOne(place, options);
        if (lease) taken.push(lease);
      }
      startAfter = next ?? undefined;
    } while (startAfter !== undefined);
    return taken;
  }

  async renew(lease: Lease, isBegun: boolean): Promise<Lease | null> {
    const etag = await this.#objects.replace(lease.key, this.#held(lease, isBegun), lease.etag);
    return etag === null ? null : { ...lease, etag };
  }

  async giveBack(lease: Lease, delay: number, isAttempt = false): Promise<void> {
    const until = this.#now() + delay;
    const attempts = lease.attempts + (isAttempt ? 1 : 0);
    const work: Work = { ...waiting, until, attempts, payload: lease.payload };
    if (await this.#objects.replace(lease.key, work, lease.etag)) this.#noteDelay(lease.key, work);
  }

  async finish(lease: Lease): Promise<void> {
    await this.#store.deleteObjects([lease.key]);
  }

  countBefore(clip: ClipName): Promise<number | null> {
    return this.#view.countBefore(clip);
  }

  async count(options: CallOptions = {}): Promise<number> {
    return (await this.#readFirst(options)).places.length;
  }

  async countOf(
    account: string,
    options: CallOptions = {},
  ): Promise<{ count: number; isAll: boolean }> {
    const { places, hasMore } = await this.#readFirst(options);
    const own = places.filter((place) => place.account === account);
    return { count: own.length, isAll: !hasMore };
  }

  async #readFirst(options: CallOptions = {}): Promise<FirstPlaces> {
    const { objects, next } = await this.#store.listObjects(this.#prefix, {
      ...options,
      keysOnly: true,
    });
    const places = objects.flatMap(({ key }) => this.#placeOf(key) ?? []);
    return { places, hasMore: next !== null };
  }

  /** What somebody has is read each time: its owner may have ended. */
  #noteDelay(key: string, { owner, until }: Work): void {
    if (!owner) this.#delayed.set(key, until);
  }

  #forgetDue(): void {
    const now = this.#now();
    for (const [key, until] of this.#delayed) if (until <= now) this.#delayed.delete(key);
  }

  #placeOf(key: string): KeyedPlace | null {
    const place = workOf(this.#prefix, key);
    return place && { key, ...place };
  }

  async #takeOne({ key, ...place }: KeyedPlace, options: CallOptions): Promise<Lease | null> {
    // The key alone says what has to be done, so damaged work can be made anew.
    const found = await this.#objects.read(key, workSchema, { ...options, repaired: waiting });
    if (!found) return null;
    if (found.value.until > this.#now() && !isAbandoned(found.value)) {
      this.#noteDelay(key, found.value);
      return null;
    }
    const { owner, attempts, isBegun, payload } = found.value;
    const ends = found.value.ends + (owner && isBegun ? 1 : 0);
    const held = this.#held({ attempts, ends, payload }, false);
    const etag = await this.#objects.replace(key, held, found.etag);
    return etag === null ? null : { ...place, key, etag, isNew: false, attempts, ends, payload };
  }

  #held(
    { attempts, ends, payload }: Pick<Lease, "attempts" | "ends" | "payload">,
    isBegun: boolean,
  ): Work {
    return { owner: ownProcess, until: this.#now() + leaseTime, attempts, isBegun, ends, payload };
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
