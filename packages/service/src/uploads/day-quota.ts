import PQueue from "p-queue";
import * as v from "valibot";
import type { JsonObjects } from "../catalog/json-objects.js";
import { dayOf, quotaKey } from "../catalog/keys.js";
import { HttpError } from "../http-error.js";
import type { AccountLimits, FindAccountLimits } from "../limits/account-limits.js";

const dayLength = 24 * 60 * 60 * 1000;

const usageSchema = v.object({
  /** In UTC, such as `2026-11-29`. */
  day: v.string(),
  clips: v.number(),
  bytes: v.number(),
});
type Usage = v.InferOutput<typeof usageSchema>;

export interface DayQuotaOptions {
  objects: JsonObjects;
  findLimits: FindAccountLimits;
  now: () => number;
}

/**
 * Counts what each account uploads on a day. The count of an account is one object that is changed by
 * compare-and-swap, so it is right with any number of processes, and a new day begins it anew.
 */
export class DayQuota {
  readonly #options: DayQuotaOptions;
  /** Of each account that is being counted: the requests of one process do not race each other. */
  readonly #queues = new Map<string, PQueue>();

  constructor(options: DayQuotaOptions) {
    this.#options = options;
  }

  /**
   * Counts an upload before it is begun, so that a process which ends here lets no more through. Throws
   * 429 where the day has no room for it, and 413 where no day has. Resolves to what takes it back, for
   * an upload that is not begun after all.
   */
  async take(account: string, size: number): Promise<() => Promise<void>> {
    const limits = this.#options.findLimits(account);
    const { bytesPerDay, clipsPerDay } = limits;
    if (bytesPerDay === undefined && clipsPerDay === undefined) return async () => {};
    const today = dayOf(this.#options.now());
    // The clock of another process may be a little ahead, so this can be the day after.
    let counted = today;
    await this.#change(account, (known) => {
      const used = known && this.#isOfToday(known) ? known : { day: today, clips: 0, bytes: 0 };
      requireRoom(used, size, limits, this.#options.now());
      counted = used.day;
      return { day: counted, clips: used.clips + 1, bytes: used.bytes + size };
    });
    return () =>
      this.#change(account, (known) => {
        // On another day it counts no more.
        if (known?.day !== counted) return null;
        return { day: counted, clips: known.clips - 1, bytes: known.bytes - size };
      });
  }

  /** A day further ahead comes from a clock that was wrong, and must not hold for as long. */
  #isOfToday({ day }: Usage): boolean {
    const now = this.#options.now();
    return day === dayOf(now) || day === dayOf(now + dayLength);
  }

  /** @param change makes the next count of the last one; `null` leaves it */
  async #change(account: string, change: (known: Usage | null) => Usage | null): Promise<void> {
    const queue = this.#queues.get(account) ?? new PQueue({ concurrency: 1 });
    this.#queues.set(account, queue);
    try {
      await queue.add(() => this.#swap(quotaKey(account), change));
    } finally {
      if (queue.size === 0 && queue.pending === 0) this.#queues.delete(account);
    }
  }

  async #swap(key: string, change: (known: Usage | null) => Usage | null): Promise<void> {
    const { objects } = this.#options;
    for (;;) {
      const known = await objects.read(key, usageSchema);
      const next = change(known?.value ?? null);
      if (next === null) return;
      const stored = known
        ? await objects.replace(key, next, known.etag)
        : await objects.create(key, next);
      if (stored !== null) return;
    }
  }
}

function requireRoom(used: Usage, size: number, limits: AccountLimits, now: number): void {
  const { bytesPerDay = Infinity, clipsPerDay = Infinity } = limits;
  if (size > bytesPerDay) {
    throw new HttpError(
      413,
      `size: over the ${bytesPerDay} bytes that this account has for a day.`,
    );
  }
  const left = bytesPerDay - used.bytes;
  if (used.clips < clipsPerDay && size <= left) return;
  const reason =
    used.clips >= clipsPerDay
      ? `has begun its ${count(clipsPerDay, "upload")} of today`
      : `has ${left} of its ${count(bytesPerDay, "byte")} of today left, and the file has ${size}`;
  const seconds = Math.ceil((Date.parse(used.day) + dayLength - now) / 1000);
  throw new HttpError(429, `This account ${reason}. The next day begins at midnight, UTC.`, {
    "Retry-After": String(seconds),
  });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
