import { isUtf8 } from "node:buffer";
import { fileURLToPath, fileURLToPathBuffer } from "node:url";
import { DirectUploadError } from "../errors.js";
import { type OpenOptions, openFile } from "./file-source.js";
import type { OpenSource } from "./open-source.js";
import { openBytes, openReadable, type ReadableSource, toReadable } from "./readable-source.js";

/**
 * What can be uploaded: the path of a file, a `file:` URL (also of a name that is not UTF-8), bytes (an `ArrayBuffer` or any view of
 * one), a `Blob` or `File`, or anything with a name, a size and `read`.
 */
export type UploadSource = string | URL | ArrayBufferLike | ArrayBufferView | Blob | ReadableSource;

/** Opens a source, or says why it cannot be uploaded. */
export async function openSource(
  source: UploadSource,
  options: OpenOptions = {},
): Promise<OpenSource> {
  const { name } = options;
  if (typeof source === "string") return openFile(source, options);
  if (source instanceof URL) return openFile(toPath(source), options);
  if (ArrayBuffer.isView(source)) {
    return openBytes(new Uint8Array(source.buffer, source.byteOffset, source.byteLength), name);
  }
  if (source instanceof ArrayBuffer || source instanceof SharedArrayBuffer) {
    return openBytes(new Uint8Array(source), name);
  }
  if (source instanceof Blob) return openReadable(toReadable(source), name);
  if (typeof source === "object" && source !== null && "read" in source) {
    return openReadable(source, name);
  }
  throw new DirectUploadError(
    "invalid_option",
    "A source must be a path, a file: URL, bytes, a Blob, or an object with name, size and read.",
  );
}

function toPath(url: URL): string | Buffer {
  if (url.protocol === "file:") {
    const bytes = fileURLToPathBuffer(url);
    return isUtf8(bytes) ? fileURLToPath(url) : bytes;
  }
  throw new DirectUploadError(
    "invalid_option",
    `Only file: URLs can be uploaded, not ${url.protocol} ones. Download it first.`,
  );
}
