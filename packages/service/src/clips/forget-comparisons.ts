import PQueue from "p-queue";
import type { Catalog } from "../catalog/catalog.js";
import { type ClipState, toClip } from "../catalog/clip-state.js";
import type { ComparisonState } from "../catalog/comparison-state.js";
import { comparisonKeys } from "../catalog/keys.js";
import type { ObjectStore } from "../store/object-store.js";

const clipsPerPage = 100;
// More would take the store from requests.
const clipsAtOnce = 8;

/** What is told of a comparison whose older clip is gone. */
export const olderIsGone = "The older clip was deleted.";

interface Stores {
  catalog: Catalog;
  store: ObjectStore;
}

/**
 * Deletes what comparisons show of bytes that a clip has no longer: they fail, and say why. Each was entered
 * for the older clip before it was recorded, so that none is missed.
 *
 * @param most how many newer clips it looks at. Default: all
 * @returns whether it has looked at all
 */
export async function forgetComparisonsWith(
  stores: Stores,
  { account, id }: Pick<ClipState, "account" | "id">,
  most = Number.POSITIVE_INFINITY,
): Promise<boolean> {
  const { compared } = stores.catalog;
  const forgetting = new PQueue({ concurrency: clipsAtOnce });
  let left = most;
  let after: string | null = null;
  do {
    const page = { count: Math.min(clipsPerPage, left), after };
    const { entries, next } = await compared.list(account, id, page);
    const forget = async (newId: string) => ((await forgetIn(stores, newId, id)) ? [newId] : []);
    const forgotten = await forgetting.addAll(entries.map((entry) => () => forget(entry.id)));
    const done = forgotten.flat();
    await compared.strike(account, id, done);
    await forgetting.addAll(done.map((newId) => () => enterAgain(stores.catalog, newId, [id])));
    left -= entries.length;
    after = next;
  } while (after !== null && left > 0);
  return after === null;
}

/**
 * Enters a newer clip again for those older ones with which it has a comparison now, after it was struck there:
 * one that was asked for meanwhile may have been entered before.
 */
export async function enterAgain(
  catalog: Catalog,
  newId: string,
  oldIds: readonly string[],
): Promise<void> {
  const clip = toClip((await catalog.read(newId))?.state);
  if (!clip) return;
  const shown = (clip.comparisons ?? []).filter(({ status }) => status !== "failed");
  for (const { old } of shown) {
    if (oldIds.includes(old)) await catalog.compared.enter(clip.account, old, newId);
  }
}

/** Whether the newer clip has no comparison now that shows the older one. */
async function forgetIn(
  { catalog, store }: Stores,
  newId: string,
  oldId: string,
): Promise<boolean> {
  for (;;) {
    const record = await catalog.read(newId);
    const comparisons = record?.state.comparisons ?? [];
    const gone = comparisons.find(({ old }) => old === oldId);
    if (!record || !gone) return true;
    // Read after the comparison, which may be one with the same content that was uploaded again.
    const old = toClip((await catalog.read(oldId))?.state);
    if (old?.version === gone.oldVersion) return false;
    const failed = { ...gone, status: "failed", reason: olderIsGone, hasPicture: false } as const;
    const next = comparisons.map((each) => (each === gone ? failed : each));
    if (!(await catalog.replace(record, { ...record.state, comparisons: next }))) continue;
    await deleteComparisonFiles(store, record.state, [gone]);
    return true;
  }
}

/** Deletes the files of comparisons of a clip. */
export async function deleteComparisonFiles(
  store: ObjectStore,
  { id, version }: Pick<ClipState, "id" | "version">,
  comparisons: readonly ComparisonState[],
): Promise<void> {
  if (version === null || comparisons.length === 0) return;
  const keys = comparisons.map((each) => comparisonKeys(id, version, each));
  await store.deleteObjects(keys.flatMap(({ result, picture }) => [result, picture]));
}
