import type { CallOptions, ObjectStore } from "../store/object-store.js";
import type { PullRequestEntry, PullRequestIndex } from "./catalog.js";
import { pullRequestPrefix, pullRequestsPrefix } from "./keys.js";

const mostCounted = 1_000;

/** An empty object for each clip of each pull request, so that they are found without a look at the others. */
export class PullRequests implements PullRequestIndex {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  async enter(account: string, address: string, id: string): Promise<void> {
    await this.#store.putObject(pullRequestPrefix(account, address) + id, "");
  }

  async strike(account: string, address: string, ids: readonly string[]): Promise<void> {
    const prefix = pullRequestPrefix(account, address);
    if (ids.length > 0) await this.#store.deleteObjects(ids.map((id) => prefix + id));
  }

  async list(
    account: string,
    address: string,
    { count, after }: { count: number; after: string | null },
    options: CallOptions = {},
  ): Promise<{ entries: PullRequestEntry[]; next: string | null }> {
    const prefix = pullRequestPrefix(account, address);
    const { objects, next } = await this.#store.listObjects(prefix, {
      ...options,
      maxKeys: count,
      ...(after !== null && { startAfter: prefix + after }),
    });
    const entries = objects.map(({ key, lastModified }) => ({
      id: key.slice(prefix.length),
      enteredOn: lastModified,
    }));
    return { entries, next: next === null ? null : (entries.at(-1)?.id ?? null) };
  }

  async count(
    account: string,
    options: CallOptions = {},
  ): Promise<{ count: number; isAll: boolean }> {
    const prefix = pullRequestsPrefix(account);
    const page = await this.#store.listObjects(prefix, { ...options, maxKeys: mostCounted });
    return { count: page.objects.length, isAll: page.next === null };
  }
}
