import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { MediaSource } from "../types.js";

/**
 * Whether two local files have the same bytes; `false` for URLs, whose checksums others know, and for empty
 * files, which are no videos.
 */
export async function haveSameBytes(one: MediaSource, other: MediaSource): Promise<boolean> {
  if (typeof one !== "string" || typeof other !== "string") return false;
  const sizes = await Promise.all([stat(one), stat(other)]);
  if (sizes[0].size !== sizes[1].size || sizes[0].size === 0) return false;
  const chunks = createReadStream(other, { highWaterMark })[Symbol.asyncIterator]();
  for await (const chunk of createReadStream(one, { highWaterMark })) {
    const { value, done } = await chunks.next();
    if (done || Buffer.compare(chunk, value) !== 0) {
      await chunks.return?.();
      return false;
    }
  }
  return true;
}

/** Bytes that are read at once. A file gives whole blocks until its end. */
const highWaterMark = 1024 * 1024;
