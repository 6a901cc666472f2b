import { createClosedError } from "../errors.js";
import { type HashAnswer, type HashMessage, HashWorker } from "./hash-worker.js";

export type FileMessage = Extract<HashMessage, { kind: "file" }>;

export interface FileOptions {
  signal?: AbortSignal | undefined;
  /** Called now and then with how many bytes have been hashed. */
  onHashed?: ((bytes: number) => void) | undefined;
}

/** The turn of one file. */
interface Turn {
  worker: HashWorker;
  /** Bytes. */
  length: number;
}

interface Waiting {
  length: number;
  /** Called with the turn, or without one when the client is closed. */
  go: (turn: Turn | undefined) => void;
  /** Called when no thread can be started. */
  fail: (error: unknown) => void;
}

// How many times smaller a file must be to be hashed before a larger one is finished.
const overtakingRatio = 4;

/**
 * The threads that hash, started when they are first needed and then kept. Each hashes one file at
 * a time, small ones first; a much smaller one is hashed in the middle of a large one.
 */
export class HashWorkers {
  readonly #most: number;
  readonly #workers = new Set<HashWorker>();
  readonly #turns = new Set<Turn>();
  readonly #waiting: Waiting[] = [];
  #lastId = 0;
  #isClosed = false;

  /** @param most how many threads there are at most */
  constructor(most = 2) {
    this.#most = most;
  }

  /**
   * Hashes bytes of a file when it is their turn. The answer comes when the file is no longer being
   * read, which after an abort may take a moment.
   */
  hashFile(message: FileMessage, options: FileOptions): Promise<HashAnswer> {
    return this.askTwice(() => this.#hashFileInTurn(message, options));
  }

  async #hashFileInTurn(
    message: FileMessage,
    { signal, onHashed }: FileOptions,
  ): Promise<HashAnswer> {
    const turn = await this.#waitForTurn(message.length, signal);
    if (turn === undefined) return { kind: this.#isClosed ? "closed" : "cancelled" };
    const { worker } = turn;
    const id = this.nextId();
    const cancel = () => worker.cancel(id);
    try {
      if (signal?.aborted) return { kind: "cancelled" };
      signal?.addEventListener("abort", cancel, { once: true });
      return await worker.ask(id, message, { onHashed });
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#turns.delete(turn);
      this.#startWaiting();
    }
  }

  /** The MD5 of bytes. Their memory should be shared, or it is copied. */
  hashBytes(bytes: Uint8Array): Promise<HashAnswer> {
    return this.askTwice(() => this.takeLeastBusy().ask(this.nextId(), { kind: "bytes", bytes }));
  }

  /** A worker for work that is short, or whose pieces come one by one. */
  takeLeastBusy(): HashWorker {
    this.#assertOpen();
    const [first] = this.#listAlive().sort((a, b) => a.jobCount - b.jobCount);
    if (first !== undefined && (first.jobCount === 0 || this.#workers.size >= this.#most)) {
      return first;
    }
    try {
      return this.#addWorker();
    } catch (error) {
      if (first === undefined) throw error;
      return first;
    }
  }

  /**
   * Fills shared memory from a file and gives its CRC32. The answer comes when the file is no
   * longer being read. A worker that hashes a file does this between two slices of it.
   */
  readBlock(fd: number, start: number, bytes: Uint8Array): Promise<HashAnswer> {
    return this.askTwice(() =>
      this.#findReader().ask(this.nextId(), { kind: "read", fd, start, bytes }),
    );
  }

  #findReader(): HashWorker {
    const hashing = new Set([...this.#turns].map(({ worker }) => worker));
    const workers = this.#listAlive().sort((a, b) => a.jobCount - b.jobCount);
    return workers.find((one) => !hashing.has(one)) ?? workers[0] ?? this.#addWorker();
  }

  /**
   * Asks again, another thread, where the first one has ended, for lack of memory perhaps: that
   * says nothing about the content.
   */
  async askTwice(ask: () => Promise<HashAnswer>): Promise<HashAnswer> {
    this.#assertOpen();
    const answer = await ask();
    if (answer.kind !== "ended") return answer;
    return this.#isClosed ? { kind: "closed" } : ask();
  }

  /** A worker with nothing to do, if there is one. */
  findIdle(): HashWorker | undefined {
    return this.#listAlive().find(({ jobCount }) => jobCount === 0);
  }

  /** A number for the messages of one job. */
  nextId(): number {
    return ++this.#lastId;
  }

  /** Ends the threads and whatever they work on. Further calls are refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { go } of this.#waiting.splice(0)) go(undefined);
    await Promise.all([...this.#workers].map((worker) => worker.end()));
  }

  #waitForTurn(length: number, signal: AbortSignal | undefined): Promise<Turn | undefined> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        const place = this.#waiting.indexOf(waiting);
        if (place >= 0) this.#waiting.splice(place, 1);
        resolve(undefined);
      };
      const stopListening = () => signal?.removeEventListener("abort", leave);
      const waiting: Waiting = {
        length,
        go: (turn) => {
          stopListening();
          resolve(turn);
        },
        fail: (error) => {
          stopListening();
          reject(error);
        },
      };
      if (signal?.aborted) return resolve(undefined);
      signal?.addEventListener("abort", leave, { once: true });
      this.#waiting.push(waiting);
      this.#startWaiting();
    });
  }

  #startWaiting(): void {
    for (;;) {
      const next = this.#waiting.reduce<Waiting | undefined>(
        (smallest, each) => (smallest && smallest.length <= each.length ? smallest : each),
        undefined,
      );
      if (next === undefined || !this.#startTurn(next)) return;
      this.#waiting.splice(this.#waiting.indexOf(next), 1);
    }
  }

  /** Whether the wait is over: the file has its turn, or no thread could be started for it. */
  #startTurn(next: Waiting): boolean {
    let worker: HashWorker | undefined;
    try {
      worker = this.#findWorker(next.length);
    } catch (error) {
      next.fail(error);
      return true;
    }
    if (worker === undefined) return false;
    const turn = { worker, length: next.length };
    this.#turns.add(turn);
    next.go(turn);
    return true;
  }

  /**
   * A worker that hashes no file, or only files so large that one of this length may overtake them.
   */
  #findWorker(length: number): HashWorker | undefined {
    const workers = this.#listAlive();
    const smallestOf = (worker: HashWorker) =>
      Math.min(
        ...[...this.#turns].filter((turn) => turn.worker === worker).map((turn) => turn.length),
      );
    // A worker without a file counts as one with an endless file.
    const [best] = workers.sort((a, b) => smallestOf(b) - smallestOf(a));
    if (best !== undefined && smallestOf(best) === Number.POSITIVE_INFINITY) return best;
    if (this.#workers.size < this.#most) {
      try {
        return this.#addWorker();
      } catch (error) {
        // Where no other thread can be started, those that there are do all the work.
        if (best === undefined) throw error;
      }
    }
    return best !== undefined && length * overtakingRatio <= smallestOf(best) ? best : undefined;
  }

  #addWorker(): HashWorker {
    const worker = new HashWorker();
    this.#workers.add(worker);
    return worker;
  }

  // A thread that has ended by itself, because memory ran out for example, is replaced.
  #listAlive(): HashWorker[] {
    for (const worker of this.#workers) if (worker.hasEnded) this.#workers.delete(worker);
    return [...this.#workers];
  }

  #assertOpen(): void {
    if (this.#isClosed) throw createClosedError();
  }
}
