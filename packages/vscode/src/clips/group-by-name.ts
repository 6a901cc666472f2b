import type { Clip } from "@clipcourier/core";
import { titleOf } from "./clip-text.js";

/** Clips of one name, the newest first. */
export type ClipGroup = [newest: Clip, ...others: Clip[]];

/** The clips by their names, in the order of the newest of each. */
export function groupByName(clips: readonly Clip[]): ClipGroup[] {
  const groups = new Map<string, ClipGroup>();
  for (const clip of clips) {
    const group = groups.get(titleOf(clip));
    if (group === undefined) groups.set(titleOf(clip), [clip]);
    else group.push(clip);
  }
  return [...groups.values()];
}
