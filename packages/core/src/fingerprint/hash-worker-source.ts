import { blockSize } from "./block-size.js";

/**
 * The whole program of a hash worker, as plain text: bundlers and minifiers rename, wrap and
 * instrument functions, and a worker in a file of its own would have to be found again by each of
 * them. It answers every message with messages of the same `id`; the types are in `hash-worker.ts`.
 *
 * Files are hashed in slices, always of the job with the fewest bytes left, so that a small file
 * overtakes a large one.
 */
export const hashWorkerSource = `"use strict";
const { parentPort } = process.getBuiltinModule("node:worker_threads");
const { createHash } = process.getBuiltinModule("node:crypto");
const { crc32 } = process.getBuiltinModule("node:zlib");
const { readSync } = process.getBuiltinModule("node:fs");

const blockSize = ${blockSize};
// What is read at a time stays in the cache of the processor for both sums.
const buffer = Buffer.allocUnsafeSlow(256 * 1024);
const sliceSize = 8 * 1024 * 1024;
const fileJobs = new Map();
const pieceJobs = new Map();
let isScheduled = false;

class Hasher {
  constructor() {
    this.md5 = createHash("md5");
    this.crcs = [];
    this.crc = 0;
    this.room = blockSize;
  }

  update(bytes) {
    this.md5.update(bytes);
    for (let start = 0; start < bytes.byteLength; ) {
      const piece = bytes.subarray(start, start + this.room);
      this.crc = crc32(piece, this.crc);
      start += piece.byteLength;
      this.room -= piece.byteLength;
      if (this.room === 0) this.endBlock();
    }
  }

  endBlock() {
    this.crcs.push(this.crc);
    this.crc = 0;
    this.room = blockSize;
  }

  finish() {
    if (this.room < blockSize) this.endBlock();
    return { kind: "done", md5: this.md5.digest("hex"), crc32: Uint32Array.from(this.crcs) };
  }
}

function hashSlice(job) {
  const end = Math.min(job.end, job.position + sliceSize);
  while (job.position < end) {
    const length = Math.min(buffer.byteLength, end - job.position);
    const read = readSync(job.fd, buffer, 0, length, job.position);
    if (read === 0) return { kind: "short" };
    job.hasher.update(buffer.subarray(0, read));
    job.position += read;
  }
  return job.position === job.end ? job.hasher.finish() : undefined;
}

function readBlock({ fd, start, bytes }) {
  for (let filled = 0; filled < bytes.byteLength; ) {
    const read = readSync(fd, bytes, filled, bytes.byteLength - filled, start + filled);
    if (read === 0) return { kind: "short" };
    filled += read;
  }
  return { kind: "block", crc32: crc32(bytes) };
}

function work() {
  isScheduled = false;
  let next;
  for (const job of fileJobs.values()) {
    if (next === undefined || job.end - job.position < next.end - next.position) next = job;
  }
  if (next === undefined) return;
  const { id } = next;
  answer(id, () => {
    const result = hashSlice(next);
    if (result === undefined) return { kind: "progress", hashed: next.position - next.start };
    fileJobs.delete(id);
    return result;
  });
  schedule();
}

function schedule() {
  if (isScheduled || fileJobs.size === 0) return;
  isScheduled = true;
  setImmediate(work);
}

function handle(message) {
  const { id, kind } = message;
  if (kind === "file") {
    const { fd, start, length } = message;
    const hasher = new Hasher();
    fileJobs.set(id, { id, fd, start, position: start, end: start + length, hasher });
    schedule();
    return undefined;
  }
  if (kind === "cancel") {
    pieceJobs.delete(id);
    return fileJobs.delete(id) ? { kind: "cancelled" } : undefined;
  }
  if (kind === "bytes") {
    const { bytes } = message;
    return { kind: "done", md5: createHash("md5").update(bytes).digest("hex"), crc32: new Uint32Array() };
  }
  if (kind === "block") return { kind: "block", crc32: crc32(message.bytes) };
  if (kind === "read") return readBlock(message);
  if (kind === "piece") {
    if (!pieceJobs.has(id)) pieceJobs.set(id, new Hasher());
    pieceJobs.get(id).update(message.bytes);
    return { kind: "ready" };
  }
  const hasher = pieceJobs.get(id);
  pieceJobs.delete(id);
  return hasher.finish();
}

function answer(id, compute) {
  let result;
  try {
    result = compute();
  } catch (error) {
    fileJobs.delete(id);
    pieceJobs.delete(id);
    result = { kind: "error", message: String(error) };
  }
  if (result !== undefined) parentPort.postMessage({ ...result, id });
}

parentPort.on("message", (message) => answer(message.id, () => handle(message)));
`;
