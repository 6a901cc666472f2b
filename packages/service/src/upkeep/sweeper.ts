import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import type { Logger } from "pino";
import type { Catalog, Reminder } from "../catalog/catalog.js";
import { prefixes } from "../catalog/keys.js";
import type { ObjectStore } from "../store/object-store.js";
import type { Tidying } from "./tidying.js";

const sweepInterval = 60 * 60 * 1000;
// A process that is started for one upload alone does not look at all clips.
const firstLook = 60 * 1000;
// What an hourly sweep looks at besides the reminders, so that what is lost is made again in time.
const clipsPerSweep = 2_000;
const clipsAtOnce = 4;
const dropAtOnce = 100;

export interface SweeperOptions {
  store: ObjectStore;
  catalog: Catalog;
  tidying: Tidying;
  logger: Logger;
}

/** Deletes what interrupted requests and ended processes have left, every hour. */
export class Sweeper {
  readonly #options: SweeperOptions;
  readonly #closing = new AbortController();
  /** A sweep is shared, so it is no part of the request that has asked for it. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #timers: NodeJS.Timeout[] = [];
  #running: Promise<void> | null = null;
  #looking: Promise<boolean> | null = null;
  readonly #tidied = new Map<string, Promise<boolean>>();
  /** Where the next look goes on among all clips. Each process begins somewhere else. */
  #after: string | null = randomBytes(18).toString("base64url");

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /** Sweeps now and then every hour. */
  start(): void {
    void this.sweep();
    this.#timers = [
      setTimeout(() => this.#look(), firstLook).unref(),
      setInterval(() => void this.sweep().then(() => this.#look()), sweepInterval).unref(),
    ];
  }

  /**
   * Deletes what is due, or waits for the sweep that is running. Never rejects: what fails is logged.
   */
  sweep(): Promise<void> {
    this.#running ??= this.#outside(() => this.#sweepDue()).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#closing.abort(new Error("The service is closed."));
    await Promise.all([this.#running, this.#looking]);
  }

  #look(): void {
    this.#looking ??= this.#attempt("clips", () => this.#restoreSome()).finally(() => {
      this.#looking = null;
    });
  }

  async #sweepDue(): Promise<void> {
    const { store } = this.#options;
    await this.#attempt("leftovers", async () => store.removeLeftovers?.());
    await this.#attempt("reminders", () => this.#tidyReminders());
    await this.#attempt("uploads", () => this.#endOrphans());
  }

  async #endOrphans(): Promise<void> {
    const { store, tidying } = this.#options;
    const signal = this.#closing.signal;
    let after: string | undefined;
    do {
      const { uploads, next } = await store.listMultipartUploads(prefixes.clips, {
        signal,
        ...(after !== undefined && { after }),
      });
      for (const upload of uploads) {
        await this.#attempt(`upload of ${upload.key}`, () => tidying.endOrphan(upload));
      }
      after = next ?? undefined;
    } while (after !== undefined);
  }

  async #tidyReminders(): Promise<void> {
    const { catalog } = this.#options;
    const signal = this.#closing.signal;
    let done: Reminder[] = [];
    await forEach(catalog.dueReminders({ signal }), async (reminder) => {
      if (await this.#tidy(reminder.id)) done.push(reminder);
      if (done.length < dropAtOnce) return true;
      const some = done;
      done = [];
      await catalog.dropReminders(some);
      return true;
    });
    await catalog.dropReminders(done);
  }

  /** Goes on where the look before has stopped, and after the last clip with the first. */
  async #restoreSome(): Promise<void> {
    const start = this.#after;
    const left = await this.#restoreFrom(start, clipsPerSweep);
    if (left === 0) return;
    this.#after = null;
    if (start !== null) await this.#restoreFrom(null, left);
  }

  /** Returns how many of `most` are left when there are no more clips. */
  async #restoreFrom(after: string | null, most: number): Promise<number> {
    const signal = this.#closing.signal;
    let left = most;
    await forEach(this.#options.catalog.ids(after, { signal }), async (id) => {
      await this.#attempt(`clip ${id}`, () => this.#options.tidying.restore(id));
      this.#after = id;
      left -= 1;
      return left > 0;
    });
    return Math.max(0, left);
  }

  /**
   * Whether it is done. One clip that fails does not end the others. Two reminders of a clip are one look
   * at it: at the same moment each would announce that it is deleted.
   */
  #tidy(id: string): Promise<boolean> {
    const { catalog, tidying } = this.#options;
    const running = this.#tidied.get(id);
    if (running) return running;
    const tidied = this.#attempt(`clip ${id}`, async () => {
      const again = await tidying.tidy(id);
      if (again !== null) await catalog.remind(id, again);
    }).finally(() => this.#tidied.delete(id));
    this.#tidied.set(id, tidied);
    return tidied;
  }

  async #attempt(what: string, work: () => Promise<unknown>): Promise<boolean> {
    if (this.#closing.signal.aborted) return false;
    try {
      await work();
      return true;
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        this.#options.logger.error({ err: error, what }, "a sweep could not be completed");
      }
      return false;
    }
  }
}

/** Calls `work` with a few values at once, until it resolves to `false` or there are no more. */
async function forEach<T>(
  values: AsyncGenerator<T>,
  work: (value: T) => Promise<boolean>,
): Promise<void> {
  let isEnded = false;
  const lane = async () => {
    while (!isEnded) {
      const { done, value } = await values.next();
      if (done) return;
      if (!(await work(value))) isEnded = true;
    }
  };
  try {
    await Promise.all(Array.from({ length: clipsAtOnce }, lane));
  } finally {
    await values.return(undefined);
  }
}
