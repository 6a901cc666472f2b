import { Worker } from "node:worker_threads";
import { hashWorkerSource } from "./hash-worker-source.js";

/** What a worker is asked for. It reads files itself; of other sources it is sent the pieces. */
export type HashMessage =
  | { kind: "file"; fd: number; start: number; length: number }
  | { kind: "piece"; bytes: Uint8Array }
  | { kind: "end" }
  | { kind: "bytes"; bytes: Uint8Array }
  | { kind: "block"; bytes: Uint8Array }
  | { kind: "read"; fd: number; start: number; bytes: Uint8Array };

/** What a worker answers in the end. */
export type HashAnswer =
  | { kind: "ready" | "cancelled" | "short" | "closed" }
  | { kind: "done"; md5: string; crc32: Uint32Array }
  | { kind: "block"; crc32: number }
  | { kind: "error" | "ended"; message: string };

type WorkerMessage = (HashAnswer | { kind: "progress"; hashed: number }) & { id: number };

interface Job {
  settle(answer: HashAnswer): void;
  onHashed?: ((bytes: number) => void) | undefined;
}

/** A thread that hashes, several jobs at once. It keeps the program alive only while it has one. */
export class HashWorker {
  readonly #worker = new Worker(hashWorkerSource, {
    eval: true,
    name: "clipcourier-hash",
    // It allocates little but short-lived views, which would fill any memory that it is given.
    resourceLimits: { maxYoungGenerationSizeMb: 2 },
  });
  readonly #jobs = new Map<number, Job>();
  #failure = "the thread ended";
  #isEnding = false;
  #hasEnded = false;

  constructor() {
    this.#worker.unref();
    this.#worker.on("message", (message: WorkerMessage) => this.#take(message));
    this.#worker.on("error", (error) => {
      this.#failure = String(error);
    });
    this.#worker.on("exit", () => {
      this.#hasEnded = true;
      for (const id of [...this.#jobs.keys()]) {
        this.#settle(id, this.#describeEnd());
      }
    });
  }

  /** How many jobs are under way. */
  get jobCount(): number {
    return this.#jobs.size;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /**
   * Asks for one answer.
   *
   * @param id of the job. The messages of a job are sent one after the other.
   */
  ask(
    id: number,
    message: HashMessage,
    { transfer = [], onHashed }: { transfer?: ArrayBuffer[]; onHashed?: Job["onHashed"] } = {},
  ): Promise<HashAnswer> {
    if (this.#hasEnded) return Promise.resolve(this.#describeEnd());
    return new Promise((settle) => {
      this.#jobs.set(id, { settle, onHashed });
      this.#worker.ref();
      this.#worker.postMessage({ ...message, id }, transfer);
    });
  }

  /** Ends a job as soon as the thread is between two slices of work. */
  cancel(id: number): void {
    this.#worker.postMessage({ kind: "cancel", id });
  }

  async end(): Promise<void> {
    // An answer that is on its way must not let the program end before this promise is settled.
    this.#isEnding = true;
    await this.#worker.terminate();
  }

  #describeEnd(): HashAnswer {
    return { kind: "ended", message: this.#failure };
  }

  #take(message: WorkerMessage): void {
    if (message.kind === "progress") this.#jobs.get(message.id)?.onHashed?.(message.hashed);
    else this.#settle(message.id, message);
  }

  #settle(id: number, answer: HashAnswer): void {
    const job = this.#jobs.get(id);
    this.#jobs.delete(id);
    if (this.#jobs.size === 0 && !this.#isEnding) this.#worker.unref();
    job?.settle(answer);
  }
}
