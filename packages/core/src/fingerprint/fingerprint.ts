import { crc32 } from "node:zlib";
import {
  createAbortError,
  createClosedError,
  DirectUploadError,
  throwIfAborted,
} from "../errors.js";
import { untilAborted } from "../signals.js";
import { describeChange } from "../source/checks.js";
import { describeReadFailure } from "../source/file-refusals.js";
import type { OpenFile, OpenSource } from "../source/open-source.js";
import { blockSize } from "./block-size.js";
import type { HashAnswer } from "./hash-worker.js";
import type { HashWorkers } from "./hash-workers.js";

/** Identifies a content, and lets each of its blocks be checked while it is sent. */
export interface Fingerprint {
  /** Lower-case hex MD5 of the whole content: the protocol's checksum. */
  md5: string;
  /** The CRC32 of each block of 1 MiB, in order. */
  crc32: Uint32Array;
  /** The content itself, where it is small. It is sent from here and not read again. */
  content?: Buffer;
}

export interface FingerprintOptions {
  signal?: AbortSignal | undefined;
  /** Called now and then with how many bytes have been hashed. */
  onHashed?: ((bytes: number) => void) | undefined;
}

/** A range of a content, in bytes. */
export interface ByteRange {
  start: number;
  length: number;
}

/** Hashes a source, or a range of it, off the main thread. */
export async function computeFingerprint(
  workers: HashWorkers,
  source: OpenSource,
  options: FingerprintOptions,
  range: ByteRange = { start: 0, length: source.size },
): Promise<Fingerprint> {
  const { signal } = options;
  throwIfAborted(signal);
  const answer = await (source.file === undefined
    ? workers.askTwice(() => hashPieces(workers, source, range, options))
    : hashFile(workers, source.file, range, options));
  if (answer.kind === "done") return { md5: answer.md5, crc32: answer.crc32 };
  throw describeFailure(answer, source.label, signal);
}

/** The MD5 of bytes in shared memory. */
export async function computeMd5(
  workers: HashWorkers,
  bytes: Uint8Array,
  label: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const answer = await untilAborted(workers.hashBytes(bytes), signal);
  if (answer.kind === "done") return answer.md5;
  throw describeFailure(answer, label, signal);
}

/**
 * Fills shared memory with a block of the source. It cannot be aborted: it ends when nothing is
 * written to the memory any more.
 *
 * @throws `source_changed` when it is not the block that was fingerprinted
 */
export async function readBlock(
  workers: HashWorkers,
  source: OpenSource,
  block: number,
  bytes: Uint8Array,
  { crc32: expected }: Fingerprint,
): Promise<void> {
  const start = block * blockSize;
  const answer = await (source.file === undefined
    ? readHere(workers, source, start, bytes)
    : readInWorker(workers, source.file, start, bytes));
  if (answer.kind !== "block") throw describeFailure(answer, source.label);
  if (answer.crc32 !== expected[block]) throw describeChange(source.label);
}

async function readInWorker(
  workers: HashWorkers,
  { fd, keepOpenFor }: OpenFile,
  start: number,
  bytes: Uint8Array,
): Promise<HashAnswer> {
  const reading = workers.readBlock(fd, start, bytes);
  keepOpenFor(reading);
  return reading;
}

// A worker that is idle computes the CRC32, so that the main thread can go on sending; where all
// are busy, this thread does.
async function readHere(
  workers: HashWorkers,
  source: OpenSource,
  start: number,
  bytes: Uint8Array,
): Promise<HashAnswer> {
  await source.read(bytes, start);
  const answer = await workers.findIdle()?.ask(workers.nextId(), { kind: "block", bytes });
  return answer?.kind === "block" ? answer : { kind: "block", crc32: crc32(bytes) };
}

async function hashFile(
  workers: HashWorkers,
  { fd, keepOpenFor }: OpenFile,
  range: ByteRange,
  options: FingerprintOptions,
): Promise<HashAnswer> {
  const reading = workers.hashFile({ kind: "file", fd, ...range }, options);
  keepOpenFor(reading);
  return untilAborted(reading, options.signal);
}

async function hashPieces(
  workers: HashWorkers,
  source: OpenSource,
  { start, length }: ByteRange,
  { signal, onHashed }: FingerprintOptions,
): Promise<HashAnswer> {
  const worker = workers.takeLeastBusy();
  const id = workers.nextId();
  try {
    for (let done = 0; done < length; ) {
      const size = Math.min(blockSize, length - done);
      // The worker takes the memory over, so each piece has its own.
      const bytes = new Uint8Array(size);
      await untilAborted(source.read(bytes, start + done), signal);
      const asked = worker.ask(id, { kind: "piece", bytes }, { transfer: [bytes.buffer] });
      const answer = await untilAborted(asked, signal);
      if (answer.kind !== "ready") return answer;
      done += size;
      onHashed?.(done);
    }
    return await untilAborted(worker.ask(id, { kind: "end" }), signal);
  } catch (error) {
    worker.cancel(id);
    throw error;
  }
}

function describeFailure(
  answer: HashAnswer,
  label: string,
  signal?: AbortSignal,
): DirectUploadError {
  if (answer.kind === "closed") return createClosedError();
  if (answer.kind === "cancelled" && signal !== undefined) return createAbortError(signal);
  if (answer.kind === "short") return describeChange(label);
  if (answer.kind === "error") return describeReadFailure(label, answer.message);
  const reason = answer.kind === "ended" ? `: ${answer.message}` : "";
  return new DirectUploadError(
    "unexpected",
    `${label} could not be hashed, because the hash worker ended${reason}. Try again with more memory.`,
  );
}
