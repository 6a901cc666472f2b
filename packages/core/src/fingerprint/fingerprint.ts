import { crc32 } from "node:zlib";
import {
  createAbortError,
  createClosedError,
  DirectUploadError,
  throwIfAborted,
} from "../errors.js";
import { untilAborted } from "../signals.js";
import { describeChange } from "../source/checks.js";
import type { OpenSource } from "../source/source.js";
import { blockSize } from "./block-size.js";
import type { HashAnswer } from "./hash-worker.js";
import type { HashWorkers } from "./hash-workers.js";

/** What tells a content from every other, and each of its blocks from an edited one. */
export interface Fingerprint {
  /** Lower-case hex MD5 of the whole content: the protocol's checksum. */
  md5: string;
  /** The CRC32 of each block of 1 MiB, in order. */
  crc32: Uint32Array;
  /** The content itself, where it is small: it is sent from here and not read again. */
  content?: Buffer;
}

export interface FingerprintOptions {
  signal?: AbortSignal | undefined;
  /** Told now and then how many bytes are hashed. */
  onHashed?: ((bytes: number) => void) | undefined;
}

/** Bytes of a content. */
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
    ? hashPieces(workers, source, range, options)
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
 * Whether the block is the one that was fingerprinted. A worker that is idle computes its CRC32, so
 * that the main thread can go on sending; where all are busy, this thread does.
 */
export async function isFingerprinted(
  workers: HashWorkers,
  bytes: Uint8Array,
  block: number,
  { crc32: expected }: Fingerprint,
): Promise<boolean> {
  const answer = await workers.findIdle()?.ask(workers.nextId(), { kind: "block", bytes });
  const found = answer?.kind === "block" ? answer.crc32 : crc32(bytes);
  return found === expected[block];
}

async function hashFile(
  workers: HashWorkers,
  { fd, keepOpenFor }: NonNullable<OpenSource["file"]>,
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
      await source.read(bytes, start + done, signal);
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
  answer: Exclude<HashAnswer, { kind: "done" }>,
  label: string,
  signal: AbortSignal | undefined,
): DirectUploadError {
  if (answer.kind === "closed") return createClosedError();
  if (answer.kind === "cancelled" && signal !== undefined) return createAbortError(signal);
  if (answer.kind === "short") return describeChange(label);
  const reason = answer.kind === "error" ? answer.message : answer.kind;
  return new DirectUploadError("source_unreadable", `${label} could not be read: ${reason}.`);
}
