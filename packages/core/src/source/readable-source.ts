import { DirectUploadError } from "../errors.js";
import { describeChange, requireContent } from "./checks.js";
import type { OpenSource } from "./open-source.js";

/** Anything that can be read in pieces, in any order, more than once. */
export interface ReadableSource {
  /** The file name. The media type is found by its extension. */
  name: string;
  /** Bytes. */
  size: number;
  /**
   * The bytes from `start` up to, not including, `end`: at most 5 MiB at once. It may be called
   * again before earlier calls have ended.
   */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** A `Blob` or `File` as a source that is read in pieces. */
export function toReadable(blob: Blob): ReadableSource {
  return {
    name: "name" in blob && typeof blob.name === "string" ? blob.name : "",
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/** Opens bytes in memory. */
export function openBytes(bytes: Uint8Array, name?: string): OpenSource {
  const label = name ?? "The given bytes";
  requireContent(label, bytes.byteLength);
  return {
    label,
    filename: name,
    size: bytes.byteLength,
    async read(buffer, start) {
      buffer.set(bytes.subarray(start, start + buffer.byteLength));
    },
    // The CRC32 of each block shows a change.
    async assertUnchanged() {},
    async [Symbol.asyncDispose]() {},
  };
}

/** Opens a source that is read in pieces. */
export function openReadable(source: ReadableSource, name = source.name): OpenSource {
  const label = name || "The given content";
  const { size } = source;
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new DirectUploadError(
      "invalid_option",
      `${label}: size must be a whole number of bytes.`,
    );
  }
  requireContent(label, size);
  return {
    label,
    filename: name || undefined,
    size,
    async read(buffer, start) {
      const bytes = await source.read(start, start + buffer.byteLength);
      if (bytes.byteLength !== buffer.byteLength) throw describeChange(label);
      buffer.set(bytes);
    },
    async assertUnchanged() {
      if (source.size !== size) throw describeChange(label);
    },
    async [Symbol.asyncDispose]() {},
  };
}
