import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { DirectUploadError } from "./errors.js";
import { copyError } from "./redact.js";
import { untilAborted } from "./until-aborted.js";

/** Anything that can be read in pieces, in any order, more than once. */
export interface ReadableSource {
  /** The file name; its extension tells the media type. */
  name: string;
  /** Bytes. */
  size: number;
  /** The bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/**
 * What can be uploaded: the path of a file, a `file:` URL, bytes, a `Blob` or `File`, or anything
 * with a name, a size and `read`.
 */
export type UploadSource = string | URL | Uint8Array | Blob | ReadableSource;

/** A source while it is uploaded. */
export interface OpenSource extends AsyncDisposable {
  /** For messages: the path as it was given, or the name. */
  readonly label: string;
  /** The file name alone, where there is one. */
  readonly filename: string | undefined;
  /** Bytes, more than 0. */
  readonly size: number;
  /** The open file, for readers in other threads. */
  readonly fd?: number;
  /** What tells a file and its state from all others; `undefined` where nothing does. */
  readonly identity?: FileIdentity;
  /** Fills the buffer with the bytes from `start` on. An abort does not wait for them. */
  read(buffer: Uint8Array, start: number, signal?: AbortSignal): Promise<void>;
  /** Throws `source_changed` when the file is not what it was when it was opened. */
  assertUnchanged(): Promise<void>;
}

/** A file's state as the file system tells it; times in nanoseconds. */
export interface FileIdentity {
  path: string;
  device: bigint;
  inode: bigint;
  size: bigint;
  mtime: bigint;
  ctime: bigint;
}

/** Opens a source, or says why it cannot be uploaded. */
export async function openSource(source: UploadSource, name?: string): Promise<OpenSource> {
  if (typeof source === "string") return openFile(source, name);
  if (source instanceof URL) return openFile(toPath(source), name);
  if (source instanceof Uint8Array) return openBytes(source, name);
  if (source instanceof Blob) return openReadable(toReadable(source), name);
  return openReadable(source, name);
}

function toPath(url: URL): string {
  if (url.protocol === "file:") return fileURLToPath(url);
  throw new DirectUploadError(
    "invalid_option",
    `Only file: URLs can be uploaded, not ${url.protocol} ones. Download it first.`,
  );
}

async function openFile(path: string, name?: string): Promise<OpenSource> {
  const file = await openForReading(path);
  try {
    const stat = await file.stat({ bigint: true });
    if (!stat.isFile())
      throw describeUnreadable(path, "it is not a file. Give the path of a video.");
    const size = Number(stat.size);
    requireContent(path, size);
    return {
      label: path,
      filename: name ?? basename(path),
      size,
      fd: file.fd,
      identity: identify(path, stat),
      read: (buffer, start) => readFully(file, path, buffer, start),
      async assertUnchanged() {
        if (!isSameState(stat, await file.stat({ bigint: true }))) throw describeChange(path);
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openForReading(path: string): Promise<FileHandle> {
  try {
    // A named pipe would otherwise wait for a writer for ever.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const reason =
      code === "ENOENT"
        ? "there is no such file. Check the path."
        : code === "EACCES" || code === "EPERM"
          ? "it may not be read. Check its permissions."
          : code === "EISDIR"
            ? "it is not a file. Give the path of a video."
            : `it cannot be opened (${String(code ?? error)}).`;
    throw describeUnreadable(path, reason, copyError(error));
  }
}

function describeUnreadable(path: string, reason: string, cause?: unknown): DirectUploadError {
  return new DirectUploadError("source_unreadable", `${path} was not uploaded: ${reason}`, {
    cause,
  });
}

function requireContent(label: string, size: number): void {
  if (size > 0) return;
  throw new DirectUploadError(
    "source_empty",
    `${label} was not uploaded: it is empty. Check that whatever made it has finished.`,
  );
}

/** The error for content that is no longer what was fingerprinted. */
export function describeChange(label: string): DirectUploadError {
  return new DirectUploadError(
    "source_changed",
    `${label} changed while it was uploaded; nothing was finalized. Upload it again when it is complete.`,
  );
}

async function readFully(
  file: FileHandle,
  path: string,
  buffer: Uint8Array,
  start: number,
): Promise<void> {
  for (let filled = 0; filled < buffer.byteLength; ) {
    const { bytesRead } = await file.read(
      buffer,
      filled,
      buffer.byteLength - filled,
      start + filled,
    );
    if (bytesRead === 0) throw describeChange(path);
    filled += bytesRead;
  }
}

function identify(path: string, stat: BigIntStats): FileIdentity {
  return {
    path,
    device: stat.dev,
    inode: stat.ino,
    size: stat.size,
    mtime: stat.mtimeNs,
    ctime: stat.ctimeNs,
  };
}

// A change of ctime alone is a rename or a new permission: the CRC32 of each part guards the bytes.
function isSameState(before: BigIntStats, now: BigIntStats): boolean {
  return before.size === now.size && before.mtimeNs === now.mtimeNs;
}

function openBytes(bytes: Uint8Array, name?: string): OpenSource {
  const label = name ?? "The given bytes";
  requireContent(label, bytes.byteLength);
  return {
    label,
    filename: name,
    size: bytes.byteLength,
    async read(buffer, start) {
      buffer.set(bytes.subarray(start, start + buffer.byteLength));
    },
    // The CRC32 of each part tells.
    async assertUnchanged() {},
    async [Symbol.asyncDispose]() {},
  };
}

function toReadable(blob: Blob): ReadableSource {
  return {
    name: "name" in blob && typeof blob.name === "string" ? blob.name : "",
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

function openReadable(source: ReadableSource, name = source.name): OpenSource {
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
    async read(buffer, start, signal) {
      const reading = source.read(start, start + buffer.byteLength);
      // A caller's `read` may take any time, or never answer.
      const bytes = await untilAborted(reading, signal);
      if (bytes.byteLength !== buffer.byteLength) throw describeChange(label);
      buffer.set(bytes);
    },
    async assertUnchanged() {
      if (source.size !== size) throw describeChange(label);
    },
    async [Symbol.asyncDispose]() {},
  };
}
