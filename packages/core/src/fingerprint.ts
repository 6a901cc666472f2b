import { crc32 } from "node:zlib";
import { createAbortError, DirectUploadError, throwIfAborted } from "./errors.js";
import { cancelPlace, FingerprintLane, hashedPlace, type LaneAnswer } from "./fingerprint-lane.js";
import { describeChange, type OpenSource } from "./source.js";

/** What tells a content from every other, and each of its blocks from an edited one. */
export interface Fingerprint {
  /** Lower-case hex MD5 of the whole content: the protocol's checksum. */
  md5: string;
  /** Bytes of the blocks that `crc32` stands for. */
  blockSize: number;
  /** The CRC32 of each block, in order. */
  crc32: Uint32Array;
  /** The content itself, where it is small: it is sent from here and not read again. */
  content?: Buffer;
}

export interface FingerprintOptions {
  /** Bytes of a block. Default 1 MiB, which most chunk sizes are a multiple of. */
  blockSize?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Told now and then how many bytes are hashed. */
  onHashed?: ((bytes: number) => void) | undefined;
}

const mebibyte = 1024 * 1024;
const progressInterval = 200;

/**
 * Hashes sources off the main thread, in lanes that are started when first needed and kept: a
 * second one when two sources wait at once.
 */
export class FingerprintLanes {
  readonly #most: number;
  readonly #lanes: FingerprintLane[] = [];
  readonly #idle: FingerprintLane[] = [];
  readonly #waiting: ((lane: FingerprintLane) => void)[] = [];

  constructor(most = 2) {
    this.#most = most;
  }

  async fingerprint(source: OpenSource, options: FingerprintOptions = {}): Promise<Fingerprint> {
    const { blockSize = mebibyte, signal } = options;
    throwIfAborted(signal);
    const answer = await this.#use(async (lane) => {
      throwIfAborted(signal);
      return source.fd === undefined
        ? hashPieces(lane, source, blockSize, options)
        : hashFile(lane, source, source.fd, blockSize, options);
    });
    if (answer.kind === "done") return { md5: answer.md5, blockSize, crc32: answer.crc32 };
    throw describeFailure(answer, source.label, signal);
  }

  /** The MD5 of bytes, as hex. Their memory should be shared, or it is copied. */
  async hashBytes(bytes: Uint8Array, label: string): Promise<string> {
    const answer = await this.#use((lane) => lane.ask({ kind: "bytes", bytes }));
    if (answer.kind === "done") return answer.md5;
    throw describeFailure(answer, label, undefined);
  }

  /**
   * Whether the bytes that stand at `start` are those that were fingerprinted. An idle lane looks,
   * so that the main thread can go on sending; where all are busy, this thread does.
   */
  async matches(fingerprint: Fingerprint, bytes: Uint8Array, start: number): Promise<boolean> {
    const { blockSize, crc32: expected } = fingerprint;
    const lane = this.#idle.pop();
    let found: Uint32Array | undefined;
    if (lane !== undefined) {
      const answer = await lane.ask({ kind: "blocks", bytes, blockSize });
      this.#giveBack(lane);
      if (answer.kind === "blocks") found = answer.crc32;
    }
    found ??= computeCrc32(bytes, blockSize);
    return found.every((crc, index) => crc === expected[start / blockSize + index]);
  }

  async close(): Promise<void> {
    this.#idle.length = 0;
    await Promise.all(this.#lanes.splice(0).map((lane) => lane.end()));
  }

  async #use<T>(work: (lane: FingerprintLane) => Promise<T>): Promise<T> {
    const lane = await this.#take();
    try {
      return await work(lane);
    } finally {
      this.#giveBack(lane);
    }
  }

  async #take(): Promise<FingerprintLane> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#lanes.length >= this.#most) {
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    const lane = new FingerprintLane();
    this.#lanes.push(lane);
    return lane;
  }

  #giveBack(lane: FingerprintLane): void {
    const next = this.#waiting.shift();
    if (next !== undefined) next(lane);
    else this.#idle.push(lane);
  }
}

async function hashFile(
  lane: FingerprintLane,
  source: OpenSource,
  fd: number,
  blockSize: number,
  { signal, onHashed }: FingerprintOptions,
): Promise<LaneAnswer> {
  const shared = new SharedArrayBuffer(8);
  const places = new Int32Array(shared);
  const cancel = () => Atomics.store(places, cancelPlace, 1);
  signal?.addEventListener("abort", cancel, { once: true });
  const timer = setInterval(() => {
    onHashed?.(Math.min(source.size, Atomics.load(places, hashedPlace) * mebibyte));
  }, progressInterval);
  try {
    return await lane.ask({ kind: "file", fd, size: source.size, blockSize, shared });
  } finally {
    clearInterval(timer);
    signal?.removeEventListener("abort", cancel);
  }
}

async function hashPieces(
  lane: FingerprintLane,
  source: OpenSource,
  blockSize: number,
  { signal, onHashed }: FingerprintOptions,
): Promise<LaneAnswer> {
  await lane.ask({ kind: "begin", blockSize });
  for (let start = 0; start < source.size; start += mebibyte) {
    throwIfAborted(signal);
    // The lane takes the memory over, so each piece has its own.
    const piece = new Uint8Array(Math.min(mebibyte, source.size - start));
    await source.read(piece, start, signal);
    const answer = await lane.ask({ kind: "piece", piece }, [piece.buffer]);
    if (answer.kind !== "ready") return answer;
    onHashed?.(start + piece.byteLength);
  }
  return lane.ask({ kind: "end" });
}

function describeFailure(
  answer: Exclude<LaneAnswer, { kind: "done" }>,
  label: string,
  signal: AbortSignal | undefined,
): DirectUploadError {
  if (answer.kind === "cancelled" && signal !== undefined) return createAbortError(signal);
  if (answer.kind === "short") return describeChange(label);
  const reason = answer.kind === "error" ? answer.message : answer.kind;
  return new DirectUploadError("source_unreadable", `${label} could not be read: ${reason}.`);
}

function computeCrc32(bytes: Uint8Array, blockSize: number): Uint32Array {
  const found: number[] = [];
  for (let start = 0; start < bytes.byteLength; start += blockSize) {
    found.push(crc32(bytes.subarray(start, start + blockSize)));
  }
  return Uint32Array.from(found);
}
