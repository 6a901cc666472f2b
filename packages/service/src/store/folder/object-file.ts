import type { BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { ByteRange, GetOptions, ObjectFacts, StoredObject } from "../object-store.js";
import { explainFileError } from "./file-errors.js";

const readSize = 256 * 1024;

/** The file in which an object is. */
export interface ObjectFile extends ObjectFacts {
  path: string;
  stats: BigIntStats;
  /** Where the object's bytes begin in the file. */
  offset: number;
  /** Whether a new version of the object removes the file. */
  isVersion: boolean;
}

/** An object's file while it is open. */
export interface OpenObjectFile extends ObjectFile {
  handle: FileHandle;
}

/**
 * Reads an object and closes the given handle. A short range is read at once, and so is a version,
 * which can be gone a moment later. Otherwise the file is opened again when its first bytes are asked
 * for, so that a body that nobody reads keeps no file open.
 */
export async function readObject(
  file: OpenObjectFile,
  options: GetOptions,
  root: string,
): Promise<StoredObject> {
  const { size, etag, lastModified } = file;
  const { start, length } = clampRange(options.range, size);
  const position = { start: file.offset + start, length };
  let body: ReadableStream<Uint8Array>;
  try {
    options.signal?.throwIfAborted();
    body = ReadableStream.from(
      file.isVersion || length <= readSize
        ? await readAtOnce(file.handle, position)
        : readPieces(file, position, root, options.signal),
    );
  } finally {
    await file.handle.close();
  }
  return { size, etag, lastModified, body };
}

interface Position {
  start: number;
  length: number;
}

function clampRange(range: ByteRange | undefined, size: number): Position {
  if (!range) return { start: 0, length: size };
  const start = Math.min(range.start, size);
  return { start, length: Math.max(0, Math.min(range.end + 1, size) - start) };
}

async function readAtOnce(handle: FileHandle, { start, length }: Position): Promise<Uint8Array[]> {
  if (length === 0) return [];
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafeSlow(length), 0, length, start);
  return [buffer.subarray(0, bytesRead)];
}

async function* readPieces(
  file: ObjectFile,
  { start, length }: Position,
  root: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  signal?.throwIfAborted();
  let handle: FileHandle | undefined;
  // Closing waits for a read that is under way.
  const close = () => handle?.close().catch(() => {});
  signal?.addEventListener("abort", close);
  try {
    handle = await open(file.path);
    const { ino, mtimeNs } = await handle.stat({ bigint: true });
    if (ino !== file.stats.ino || mtimeNs !== file.stats.mtimeNs) {
      throw new Error(`${file.path} was replaced before it was read. Ask for it again.`);
    }
    for (let done = 0; done < length; ) {
      signal?.throwIfAborted();
      const wanted = Math.min(readSize, length - done);
      const piece = Buffer.allocUnsafeSlow(wanted);
      const { bytesRead } = await handle.read(piece, 0, wanted, start + done);
      if (bytesRead === 0) throw new Error(`${file.path} became shorter while it was read.`);
      done += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw explainFileError(error, root);
  } finally {
    signal?.removeEventListener("abort", close);
    await handle?.close().catch(() => {});
  }
}
