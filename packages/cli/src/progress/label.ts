import { type BatchView, toPrintable } from "@clipcourier/batch";
import type { ShownBatch } from "./view.js";

/** The name of the only file, or how many of the files have finished. */
export function labelBatch({ files }: ShownBatch, { finished, count }: BatchView): string {
  const [first] = files;
  if (count === 1 && first !== undefined) return toPrintable(first.path);
  return `${finished} of ${count} files`;
}
