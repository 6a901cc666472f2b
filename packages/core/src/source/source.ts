import { fileURLToPath } from "node:url";
import { DirectUploadError } from "../errors.js";
import { openFile } from "./file-source.js";
import { openBytes, openReadable, type ReadableSource, toReadable } from "./readable-source.js";

/**
 * What can be uploaded: the path of a file, a `file:` URL, bytes (an `ArrayBuffer` or any view of
 * one), a `Blob` or `File`, or anything with a name, a size and `read`.
 */
export type UploadSource = string | URL | ArrayBufferLike | ArrayBufferView | Blob | ReadableSource;

/** A source while it is uploaded. */
export interface OpenSource extends AsyncDisposable {
  /** For messages: the path as it was given, or the name. */
  readonly label: string;
  /** The file name alone, where there is one. */
  readonly filename: string | undefined;
  /** Bytes, more than 0. */
  readonly size: number;
  /** The open file, for readers in other threads. */
  readonly file?: OpenFile;
  /** Fills the buffer with the bytes from `start` on. An abort does not wait for them. */
  read(buffer: Uint8Array, start: number, signal?: AbortSignal): Promise<void>;
  /** Throws `source_changed` when the file is not what it was when it was opened. */
  assertUnchanged(): Promise<void>;
}

export interface OpenFile {
  readonly fd: number;
  /** What tells this file in this state from all others. */
  readonly identity: FileIdentity;
  /** Keeps the file open until the reader has ended, even where nobody waits for it any more. */
  keepOpenFor(reader: Promise<unknown>): void;
}

/** A file's state as the file system reports it; times in nanoseconds. */
export interface FileIdentity {
  path: string;
  device: bigint;
  inode: bigint;
  size: bigint;
  mtime: bigint;
  ctime: bigint;
}

/**
 * Opens a source, or says why it cannot be uploaded.
 *
 * @param name the file name to use instead of the source's own
 */
export async function openSource(
  source: UploadSource,
  name?: string,
  signal?: AbortSignal,
): Promise<OpenSource> {
  if (typeof source === "string") return openFile(source, name, signal);
  if (source instanceof URL) return openFile(toPath(source), name, signal);
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

function toPath(url: URL): string {
  if (url.protocol === "file:") return fileURLToPath(url);
  throw new DirectUploadError(
    "invalid_option",
    `Only file: URLs can be uploaded, not ${url.protocol} ones. Download it first.`,
  );
}
