import type { Catalog, ClipRecord } from "../catalog/catalog.js";
import type { ClipState } from "../catalog/clip-state.js";
import { fileKeys } from "../catalog/keys.js";
import type { ObjectStore } from "../store/object-store.js";

/**
 * Records what work on a clip has led to. `false` means that the clip was deleted or changed
 * meanwhile; what the work has stored is then deleted where the clip is gone.
 */
export async function recordChange(
  { catalog, store }: { catalog: Catalog; store: ObjectStore },
  record: ClipRecord,
  next: ClipState,
): Promise<boolean> {
  if (await catalog.replace(record, next)) return true;
  const current = await catalog.read(next.id);
  const isGone = !current || current.state.version !== next.version || hasNoFiles(current.state);
  if (isGone && next.version !== null) await store.deleteObjects(fileKeys(next.id, next.version));
  return false;
}

function hasNoFiles({ status }: ClipState): boolean {
  return status === "deleted" || status === "failed";
}
