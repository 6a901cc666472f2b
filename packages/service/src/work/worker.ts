import { AsyncLocalStorage } from "node:async_hooks";
import type { Logger } from "pino";
import type { Lease, WorkList } from "../catalog/catalog.js";
import type { Clip } from "../catalog/clip-state.js";
import { leaseTime } from "../catalog/work-queue.js";
import type { Measure, WorkActivity, WorkKind } from "../metrics/measure.js";

const usualInterval = 5_000;
const renewInterval = leaseTime / 3;
// Milliseconds until failed work is tried again; doubled after each attempt.
const firstDelay = 1_000;
const longestDelay = 300_000;

/** Work that cannot begin yet: it is looked at again after so many milliseconds, and not tried in vain. */
export interface Wait {
  wait: number;
}

export interface WorkerOptions {
  kind: WorkKind;
  list: WorkList;
  logger: Logger;
  measure: Measure;
  /** On how many clips it works at once. */
  clipsAtOnce: number;
  /**
   * On how many more it works that are of other accounts, so that one account that fills all places
   * with slow work does not hold up everybody.
   */
  placesForOthers: number;
  /**
   * Milliseconds from one look at what other processes have left to the next.
   *
   * @default 5_000
   */
  pollInterval?: number;
  /** For the log, when the work fails and is tried again: `verification crashed`. */
  crash: string;
  /**
   * Does the work on one clip. Resolves to the milliseconds after which it has to be tried again, or
   * `null` when it is done.
   *
   * @param begin to be awaited before what can end the process: that it has ended is counted then
   */
  work(
    lease: Lease,
    signal: AbortSignal,
    begin: () => Promise<void>,
  ): Promise<number | Wait | null>;
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
  /** Work outlives the request that wakes the worker, and may be of others: it has no part in it. */
  readonly #outside = AsyncLocalStorage.snapshot();
  readonly #running = new Map<Promise<void>, string>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Whether there may be work that nobody has taken. */
  #hasMore = true;
  /** Whether some of it may be of accounts for which nothing is running. */
  #hasOthers = true;
  #polling: Promise<void> | null = null;
  #isReported = false;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Looks for work now, and from then on every few seconds. */
  start(): void {
    const { pollInterval = usualInterval } = this.#options;
    const timer = setInterval(() => this.wake(), pollInterval).unref();
    this.#timers.add(timer);
    this.wake();
  }

  /** Records that a clip has to be worked on. `begin` then begins with it. */
  async add(clip: Pick<Clip, "id" | "account">): Promise<AddedWork> {
    const isHeld = this.#hasRoomFor(clip.account) && !this.#closing.signal.aborted;
    return { isHeld, lease: await this.#options.list.add(clip, isHeld) };
  }

  /** Begins with work that was added, in this process or in whichever takes it. */
  begin({ isHeld, lease }: AddedWork): void {
    if (!isHeld) this.wake();
    else if (this.#hasRoomFor(lease.account)) this.#outside(() => this.#run(lease));
    else this.#outside(() => this.#leave(lease));
  }

  /** Takes work back that was added and is not wanted any more. */
  async withdraw({ lease }: AddedWork): Promise<void> {
    await this.#options.list.finish(lease);
  }

  /** Looks for work now: some may have been recorded. */
  wake(): void {
    this.#hasMore = true;
    this.#hasOthers = true;
    this.#outside(() => this.#poll());
  }

  get kind(): WorkKind {
    return this.#options.kind;
  }

  /** What there is to do. */
  async countWork(signal: AbortSignal): Promise<WorkActivity> {
    const open = await this.#options.list.count({ signal }).catch(() => null);
    return { open, running: this.#running.size };
  }

  /** Resolves when no work is running, and none waits that this process could take. */
  async settled(): Promise<void> {
    while (this.#polling || this.#running.size + this.#leaving.size > 0) {
      await Promise.all([this.#polling, ...this.#running.keys(), ...this.#leaving]);
    }
  }

  /** Stops the running work and gives it back. */
  async close(): Promise<void> {
    this.#closing.abort(new Error("The service is closed."));
    for (const timer of this.#timers) clearTimeout(timer);
    await this.settled();
  }

  /** How many more clips it could work on; those after `clipsAtOnce` are of other accounts. */
  get #room(): number {
    const { clipsAtOnce, placesForOthers } = this.#options;
    return clipsAtOnce + placesForOthers - this.#running.size;
  }

  get #isForOthers(): boolean {
    return this.#running.size >= this.#options.clipsAtOnce;
  }

  #hasRoomFor(account: string): boolean {
    if (!this.#isForOthers) return true;
    return this.#room > 0 && ![...this.#running.values()].includes(account);
  }

  #poll(): void {
    const isDue = this.#hasMore && (this.#hasOthers || !this.#isForOthers);
    const isIdle = !this.#polling && this.#room > 0 && isDue;
    if (!isIdle || this.#closing.signal.aborted) return;
    this.#hasMore = false;
    this.#polling = this.#take().finally(() => {
      this.#polling = null;
      this.#poll();
    });
  }

  async #take(): Promise<void> {
    const { clipsAtOnce, list } = this.#options;
    const onlyOthers = this.#isForOthers;
    const room = onlyOthers ? this.#room : clipsAtOnce - this.#running.size;
    const signal = this.#closing.signal;
    try {
      const busy = [...this.#running.values()];
      const leases = await list.take(room, { signal, busy, onlyOthers });
      for (const lease of leases) this.#run(lease);
      // When this is done there may be more of it.
      if (onlyOthers || leases.length === room) this.#hasMore = true;
      if (onlyOthers && leases.length < room) this.#hasOthers = false;
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
    this.#running.set(run, lease.account);
  }

  /** Gives work back for which many requests at once had found the same room. */
  #leave(lease: Lease): void {
    const { list, logger } = this.#options;
    const left = list
      .giveBack(lease, 0)
      // The lease ends by itself.
      .catch((err: unknown) => logger.error({ err, clip: lease.id }, "work waits for its lease"))
      .finally(() => {
        this.#leaving.delete(left);
        this.wake();
      });
    this.#leaving.add(left);
  }

  /** Never rejects. */
  async #process(lease: Lease): Promise<void> {
    const { list, logger, work } = this.#options;
    const held = new HeldLease(list, lease, this.#closing.signal);
    let left: number | Wait | null;
    try {
      left = await work(lease, held.signal, () => held.begin());
    } catch (error) {
      left = this.#delayAfter(error, lease, held);
    }
    const delay = typeof left === "object" ? (left?.wait ?? null) : left;
    try {
      const last = await held.release();
      if (!last) return;
      if (delay === null) await list.finish(last);
      // Work that waits for nothing was not tried in vain: its process was closed, or had no place for it.
      else await list.giveBack(last, delay, typeof left === "number" && delay > 0);
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
    const { crash, kind, logger, measure } = this.#options;
    measure({ event: "work-failed", kind });
    logger.error({ err: error, clip: lease.id }, `${crash}; again in ${delay / 1000} s`);
    return delay;
  }

  #pollAfter(delay: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.wake();
    }, delay).unref();
    this.#timers.add(timer);
  }
}

/** A lease that is renewed while the work goes on. */
class HeldLease {
  readonly signal: AbortSignal;
  isLost = false;
  readonly #list: WorkList;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #lease: Lease;
  #renewing: Promise<void> = Promise.resolve();
  #isBegun = false;

  constructor(list: WorkList, lease: Lease, closing: AbortSignal) {
    this.#list = list;
    this.#lease = lease;
    this.signal = AbortSignal.any([closing, this.#lost.signal]);
    this.#timer = setInterval(() => {
      this.#renewing = this.#renewing.then(() => this.#renew());
    }, renewInterval).unref();
  }

  /** Records that the work has begun. */
  begin(): Promise<void> {
    this.#isBegun = true;
    this.#renewing = this.#renewing.then(() => this.#renew());
    return this.#renewing;
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
      const renewed = await this.#list.renew(this.#lease, this.#isBegun);
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
