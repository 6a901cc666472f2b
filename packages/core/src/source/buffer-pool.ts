import { createAbortError } from "../errors.js";

/**
 * A fixed number of buffers that contents or parts are sent from. Who needs one waits until one is
 * given back, so the pool bounds both the memory and the parts in flight.
 */
export class BufferPool {
  readonly #idle: Buffer[] = [];
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param count how many buffers are in use at most */
  constructor(count: number) {
    this.#free = count;
  }

  /**
   * A buffer of exactly this length, in memory that may have been used before. A length of 0 takes
   * a place and no memory.
   */
  async take(length: number, signal?: AbortSignal): Promise<Buffer> {
    while (this.#free === 0) await this.#wait(signal);
    const buffer = length === 0 ? Buffer.alloc(0) : this.#takeMemory(length);
    this.#free--;
    return buffer;
  }

  /** Gives the place and the memory back. */
  giveBack(buffer: Buffer): void {
    if (buffer.byteLength > 0) this.#idle.push(buffer);
    this.#freePlace();
  }

  /** Gives the place back at once, and the memory when what may still fill it has ended. */
  giveBackAfter(buffer: Buffer, reading: Promise<unknown>): void {
    if (buffer.byteLength > 0) this.#keepAfter(buffer, reading);
    this.#freePlace();
  }

  /** Other memory of the same length for the same place: what may still fill this one goes on. */
  replace(buffer: Buffer, reading: Promise<unknown>): Buffer {
    const { byteLength } = buffer;
    const other = this.#takeMemory(byteLength);
    this.#keepAfter(buffer, reading);
    return other;
  }

  #keepAfter(buffer: Buffer, reading: Promise<unknown>): void {
    const keep = () => {
      this.#idle.push(buffer);
    };
    reading.then(keep, keep);
  }

  #takeMemory(length: number): Buffer {
    const idle = this.#idle.pop();
    if (idle !== undefined && idle.buffer.byteLength >= length) {
      return Buffer.from(idle.buffer, 0, length);
    }
    return allocateShared(length);
  }

  #freePlace(): void {
    this.#free++;
    this.#waiting.shift()?.();
  }

  #wait(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        const place = this.#waiting.indexOf(go);
        if (place >= 0) this.#waiting.splice(place, 1);
        if (signal !== undefined) reject(createAbortError(signal));
      };
      const go = () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      };
      if (signal?.aborted) return stop();
      signal?.addEventListener("abort", stop, { once: true });
      this.#waiting.push(go);
    });
  }
}

/** Memory that hash workers can use without a copy. */
export function allocateShared(length: number): Buffer {
  return Buffer.from(new SharedArrayBuffer(length));
}
