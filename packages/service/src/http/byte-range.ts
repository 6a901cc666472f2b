import { parse } from "range-parser";
import type { ByteRange } from "../store/object-store.js";

/**
 * What a Range header requests of an object of `size` bytes: a range, `"unsatisfiable"`, or `null`
 * for the whole object (no header, an invalid one, or several ranges).
 */
export function parseRange(
  header: string | null,
  size: number,
): ByteRange | "unsatisfiable" | null {
  // Without a comma there is one range at most, whatever else is written there.
  if (header === null || header.includes(",")) return null;
  const { type, code, ranges } = parse(size, header.trim());
  if (type.toLowerCase() !== "bytes" || (code & invalid) !== 0) return null;
  const [range] = ranges;
  return range ? { start: range.start, end: range.end } : "unsatisfiable";
}

// The bit that range-parser sets for a range that cannot be parsed.
const invalid = 1;
