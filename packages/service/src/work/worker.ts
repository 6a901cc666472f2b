import type { Logger } from "pino";
import type { Catalog, Lease } from "../catalog/catalog.js";
import { leaseTime } from "../catalog/work-queue.js";

const clipsAtOnce = 2;
const pollInterval = 5_000;
const renewInterval = leaseTime / 3;
// Milliseconds until failed work is tried again; doubled after each attempt.
const firstDelay = 1_000;
const longestDelay = 300_000;

export interface WorkerOptions {
  catalog: Catalog;
  logger: Logger;
  /**
   * Does the work on one clip. Resolves to the milliseconds after which it has to be tried again, or
   * `null` when it is done.
   */
  work(lease: Lease, signal: AbortSignal): Promise<number | null>;
}

/** Work that was recorded, and that has not begun. */
export interface AddedWork {
  readonly lease: Lease;
  /** Whether this process holds the lease. */
  readonly isHeld: boolean;
}

/**
 * Works on clips after finalize was answered: what this process has added, and what others have left.
 */
export class Worker {
  readonly #options: WorkerOptions;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Whether there may be work that nobody has taken. */
  #hasMore = true;
  #polling: Promise<void> | null = null;
  #isReported = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Looks for work now, and from then on every few seconds. */
  start(): void {
    const timer = setInterval(() => this.#noteMore(), pollInterval).unref();
    this.#timers.add(timer);
    this.#noteMore();
  }

  /** Records that a clip has to be worked on. `begin` then begins with it. */
  async add(id: string): Promise<AddedWork> {
    const isHeld = this.#hasRoom() && !this.#closing.signal.aborted;
    return { isHeld, lease: await this.#options.catalog.addWork(id, isHeld) };
  }

  /** Begins with work that was added, in this process or in whichever takes it. */
  begin({ isHeld, lease }: AddedWork): void {
    if (!isHeld) this.#noteMore();
    else if (this.#hasRoom()) this.#run(lease);
    else this.#leave(lease);
  }

  /** Resolves when no work is running, and none waits that this process could take. */
  async settled(): Promise<void> {
    while (this.#polling || this.#running.size + this.#leaving.size > 0) {
      await Promise.all([this.#polling, ...this.#running, ...this.#leaving]);
    }
  }

  /** Stops the running work and gives it back. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("The service is closed."));
    for (const timer of this.#timers) clearTimeout(timer);
    await this.settled();
  }

  #hasRoom(): boolean {
    return this.#running.size < clipsAtOnce;
  }

  #noteMore(): void {
    this.#hasMore = true;
    this.#poll();
  }

  #poll(): void {
    const isIdle = !this.#polling && this.#hasRoom() && this.#hasMore;
    if (!isIdle || this.#closing.signal.aborted) return;
    this.#hasMore = false;
    this.#polling = this.#take().finally(() => {
      this.#polling = null;
      this.#poll();
    });
  }

  async #take(): Promise<void> {
    const room = clipsAtOnce - this.#running.size;
    const signal = this.#closing.signal;
    try {
      const leases = await this.#options.catalog.takeWork(room, { signal });
      for (const lease of leases) this.#run(lease);
      // When this is done there may be more of it.
      if (leases.length === room) this.#hasMore = true;
      this.#isReported = false;
    } catch (error) {
      if (signal.aborted || this.#isReported) return;
      // Once for each time that the store is out of reach, not every few seconds.
      this.#isReported = true;
      this.#options.logger.error({ err: error }, "the work that is due could not be read");
    }
  }

  #run(lease: Lease): void {
    const run = this.#process(lease).finally(() => {
      this.#running.delete(run);
      this.#poll();
    });
    this.#running.add(run);
  }

  /** Gives work back for which many requests at once had found the same room. */
  #leave(lease: Lease): void {
    const { catalog, logger } = this.#options;
    const left = catalog
      .giveBack(lease, 0)
      // The lease ends by itself.
      .catch((err: unknown) => logger.error({ err, clip: lease.id }, "work waits for its lease"))
      .finally(() => {
        this.#leaving.delete(left);
        this.#noteMore();
      });
    this.#leaving.add(left);
  }

  /** Never rejects. */
  async #process(lease: Lease): Promise<void> {
    const { catalog, logger, work } = this.#options;
    const held = new HeldLease(catalog, lease, this.#closing.signal);
    let delay: number | null;
    try {
      delay = await work(lease, held.signal);
    } catch (error) {
      delay = this.#delayAfter(error, lease, held);
    }
    try {
      const last = await held.release();
      if (!last) return;
      if (delay === null) await catalog.finishWork(last);
      else await catalog.giveBack(last, delay);
    } catch (error) {
      logger.error({ err: error, clip: lease.id }, "the work on a clip could not be recorded");
    }
    if (delay !== null && !this.#closing.signal.aborted) this.#pollAfter(delay);
  }

  // A full disk or a bucket out of reach may recover. When this process ends before that, another one
  // or the next one takes the work.
  #delayAfter(error: unknown, lease: Lease, held: HeldLease): number {
    if (this.#closing.signal.aborted || held.isLost) return 0;
    const delay = Math.min(firstDelay * 2 ** lease.attempts, longestDelay);
    const again = `verification crashed, the clip stays pending; again in ${delay / 1000} s`;
    this.#options.logger.error({ err: error, clip: lease.id }, again);
    return delay;
  }

  #pollAfter(delay: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#noteMore();
    }, delay).unref();
    this.#timers.add(timer);
  }
}

/** A lease that is renewed while the work goes on. */
class HeldLease {
  readonly signal: AbortSignal;
  isLost = false;
  readonly #catalog: Catalog;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #lease: Lease;
  #renewing: Promise<void> = Promise.resolve();

  constructor(catalog: Catalog, lease: Lease, closing: AbortSignal) {
    this.#catalog = catalog;
    this.#lease = lease;
    this.signal = AbortSignal.any([closing, this.#lost.signal]);
    this.#timer = setInterval(() => {
      this.#renewing = this.#renewing.then(() => this.#renew());
    }, renewInterval).unref();
  }

  /** Stops renewing. The lease as it is now, or `null` when another process has taken the work. */
  async release(): Promise<Lease | null> {
    clearInterval(this.#timer);
    await this.#renewing;
    return this.isLost ? null : this.#lease;
  }

  async #renew(): Promise<void> {
    if (this.isLost) return;
    try {
      const renewed = await this.#catalog.renew(this.#lease);
      if (renewed) this.#lease = renewed;
      else this.#lose();
    } catch {
      // The store may be back before the lease ends; if not, doing the work twice is harmless.
    }
  }

  #lose(): void {
    this.isLost = true;
    this.#lost.abort(new Error("Another process has taken this work over."));
  }
}
