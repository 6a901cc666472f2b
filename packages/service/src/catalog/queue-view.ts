import type { Clip } from "./clip-state.js";
import type { WorkPlace } from "./keys.js";
import { takeTurns } from "./turns.js";

/** The beginning of a list of work. */
export interface FirstPlaces {
  /** The oldest first, that which is under way too. */
  places: readonly WorkPlace[];
  /** Whether there are more behind them. */
  hasMore: boolean;
}

// Milliseconds. Many clients ask often, and a list of the work is one request to the store.
const lifetime = 2_000;

// Milliseconds that the answer about a clip waits for its place.
const longestWait = 1_000;

/**
 * Where clips are in the order of the work. The list is read once for all who ask in the same seconds,
 * and no further than its first page: to read all pages would cost more than an exact number is worth. A
 * clip is answered without its place where the list cannot be read in time.
 */
export class QueueView {
  readonly #readFirst: () => Promise<FirstPlaces>;
  readonly #now: () => number;
  #order: Promise<QueueOrder> | null = null;
  #readAt = 0;
  #isReading = false;

  constructor(readFirst: () => Promise<FirstPlaces>, now: () => number) {
    this.#readFirst = readFirst;
    this.#now = now;
  }

  /** How many pieces of work come before that on a clip; `null` where none is known. */
  async countBefore(clip: Pick<Clip, "id" | "account">): Promise<number | null> {
    const order = await Promise.race([this.#read(), wait()]).catch(() => null);
    return order?.countBefore(clip) ?? null;
  }

  #read(): Promise<QueueOrder> {
    const now = this.#now();
    const isFresh = this.#isReading || now - this.#readAt < lifetime;
    if (this.#order && isFresh) return this.#order;
    this.#readAt = now;
    this.#isReading = true;
    const order = this.#readFirst().then((first) => new QueueOrder(first));
    this.#order = order;
    order
      .catch(() => {
        this.#order = null;
      })
      .finally(() => {
        this.#isReading = false;
      });
    return order;
  }
}

function wait(): Promise<null> {
  return new Promise((resolve) => setTimeout(resolve, longestWait, null).unref());
}

/** The order of the work at one moment. */
class QueueOrder {
  readonly #before = new Map<string, number>();
  readonly #hasMore: boolean;
  /** How many pieces of work there are of each turn and of those before it. */
  readonly #untilTurn: number[] = [];
  readonly #countOf = new Map<string, number>();

  constructor({ places, hasMore }: FirstPlaces) {
    this.#hasMore = hasMore;
    for (const [index, { place, turn }] of takeTurns(places).entries()) {
      if (!this.#before.has(place.id)) this.#before.set(place.id, index);
      this.#untilTurn[turn] = index + 1;
      this.#countOf.set(place.account, turn + 1);
    }
  }

  countBefore({ id, account }: Pick<Clip, "id" | "account">): number | null {
    const known = this.#before.get(id);
    if (known !== undefined) return known;
    if (!this.#hasMore) return null;
    // It is behind the first places: the earliest turn that it can have comes after its account's last.
    const turn = this.#countOf.get(account) ?? 0;
    return this.#untilTurn[Math.min(turn, this.#untilTurn.length - 1)] ?? null;
  }
}
