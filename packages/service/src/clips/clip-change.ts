import { isDeepStrictEqual } from "node:util";
import type { Catalog, ClipRecord } from "../catalog/catalog.js";
import type { ClipState } from "../catalog/clip-state.js";
import { fileKeys } from "../catalog/keys.js";
import type { ObjectStore } from "../store/object-store.js";
import { settleStatements } from "./statements.js";

/**
 * Records what work on a clip has led to. `false` means that the clip was deleted or changed
 * meanwhile; what the work has stored is then deleted where the clip is gone. That somebody has announced
 * the content again, given it chapters or compared it is no such change, and is kept.
 */
export async function recordChange(
  { catalog, store }: { catalog: Catalog; store: ObjectStore },
  record: ClipRecord,
  next: ClipState,
): Promise<boolean> {
  let found = record;
  for (;;) {
    if (await catalog.replace(found, withUseOf(next, found.state))) return true;
    const current = await catalog.read(next.id);
    if (!current || !isSameButUse(current.state, record.state)) {
      const isGone =
        !current || current.state.version !== next.version || hasNoFiles(current.state);
      if (isGone && next.version !== null) {
        await store.deleteObjects(fileKeys(next.id, next.version));
      }
      return false;
    }
    found = current;
  }
}

/**
 * Whether only what clients change is different: when they announced it, for which pull requests, from which
 * runs, the chapters and the comparisons.
 */
export function isSameButUse(one: ClipState, other: ClipState): boolean {
  return isDeepStrictEqual(withUseOf(one, other), withUseOf(other, other));
}

function withUseOf(
  { usedOn: _, keptFor: __, chapters: ___, comparisons: ____, ...state }: ClipState,
  { usedOn, keptFor, chapters, comparisons, statements, statementsCut }: ClipState,
): ClipState {
  return {
    ...state,
    ...settleStatements({ ...state, statements, statementsCut }),
    ...(usedOn !== undefined && { usedOn }),
    ...(keptFor && { keptFor }),
    ...(chapters && { chapters }),
    ...(comparisons && { comparisons }),
  };
}

function hasNoFiles({ status }: ClipState): boolean {
  return status === "deleted" || status === "failed";
}
