import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { untilAborted } from "../signals.js";
import { describeChange, requireContent } from "./checks.js";
import {
  applyCheck,
  describeOpenFailure,
  explainReading,
  refuseOtherKinds,
  refusePointer,
} from "./file-refusals.js";
import type { FileIdentity, OpenedFile, OpenSource } from "./open-source.js";

// Bytes. Node aborts the process when one call asks for 2 GiB or more.
const longestRead = 1024 * 1024 * 1024;

export interface OpenOptions {
  /** The file name to use instead of the source's own. */
  name?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Refuses a file that is open, by throwing. */
  checkFile?: ((file: OpenedFile) => void | Promise<void>) | undefined;
}

/** Opens the file of a path, which is given as bytes where it is not UTF-8. */
export async function openFile(
  given: string | Buffer,
  { name, signal, checkFile }: OpenOptions,
): Promise<OpenSource> {
  const file = await openForReading(given, signal);
  const path = given.toString();
  try {
    const stat = await untilAborted(explainReading(path, file.stat({ bigint: true })), signal);
    if (checkFile !== undefined) {
      const opened = { path, fd: file.fd, device: stat.dev, inode: stat.ino };
      await untilAborted(applyCheck(checkFile, opened), signal);
    }
    refuseOtherKinds(path, stat);
    const size = Number(stat.size);
    requireContent(path, size);
    await untilAborted(refusePointer(path, file, size), signal);
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
        const work = explainReading(path, readFully(file, path, buffer, start));
        keepOpenFor(work);
        await work;
      },
      async assertUnchanged() {
        const now = await explainReading(path, file.stat({ bigint: true }));
        if (!isSameState(stat, now)) throw describeChange(path);
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

async function openForReading(path: string | Buffer, signal?: AbortSignal): Promise<FileHandle> {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
  const opening = open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return await untilAborted(opening, signal);
  } catch (error) {
    if (signal?.aborted) {
      opening.then((file) => file.close()).catch(noop);
      throw error;
    }
    throw await describeOpenFailure(path, error);
  }
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
