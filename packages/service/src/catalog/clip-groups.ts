import type { CallOptions, ObjectStore } from "../store/object-store.js";
import type { ClipGroupEntry, ClipGroupIndex } from "./catalog.js";
import { type GroupKind, groupPrefix, groupsPrefix } from "./keys.js";

const mostCounted = 1_000;

/** An empty object for each clip of each group, so that they are found without a look at the others. */
export class ClipGroups implements ClipGroupIndex {
  readonly #store: ObjectStore;
  readonly #kind: GroupKind;

  constructor(store: ObjectStore, kind: GroupKind) {
    this.#store = store;
    this.#kind = kind;
  }

  async enter(account: string, group: string, id: string): Promise<void> {
    await this.#store.putObject(groupPrefix(this.#kind, account, group) + id, "");
  }

  async strike(account: string, group: string, ids: readonly string[]): Promise<void> {
    const prefix = groupPrefix(this.#kind, account, group);
    if (ids.length > 0) await this.#store.deleteObjects(ids.map((id) => prefix + id));
  }

  async list(
    account: string,
    group: string,
    { count, after }: { count: number; after: string | null },
    options: CallOptions = {},
  ): Promise<{ entries: ClipGroupEntry[]; next: string | null }> {
    const prefix = groupPrefix(this.#kind, account, group);
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
    const prefix = groupsPrefix(this.#kind, account);
    const page = await this.#store.listObjects(prefix, { ...options, maxKeys: mostCounted });
    return { count: page.objects.length, isAll: page.next === null };
  }
}
