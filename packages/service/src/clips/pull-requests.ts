import PQueue from "p-queue";
import type { Catalog, ClipGroupEntry } from "../catalog/catalog.js";
import { type KeptFor, toClip } from "../catalog/clip-state.js";
import { markPullRequest, withKeptFor } from "./kept-for.js";
import type { Retention } from "./retention.js";

const clipsPerRequest = 200;
const clipsAtOnce = 8;
// A request may be about to record what was entered later.
const leftoverAge = 60 * 60 * 1000;

export interface PullRequestsOptions {
  catalog: Catalog;
  retention: Retention;
  now: () => number;
}

/** What has happened to a pull request. */
export interface PullRequestReport {
  account: string;
  address: string;
  isClosed: boolean;
  /** The `next` of an earlier answer. */
  after: string | null;
}

export interface ReportedClips {
  /** How many clips of this answer are kept for the pull request. */
  count: number;
  /** Where it goes on; `null` at the end. */
  next: string | null;
}

/** Ends the clips whose pull requests are closed. A sweep deletes them when their days are over. */
export class PullRequests {
  readonly #options: PullRequestsOptions;

  constructor(options: PullRequestsOptions) {
    this.#options = options;
  }

  /** Records for a page of the clips of a pull request that it is closed, or open again. */
  async report(
    { account, address, isClosed, after }: PullRequestReport,
    signal: AbortSignal,
  ): Promise<ReportedClips> {
    const { pullRequests, closedPullRequests } = this.#options.catalog;
    // First, so that whatever is announced from now on is either in the list or ends by this.
    if (after === null) await closedPullRequests.record(account, address, isClosed);
    const page = { count: clipsPerRequest, after };
    const { entries, next } = await pullRequests.list(account, address, page, { signal });
    const closedOn = isClosed ? this.#nowAsText() : null;
    const queue = new PQueue({ concurrency: clipsAtOnce });
    const kept = await queue.addAll(
      entries.map(({ id }) => async () => {
        signal.throwIfAborted();
        return this.#mark(id, account, address, closedOn);
      }),
    );
    const left = entries.filter((entry, index) => !kept[index] && this.#isLeftover(entry));
    const ids = left.map(({ id }) => id);
    await pullRequests.strike(account, address, ids);
    const count = kept.filter((list) => list?.some((one) => one.address === address)).length;
    return { count, next };
  }

  /**
   * Sees to it that a clip ends with the pull request that its content was announced for, once its state says
   * so: a deletion may have struck it meanwhile, and a run may take longer than its pull request is open.
   */
  async settle(id: string, account: string, address: string): Promise<void> {
    const { pullRequests, closedPullRequests } = this.#options.catalog;
    await pullRequests.enter(account, address, id);
    if (!(await closedPullRequests.isClosed(account, address))) return;
    await this.#mark(id, account, address, this.#nowAsText());
  }

  /** What the clip is kept for after that; `null` where it is kept for no pull request. */
  async #mark(
    id: string,
    account: string,
    address: string,
    closedOn: string | null,
  ): Promise<KeptFor | null> {
    const { catalog, retention } = this.#options;
    for (;;) {
      const record = await catalog.read(id);
      if (!record || record.state.status === "deleted" || record.state.account !== account) {
        return null;
      }
      const { keptFor } = record.state;
      const marked = markPullRequest(keptFor, address, closedOn);
      if (marked === null) return keptFor ?? null;
      const next = withKeptFor(record.state, marked);
      const clip = toClip(next);
      const end = clip && retention.endOf(clip);
      // Before the state says so: what a process leaves behind that ends here must be found.
      if (end !== null) await catalog.remind(id, end);
      if (await catalog.replace(record, next)) return marked;
    }
  }

  #isLeftover({ enteredOn }: ClipGroupEntry): boolean {
    return enteredOn !== undefined && this.#options.now() - enteredOn.getTime() > leftoverAge;
  }

  #nowAsText(): string {
    return new Date(this.#options.now()).toISOString();
  }
}
