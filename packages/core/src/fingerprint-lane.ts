import { Worker } from "node:worker_threads";

/** What a lane is told. It reads a file by itself; of other sources it is handed the pieces. */
export type LaneOrder =
  | { kind: "file"; fd: number; size: number; blockSize: number; shared: SharedArrayBuffer }
  | { kind: "begin"; blockSize: number }
  | { kind: "piece"; piece: Uint8Array }
  | { kind: "bytes"; bytes: Uint8Array }
  | { kind: "blocks"; bytes: Uint8Array; blockSize: number }
  | { kind: "end" };

/** What a lane answers: one message for each order. */
export type LaneAnswer =
  | { kind: "ready" | "cancelled" | "short" }
  | { kind: "done"; md5: string; crc32: Uint32Array }
  | { kind: "blocks"; crc32: Uint32Array }
  | { kind: "error"; message: string };

/** Place in the shared array: MiB hashed so far. */
export const hashedPlace = 0;
/** Place in the shared array: 1 tells the lane to stop. */
export const cancelPlace = 1;

/** A thread that hashes, one source at a time. It keeps no program alive while it is idle. */
export class FingerprintLane {
  readonly #worker = new Worker(`(${runLane})()`, {
    eval: true,
    name: "clipcourier-fingerprint",
    // It makes next to nothing but short-lived views, which would fill whatever room there is.
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  #settle: ((answer: LaneAnswer) => void) | undefined;

  constructor() {
    this.#worker.unref();
    this.#worker.on("message", (answer: LaneAnswer) => this.#answer(answer));
    this.#worker.on("error", (error) => this.#answer({ kind: "error", message: String(error) }));
    this.#worker.on("exit", () => this.#answer({ kind: "error", message: "the thread ended" }));
  }

  ask(order: LaneOrder, transfer: ArrayBuffer[] = []): Promise<LaneAnswer> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#worker.ref();
      this.#worker.postMessage(order, transfer);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #answer(answer: LaneAnswer): void {
    this.#worker.unref();
    this.#settle?.(answer);
    this.#settle = undefined;
  }
}

/**
 * The whole of a lane's thread. It is started from its own source text, so that a bundler need not
 * know of a second file: nothing but types may come from outside the function.
 */
function runLane(): void {
  const { parentPort } = process.getBuiltinModule("node:worker_threads");
  const { createHash } = process.getBuiltinModule("node:crypto");
  const { crc32 } = process.getBuiltinModule("node:zlib");
  const { readSync } = process.getBuiltinModule("node:fs");
  const buffer = Buffer.allocUnsafeSlow(1024 * 1024);

  const createHasher = (blockSize: number) => {
    const md5 = createHash("md5");
    const crcs: number[] = [];
    let crc = 0;
    let room = blockSize;
    return {
      update(bytes: Uint8Array) {
        md5.update(bytes);
        for (let start = 0; start < bytes.byteLength; ) {
          const piece = bytes.subarray(start, start + room);
          crc = crc32(piece, crc);
          start += piece.byteLength;
          room -= piece.byteLength;
          if (room > 0) continue;
          crcs.push(crc);
          crc = 0;
          room = blockSize;
        }
      },
      finish(): LaneAnswer {
        if (room < blockSize) crcs.push(crc);
        return { kind: "done", md5: md5.digest("hex"), crc32: Uint32Array.from(crcs) };
      },
    };
  };

  const hashFile = (order: Extract<LaneOrder, { kind: "file" }>): LaneAnswer => {
    const shared = new Int32Array(order.shared);
    const file = createHasher(order.blockSize);
    for (let position = 0; position < order.size; ) {
      if (Atomics.load(shared, 1) === 1) return { kind: "cancelled" };
      const length = Math.min(buffer.byteLength, order.size - position);
      const read = readSync(order.fd, buffer, 0, length, position);
      if (read === 0) return { kind: "short" };
      file.update(buffer.subarray(0, read));
      position += read;
      Atomics.store(shared, 0, Math.floor(position / buffer.byteLength));
    }
    return file.finish();
  };

  let hasher = createHasher(1);
  const obey = (order: LaneOrder): LaneAnswer => {
    if (order.kind === "file") return hashFile(order);
    if (order.kind === "end") return hasher.finish();
    if (order.kind === "bytes") {
      const md5 = createHash("md5").update(order.bytes).digest("hex");
      return { kind: "done", md5, crc32: new Uint32Array() };
    }
    if (order.kind === "blocks") {
      const count = Math.ceil(order.bytes.byteLength / order.blockSize);
      const blocks = Array.from({ length: count }, (_, index) =>
        order.bytes.subarray(index * order.blockSize, (index + 1) * order.blockSize),
      );
      return { kind: "blocks", crc32: Uint32Array.from(blocks, (block) => crc32(block)) };
    }
    if (order.kind === "begin") hasher = createHasher(order.blockSize);
    else hasher.update(order.piece);
    return { kind: "ready" };
  };
  parentPort?.on("message", (order: LaneOrder) => {
    try {
      parentPort.postMessage(obey(order));
    } catch (error) {
      parentPort.postMessage({ kind: "error", message: String(error) } satisfies LaneAnswer);
    }
  });
}
