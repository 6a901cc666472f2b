import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { DirectUploadError } from "../errors.js";
import { copyError, Secrets } from "../redact.js";
import { untilAborted } from "../signals.js";
import { describeChange, requireContent } from "./checks.js";
import type { FileIdentity, OpenSource } from "./open-source.js";

// Bytes. Node aborts the process when one call asks for 2 GiB or more.
const longestRead = 1024 * 1024 * 1024;

/** Opens the file of a path. */
export async function openFile(
  path: string,
  name?: string,
  signal?: AbortSignal,
): Promise<OpenSource> {
  const file = await openForReading(path, signal);
  try {
    const stat = await untilAborted(file.stat({ bigint: true }), signal);
    if (!stat.isFile())
      throw describeUnreadable(path, "it is not a file. Give the path of a video.");
    const size = Number(stat.size);
    requireContent(path, size);
    const readers = new Set<Promise<unknown>>();
    const keepOpenFor = (reader: Promise<unknown>) => {
      readers.add(reader);
      const leave = () => readers.delete(reader);
      reader.then(leave, leave);
    };
    return {
      label: path,
      filename: name ?? basename(path),
      size,
      file: { fd: file.fd, identity: identify(path, stat), keepOpenFor },
      async read(buffer, start) {
        const work = readFully(file, path, buffer, start);
        keepOpenFor(work);
        await work;
      },
      async assertUnchanged() {
        if (!isSameState(stat, await file.stat({ bigint: true }))) throw describeChange(path);
      },
      async [Symbol.asyncDispose]() {
        // The descriptor of a closed file may at once be given to another file, so it stays open
        // while a thread reads it. Nobody waits for that: an abort must not wait for a slow disk.
        if (readers.size === 0) await file.close();
        else
          Promise.allSettled(readers)
            .then(() => file.close(), noop)
            .catch(noop);
      },
    };
  } catch (error) {
    file.close().catch(noop);
    throw error;
  }
}

function noop(): void {}

async function openForReading(path: string, signal?: AbortSignal): Promise<FileHandle> {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
  const opening = open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return await untilAborted(opening, signal);
  } catch (error) {
    if (signal?.aborted) {
      opening.then((file) => file.close()).catch(noop);
      throw error;
    }
    throw describeOpenFailure(path, error);
  }
}

function describeOpenFailure(path: string, error: unknown): DirectUploadError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const reason =
    code === "ENOENT"
      ? "there is no such file. Check the path."
      : code === "EACCES" || code === "EPERM"
        ? "it may not be read. Check its permissions."
        : code === "EISDIR"
          ? "it is not a file. Give the path of a video."
          : `it cannot be opened (${String(code ?? error)}).`;
  return describeUnreadable(path, reason, copyError(error, new Secrets()));
}

function describeUnreadable(path: string, reason: string, cause?: unknown): DirectUploadError {
  return new DirectUploadError("source_unreadable", `${path} was not uploaded: ${reason}`, {
    cause,
  });
}

async function readFully(
  file: FileHandle,
  path: string,
  buffer: Uint8Array,
  start: number,
): Promise<void> {
  for (let filled = 0; filled < buffer.byteLength; ) {
    const length = Math.min(buffer.byteLength - filled, longestRead);
    const { bytesRead } = await file.read(buffer, filled, length, start + filled);
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

// A change of ctime alone is a rename or a new permission. The CRC32 of each block guards the
// bytes.
function isSameState(before: BigIntStats, now: BigIntStats): boolean {
  return before.size === now.size && before.mtimeNs === now.mtimeNs;
}
