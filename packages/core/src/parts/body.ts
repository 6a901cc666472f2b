import { throwIfAborted } from "../errors.js";
import { blockSize } from "../fingerprint/block-size.js";
import { type Fingerprint, readBlock } from "../fingerprint/fingerprint.js";
import type { HashWorkers } from "../fingerprint/hash-workers.js";
import type { StreamedBody } from "../http/transport.js";
import { untilAborted } from "../signals.js";
import type { OpenSource } from "../source/open-source.js";
import type { Part } from "./layout.js";

/** Where the bytes of a part come from. */
export interface PartContent {
  source: OpenSource;
  fingerprint: Fingerprint;
  workers: HashWorkers;
  /** Memory for two blocks: one is read while the other one is sent. */
  buffer: Buffer;
  /** The reads that are under way, which may fill the memory although the body has ended. */
  readings: Set<Promise<unknown>>;
}

/** What is reported about a part while it is sent. */
export interface PartListener {
  /** Awaited before bytes leave, with their number. */
  pace?: ((bytes: number) => Promise<void>) | undefined;
  /** Awaits the next block of the source: that time is no silence of the peer. */
  awaitSource<T>(reading: Promise<T>): Promise<T>;
  /** Called when bytes have left, with their number. */
  onSent(bytes: number): void;
  /** Called when the content cannot be read, or is not what was fingerprinted. */
  onFailure(error: unknown): void;
}

const pacedPieceSize = 32 * 1024;
const firstPieceSize = 256 * 1024;
const smallestPieceSize = 32 * 1024;

/** Bytes of memory that each part of this content needs. */
export function countBufferBytes({ content }: Fingerprint): number {
  return content === undefined ? 2 * blockSize : 0;
}

/** The body of a part: read while it is sent, each block checked before it leaves. */
export function createPartBody(
  part: Part,
  content: PartContent,
  listener: PartListener,
  signal: AbortSignal,
): StreamedBody {
  const { pace, awaitSource, onSent, onFailure } = listener;
  return {
    size: part.length,
    async *pieces() {
      try {
        let size = pace === undefined ? firstPieceSize : pacedPieceSize;
        for await (const block of readBlocks(part, content, awaitSource, signal)) {
          for (let start = 0; start < block.byteLength; ) {
            const piece = block.subarray(start, start + size);
            await pace?.(piece.byteLength);
            const began = performance.now();
            yield piece;
            throwIfAborted(signal);
            onSent(piece.byteLength);
            start += piece.byteLength;
            if (pace === undefined) size = adaptPieceSize(size, performance.now() - began);
          }
        }
      } catch (error) {
        onFailure(error);
        throw error;
      }
    },
  };
}

// Large pieces cost less; on a slow line, small ones show that something moves.
function adaptPieceSize(size: number, milliseconds: number): number {
  if (milliseconds < 20) return Math.min(size * 2, blockSize);
  return milliseconds > 500 ? Math.max(size / 2, smallestPieceSize) : size;
}

async function* readBlocks(
  { start, length }: Part,
  content: PartContent,
  awaitSource: PartListener["awaitSource"],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const end = start + length;
  const { source, fingerprint } = content;
  if (fingerprint.content !== undefined) {
    yield fingerprint.content.subarray(start, end);
    return;
  }
  await awaitSource(untilAborted(source.assertUnchanged(), signal));
  const last = Math.floor((end - 1) / blockSize);
  let block = Math.floor(start / blockSize);
  throwIfAborted(signal);
  let reading = fillBlock(block, content);
  for (; block <= last; block++) {
    const bytes = await awaitSource(untilAborted(reading, signal));
    // A transport may ask for more after its request has ended, when the memory is another part's.
    throwIfAborted(signal);
    if (block < last) reading = fillBlock(block + 1, content);
    // A part may begin and end inside a block, which can only be checked whole.
    const from = block * blockSize;
    yield bytes.subarray(Math.max(0, start - from), Math.min(bytes.byteLength, end - from));
  }
}

function fillBlock(
  block: number,
  { source, fingerprint, workers, buffer, readings }: PartContent,
): Promise<Uint8Array> {
  const place = (block % 2) * blockSize;
  const length = Math.min(blockSize, source.size - block * blockSize);
  const bytes = buffer.subarray(place, place + length);
  const fill = async () => {
    await readBlock(workers, source, block, bytes, fingerprint);
    return bytes;
  };
  const reading = fill();
  readings.add(reading);
  // A body that is not read to its end must not leave an unhandled rejection.
  const end = () => readings.delete(reading);
  reading.then(end, end);
  return reading;
}
