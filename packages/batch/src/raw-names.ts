import { isUtf8 } from "node:buffer";
import path from "node:path";
import { escapePath } from "tinyglobby";

// Where names are bytes, they need not be UTF-8. Each byte that is not becomes a lone surrogate
// (0xE9: U+DCE9), as in Python's PEP 383: such a name can be matched as text and still be opened.

const lostByte = /[\u{dc80}-\u{dcff}]/u;

/** A name as text, without loss. */
export function decodeName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((count) => isUtf8(bytes.subarray(at, at + count)));
    text +=
      length === undefined
        ? String.fromCharCode(0xdc00 + bytes.readUInt8(at))
        : bytes.toString("utf8", at, at + length);
    at += length ?? 1;
  }
  return text;
}

/** The path for the functions of `node:fs`. */
export function encodePath(file: string): string | Buffer {
  return lostByte.test(file) ? toBytes(file) : file;
}

/** The path as text that can be shown, with U+FFFD for what is not UTF-8. */
export function toShownText(file: string): string {
  return file.toWellFormed();
}

/** The `file:` URL of a path that cannot be written as text; `undefined` for any other. */
export function toRawUrl(file: string): URL | undefined {
  if (!lostByte.test(file)) return undefined;
  const encoded = [...toBytes(path.resolve(file))].map((byte) =>
    byte === 0x2f ? "/" : `%${byte.toString(16).padStart(2, "0")}`,
  );
  return new URL(`file://${encoded.join("")}`);
}

/**
 * Arguments and variables reach Node.js with U+FFFD for what is not UTF-8. The pattern that finds
 * what such a path may have been; `undefined` for any other path.
 */
export function toPatternOfLost(file: string): string | undefined {
  if (!file.includes("\u{fffd}")) return undefined;
  return file.split("\u{fffd}").map(escapePath).join("+([\u{dc80}-\u{dcff}])");
}

function toBytes(file: string): Buffer {
  const pieces = Array.from(file, (character) =>
    lostByte.test(character) ? Buffer.of(character.charCodeAt(0) - 0xdc00) : Buffer.from(character),
  );
  return Buffer.concat(pieces);
}
