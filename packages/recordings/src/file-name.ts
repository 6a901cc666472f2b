import { createHash } from "node:crypto";
import path from "node:path";

// Bytes. File systems take 255, and browsers add to a name that is taken.
const mostBytes = 200;

/**
 * What a recording of a test is called: `intro › signs in [chromium] (2).webm`.
 *
 * @param name the name of the test for people
 * @param index which of its recordings it is, from 0
 * @param standard the extension where the path has none, such as `.webm`
 */
export function nameFile(
  name: string,
  { path: file = "", index }: { path?: string | undefined; index: number },
  standard: string,
): string {
  const extension = path.extname(file).toLowerCase();
  const number = index > 0 ? ` (${index + 1})` : "";
  const ending = `${number}${/^\.\w{1,5}$/.test(extension) ? extension : standard}`;
  return `${shorten(toSafeName(name), mostBytes - Buffer.byteLength(ending))}${ending}`;
}

/** Without what file systems refuse, and what changes how a line is read. */
export function toSafeName(name: string): string {
  return name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, " ")
    .replace(/[\\/:*?"<>|]+/g, "-")
    .replace(/\s+/g, " ")
    .replace(/^[. ]+|[. ]+$/g, "");
}

/** What is cut off stands for itself in a few digits, so that two long names stay two. */
function shorten(name: string, bytes: number): string {
  if (Buffer.byteLength(name) <= bytes) return name;
  const mark = `… ${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
  let short = "";
  let left = bytes - Buffer.byteLength(mark);
  for (const character of name) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    short += character;
  }
  return `${short.trimEnd()}${mark}`;
}
