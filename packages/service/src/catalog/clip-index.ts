import { hasInName } from "@clipcourier/core/wire";
import type { CallOptions, ObjectStore } from "../store/object-store.js";
import type { ClipPage, ClipRecord, NameRequest, PageRequest } from "./catalog.js";
import { type Clip, toClip } from "./clip-state.js";
import { type IndexPlace, indexKey, indexPrefix, placeOf } from "./keys.js";

// Counting up to this many costs one request; a longer list is not counted.
const countLimit = 1_000;
const readsAtOnce = 16;
// A search reads the state of each clip that it looks at.
const lookLimit = 200;

type ReadState = (id: string, options: CallOptions) => Promise<ClipRecord | null>;

const day = 24 * 60 * 60 * 1000;

/** The lists of clips: an empty object for each clip, whose key puts the newest first. */
export class ClipIndex {
  readonly #store: ObjectStore;
  readonly #read: ReadState;
  readonly #now: () => number;

  constructor(store: ObjectStore, read: ReadState, now: () => number) {
    this.#store = store;
    this.#read = read;
    this.#now = now;
  }

  async enter(clip: Clip): Promise<void> {
    await this.#store.putObject(indexKey(clip.account, clip), "");
  }

  async reenter(clip: Clip): Promise<void> {
    if (!(await this.#store.headObject(indexKey(clip.account, clip)))) await this.enter(clip);
  }

  async strike(account: string, place: IndexPlace): Promise<void> {
    await this.#store.deleteObjects([indexKey(account, place)]);
  }

  /**
   * A page of an account's clips. An entry whose clip is gone is left out, and the page is filled
   * with those after it.
   */
  async list(account: string, page: PageRequest, options: CallOptions = {}): Promise<ClipPage> {
    const { count, page: number, after } = page;
    const skipped = (number - 1) * count;
    const found = await this.#findPlaces(account, after, skipped + count, options);
    const places = found.places.slice(skipped, skipped + count);
    const clips = await this.#readClips(account, places, options);
    let last = places.at(-1);
    let isEnd = found.isEnd && found.places.length <= skipped + count;
    while (clips.length < count && !isEnd && last) {
      const more = await this.#findPlaces(account, cursorOf(last), count - clips.length, options);
      const some = more.places.slice(0, count - clips.length);
      clips.push(...(await this.#readClips(account, some, options)));
      isEnd = more.isEnd && some.length === more.places.length;
      last = some.at(-1) ?? last;
    }
    const total = after === null && found.isEnd ? found.places.length : null;
    return { clips, next: isEnd || !last ? null : cursorOf(last), total };
  }

  /** How many clips were made before a time; as many as one request counts at most. */
  async countOlder(
    account: string,
    time: number,
    options: CallOptions = {},
  ): Promise<{ count: number; isAll: boolean }> {
    const createdOn = new Date(Math.max(0, time)).toISOString();
    const { objects, next } = await this.#store.listObjects(indexPrefix(account), {
      ...options,
      maxKeys: countLimit,
      keysOnly: true,
      // After every id of that time.
      startAfter: indexKey(account, { createdOn, id: "~" }),
    });
    return { count: objects.length, isAll: next === null };
  }

  /** A page of the clips with this in their names, among the first 200 that come after its beginning. */
  async search(
    account: string,
    { name, count, after }: NameRequest,
    options: CallOptions = {},
  ): Promise<ClipPage> {
    const found = await this.#findPlaces(account, after, lookLimit, options, false);
    const places = found.places.slice(0, lookLimit);
    const clips: Clip[] = [];
    let seen = 0;
    while (seen < places.length && clips.length < count) {
      const some = places.slice(seen, seen + readsAtOnce);
      const read = await this.#readClips(account, some, options);
      const matching = read.filter(
        ({ filename }) => filename !== null && hasInName(filename, name),
      );
      const taken = matching.slice(0, count - clips.length);
      clips.push(...taken);
      // Where the page is full before the last one that was read, it goes on after its own last clip.
      const last = taken.length < matching.length ? taken.at(-1)?.id : some.at(-1)?.id;
      seen += some.findIndex(({ id }) => id === last) + 1;
    }
    const last = places[seen - 1];
    const isEnd = found.isEnd && seen === found.places.length;
    return { clips, next: isEnd || !last ? null : cursorOf(last), total: null };
  }

  /**
   * At least `wanted` places, or all that there are.
   *
   * @param isCounted whether more are listed than wanted, to count them
   */
  async #findPlaces(
    account: string,
    after: string | null,
    wanted: number,
    options: CallOptions,
    isCounted: boolean = after === null,
  ): Promise<{ places: IndexPlace[]; isEnd: boolean }> {
    const places: IndexPlace[] = [];
    let startAfter = after === null ? undefined : keyOf(account, after);
    do {
      const maxKeys = isCounted ? countLimit : Math.min(wanted + 1, countLimit);
      const listed = await this.#store.listObjects(indexPrefix(account), {
        ...options,
        maxKeys,
        keysOnly: true,
        ...(startAfter !== undefined && { startAfter }),
      });
      for (const { key } of listed.objects) {
        const place = placeOf(account, key);
        if (place) places.push(place);
      }
      if (listed.next === null) return { places, isEnd: true };
      startAfter = listed.next;
    } while (places.length < wanted);
    return { places, isEnd: false };
  }

  async #readClips(
    account: string,
    places: readonly IndexPlace[],
    options: CallOptions,
  ): Promise<Clip[]> {
    const clips: Clip[] = [];
    const stale: string[] = [];
    for (let start = 0; start < places.length; start += readsAtOnce) {
      const some = places.slice(start, start + readsAtOnce);
      const records = await Promise.all(some.map(({ id }) => this.#read(id, options)));
      for (const [index, place] of some.entries()) {
        const clip = toClip(records[index]?.state);
        const isCurrent = clip?.account === account && clip.createdOn === place.createdOn;
        if (clip && isCurrent) clips.push(clip);
        else if (this.#isOld(place)) stale.push(indexKey(account, place));
      }
    }
    // The list is right without that. The next one tries again.
    if (stale.length > 0) await this.#store.deleteObjects(stale).catch(() => {});
    return clips;
  }

  /** A younger entry may be of a clip that is recorded or deleted at this moment. */
  #isOld({ createdOn }: IndexPlace): boolean {
    return this.#now() - Date.parse(createdOn) > day;
  }
}

const cursorPattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z),([\w-]{24})$/;

/** A page's `next` in the words of a client: where it has got to. */
function cursorOf({ createdOn, id }: IndexPlace): string {
  return `${createdOn},${id}`;
}

/** Whether a text is a cursor that a page can begin after. */
export function isCursor(text: string): boolean {
  const match = cursorPattern.exec(text);
  return match !== null && !Number.isNaN(Date.parse(match[1] ?? ""));
}

function keyOf(account: string, cursor: string): string {
  const [createdOn = "", id = ""] = cursor.split(",");
  return indexKey(account, { createdOn, id });
}
