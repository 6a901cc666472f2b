import PQueue from "p-queue";
import type { Catalog, ClipGroupEntry } from "../catalog/catalog.js";
import { toClip } from "../catalog/clip-state.js";
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
    const { pullRequests } = this.#options.catalog;
    const page = { count: clipsPerRequest, after };
    const { entries, next } = await pullRequests.list(account, address, page, { signal });
    const closedOn = isClosed ? new Date(this.#options.now()).toISOString() : null;
    const queue = new PQueue({ concurrency: clipsAtOnce });
    const marked = await queue.addAll(
      entries.map(({ id }) => async () => {
        signal.throwIfAborted();
        return this.#mark(id, account, address, closedOn);
      }),
    );
    const left = entries.filter((entry, index) => !marked[index] && this.#isLeftover(entry));
    const ids = left.map(({ id }) => id);
    await pullRequests.strike(account, address, ids);
    return { count: marked.filter(Boolean).length, next };
  }

  /** Whether the clip is kept for the pull request. */
  async #mark(
    id: string,
    account: string,
    address: string,
    closedOn: string | null,
  ): Promise<boolean> {
    const { catalog, retention } = this.#options;
    for (;;) {
      const record = await catalog.read(id);
      if (!record || record.state.status === "deleted" || record.state.account !== account) {
        return false;
      }
      const { keptFor } = record.state;
      const marked = markPullRequest(keptFor, address, closedOn);
      if (marked === null) return keptFor?.some((one) => one.address === address) ?? false;
      const next = withKeptFor(record.state, marked);
      const clip = toClip(next);
      const end = clip && retention.endOf(clip);
      // Before the state says so: what a process leaves behind that ends here must be found.
      if (end !== null) await catalog.remind(id, end);
      if (await catalog.replace(record, next)) return true;
    }
  }

  #isLeftover({ enteredOn }: ClipGroupEntry): boolean {
    return enteredOn !== undefined && this.#options.now() - enteredOn.getTime() > leftoverAge;
  }
}
