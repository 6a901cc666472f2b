import type { CallOptions, ObjectStore } from "../store/object-store.js";
import type {
  Catalog,
  ClipPage,
  ClipRecord,
  NameRequest,
  PageRequest,
  Reminder,
  WorkList,
} from "./catalog.js";
import { ClipGroups } from "./clip-groups.js";
import { ClipIndex } from "./clip-index.js";
import { type Clip, type ClipState, clipStateSchema } from "./clip-state.js";
import { ClosedPullRequests } from "./closed-pull-requests.js";
import type { ComparisonState } from "./comparison-state.js";
import { type DamageListener, JsonObjects } from "./json-objects.js";
import { clipPrefix, type IndexPlace, indexRoot, prefixes, stateKey } from "./keys.js";
import { Reminders } from "./reminders.js";
import { WorkQueue } from "./work-queue.js";

/** Milliseconds. For what is pending for less, nobody looks whether its work is there. */
const usualWait = 10_000;

export interface StoreCatalogOptions {
  store: ObjectStore;
  /** Called with each object that is damaged, and was put aside. */
  onDamage: DamageListener;
  /**
   * Milliseconds since 1970.
   *
   * @default Date.now
   */
  now?: () => number;
}

/**
 * The catalog in the object store itself, so that there is no database to operate. Every change is
 * one object that is written under a condition, so any number of processes can use it at once.
 */
export class StoreCatalog implements Catalog {
  readonly pullRequests: ClipGroups;
  readonly closedPullRequests: ClosedPullRequests;
  readonly runs: ClipGroups;
  readonly compared: ClipGroups;
  readonly verifications: WorkList;
  readonly renditions: WorkList;
  readonly deliveries: WorkList;
  readonly comparisons: WorkList;
  readonly #store: ObjectStore;
  readonly #objects: JsonObjects;
  readonly #index: ClipIndex;
  readonly #reminders: Reminders;
  readonly #now: () => number;

  constructor({ store, onDamage, now = Date.now }: StoreCatalogOptions) {
    this.#store = store;
    this.#now = now;
    this.#objects = new JsonObjects(store, onDamage);
    this.#index = new ClipIndex(store, (id, options) => this.read(id, options), now);
    this.pullRequests = new ClipGroups(store, "pulls");
    this.closedPullRequests = new ClosedPullRequests(store, now);
    this.runs = new ClipGroups(store, "runs");
    this.compared = new ClipGroups(store, "compared");
    this.verifications = new WorkQueue(store, this.#objects, prefixes.work, now);
    this.renditions = new WorkQueue(store, this.#objects, prefixes.renditions, now);
    this.deliveries = new WorkQueue(store, this.#objects, prefixes.deliveries, now);
    this.comparisons = new WorkQueue(store, this.#objects, prefixes.comparisons, now);
    this.#reminders = new Reminders(store, now);
  }

  async read(id: string, options: CallOptions = {}): Promise<ClipRecord | null> {
    const found = await this.#objects.read(stateKey(id), clipStateSchema, options);
    return found && { state: found.value, etag: found.etag };
  }

  async create(state: ClipState): Promise<ClipRecord | null> {
    const etag = await this.#objects.create(stateKey(state.id), state);
    return etag === null ? null : { state, etag };
  }

  async replace(record: ClipRecord, state: ClipState): Promise<ClipRecord | null> {
    const etag = await this.#objects.replace(stateKey(state.id), state, record.etag);
    return etag === null ? null : { state, etag };
  }

  /** Where the engine cannot delete under a condition the state stays, and says `deleted`. */
  async forget({ state, etag }: ClipRecord): Promise<void> {
    await this.#store.deleteIfMatch?.(stateKey(state.id), etag);
  }

  enter(clip: Clip): Promise<void> {
    return this.#index.enter(clip);
  }

  reenter(clip: Clip): Promise<void> {
    return this.#index.reenter(clip);
  }

  strike(clip: IndexPlace & { account: string }): Promise<void> {
    return this.#index.strike(clip.account, clip);
  }

  list(account: string, page: PageRequest, options?: CallOptions): Promise<ClipPage> {
    return this.#index.list(account, page, options);
  }

  countOlder(account: string, time: number, options?: CallOptions) {
    return this.#index.countOlder(account, time, options);
  }

  async *accounts(options: CallOptions = {}): AsyncGenerator<string> {
    for await (const prefix of this.#prefixes(indexRoot, null, options)) {
      yield prefix.slice(indexRoot.length, -1);
    }
  }

  search(account: string, request: NameRequest, options?: CallOptions): Promise<ClipPage> {
    return this.#index.search(account, request, options);
  }

  async restoreWork(clip: Clip): Promise<void> {
    const { status, createdOn, playback } = clip;
    const addedAt = Date.parse(createdOn);
    if (status === "pending" && this.#now() - addedAt >= usualWait) {
      await this.verifications.restore(clip, addedAt);
    }
    if (status === "available" && playback.kind === "waiting") {
      await this.renditions.restore(clip, addedAt);
    }
  }

  async restoreComparison(clip: Clip, { status, askedOn }: ComparisonState): Promise<void> {
    const askedAt = Date.parse(askedOn);
    if (status === "pending" && this.#now() - askedAt >= usualWait) {
      await this.comparisons.restore(clip, askedAt);
    }
  }

  remind(id: string, time: number): Promise<void> {
    return this.#reminders.add(id, time);
  }

  dueReminders(options?: CallOptions): AsyncGenerator<Reminder> {
    return this.#reminders.due(options);
  }

  dropReminders(reminders: readonly Reminder[]): Promise<void> {
    return this.#reminders.drop(reminders);
  }

  async *ids(after: string | null, options: CallOptions = {}): AsyncGenerator<string> {
    // "~" comes after everything that a key can have.
    const startAfter = after === null ? null : `${clipPrefix(after)}~`;
    for await (const prefix of this.#prefixes(prefixes.clips, startAfter, options)) {
      yield prefix.slice(prefixes.clips.length, -1);
    }
  }

  /** What is directly below a prefix, up to the next slash. */
  async *#prefixes(
    root: string,
    after: string | null,
    options: CallOptions,
  ): AsyncGenerator<string> {
    let startAfter = after;
    do {
      const { prefixes: found, next } = await this.#store.listObjects(root, {
        ...options,
        delimiter: "/",
        ...(startAfter !== null && { startAfter }),
      });
      yield* found;
      startAfter = next;
    } while (startAfter !== null);
  }
}
