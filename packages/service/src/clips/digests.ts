import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import type { ObjectStore } from "../store/object-store.js";

// The worker is text, so that bundles need no second file. It answers each chunk with its length, and
// at the end with the digests.
const workerText = `
const { createHash } = require("node:crypto");
const { openSync, readSync, closeSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");
const [md5, sha256] = [createHash("md5"), createHash("sha256")];
function add(chunk) { md5.update(chunk); sha256.update(chunk); }
function end() { parentPort.postMessage({ md5: md5.digest("hex"), sha256: sha256.digest("hex") }); }
if (workerData.path === null) {
  parentPort.on("message", (chunk) => {
    if (chunk === null) { end(); parentPort.close(); return; }
    add(chunk);
    parentPort.postMessage(chunk.length);
  });
} else {
  const buffer = Buffer.allocUnsafe(1024 * 1024);
  const file = openSync(workerData.path);
  for (let read; (read = readSync(file, buffer)) > 0; ) add(buffer.subarray(0, read));
  closeSync(file);
  end();
}
`;

// Bytes that may wait for the worker.
const waitingLimit = 4 * 1024 * 1024;

// Bytes that are hashed at once, in a few milliseconds. To start a worker takes longer.
const smallSize = 1024 * 1024;

/** Of the same bytes, as hex. */
export interface Digests {
  /** What the protocol names a content by. Two contents of one MD5 can be made. */
  md5: string;
  /** What nobody can make a second content for. */
  sha256: string;
}

/**
 * The digests of an object, read once and hashed beside the event loop unless it is small; `null`
 * when there is no such object.
 */
export async function computeDigests(
  store: ObjectStore,
  key: string,
  signal: AbortSignal,
): Promise<Digests | null> {
  if (store.localPath) {
    const found = await store.headObject(key, { signal });
    if (!found) return null;
    if (found.size > smallSize) return hashInWorker(store.localPath(key), null, signal);
  }
  const object = await store.getObject(key, { signal });
  if (!object) return null;
  if (object.size > smallSize) return hashInWorker(null, object.body, signal);
  const content = await new Response(object.body).bytes();
  const digest = (name: string) => createHash(name).update(content).digest("hex");
  return { md5: digest("md5"), sha256: digest("sha256") };
}

async function hashInWorker(
  path: string | null,
  body: ReadableStream<Uint8Array> | null,
  signal: AbortSignal,
): Promise<Digests> {
  signal.throwIfAborted();
  const worker = new Worker(workerText, { eval: true, workerData: { path } });
  const { promise: digests, resolve, reject } = Promise.withResolvers<Digests>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  const room = new Room();
  worker.on("error", reject);
  worker.on("message", (message: number | Digests) => {
    if (typeof message === "number") room.free(message);
    else resolve(message);
  });
  try {
    // The rejection of the digests also ends the sending, which may wait for a worker that has ended.
    if (body) await Promise.race([sendChunks(worker, body, room), digests]);
    return await digests;
  } finally {
    signal.removeEventListener("abort", stop);
    await worker.terminate();
    await body?.cancel().catch(() => {});
  }
}

async function sendChunks(
  worker: Worker,
  body: ReadableStream<Uint8Array>,
  room: Room,
): Promise<void> {
  for await (const chunk of body.values({ preventCancel: true })) {
    worker.postMessage(chunk);
    await room.take(chunk.length);
  }
  worker.postMessage(null);
}

/** Lets the sender run ahead of the worker by so many bytes. */
class Room {
  #used = 0;
  #wake: (() => void) | null = null;

  async take(size: number): Promise<void> {
    this.#used += size;
    if (this.#used <= waitingLimit) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  free(size: number): void {
    this.#used -= size;
    if (this.#used <= waitingLimit) this.#wake?.();
  }
}
