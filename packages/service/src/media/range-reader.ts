import { setTimeout as sleep } from "node:timers/promises";

/** Bytes of one request. */
const blockSize = 1024 * 1024;

/** Blocks that are kept: FFmpeg goes back and forth between an index and what it points to. */
const keptBlocks = 16;

/** Milliseconds for one request. */
const timeLimit = 30_000;

/** How often a request is sent, and the milliseconds before the second time; then double. */
const attempts = { count: 3, delay: 200 };

/** A URL could not be read. The message holds no part of the URL, whose query is a secret. */
export class UnreadableUrlError extends Error {}

/** Reads ranges of one URL in whole blocks, by one request at a time. */
export class RangeReader {
  readonly size: number;
  readonly #url: string;
  /** By number, the least recently used first. */
  readonly #blocks = new Map<number, Buffer>();
  #failure: UnreadableUrlError | null = null;

  constructor(url: string, size: number) {
    this.#url = url;
    this.size = size;
  }

  /** The first failure. What came after it is not to be trusted. */
  get failure(): UnreadableUrlError | null {
    return this.#failure;
  }

  /**
   * At least one byte from `position`, and at most `length`; nothing after the end.
   *
   * @throws UnreadableUrlError
   */
  async read(position: number, length: number): Promise<Buffer> {
    if (position >= this.size) return Buffer.alloc(0);
    const number = Math.floor(position / blockSize);
    const block = this.#blocks.get(number) ?? (await this.#fetchBlock(number));
    this.#blocks.delete(number);
    this.#blocks.set(number, block);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= keptBlocks) break;
      this.#blocks.delete(oldest);
    }
    const start = position - number * blockSize;
    return block.subarray(start, start + length);
  }

  async #fetchBlock(number: number): Promise<Buffer> {
    const start = number * blockSize;
    const end = Math.min(start + blockSize, this.size) - 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#request(start, end);
      } catch (error) {
        const isFinal = error instanceof UnreadableUrlError;
        if (isFinal || attempt === attempts.count) {
          this.#failure ??= isFinal ? error : new UnreadableUrlError(explain(error));
          throw this.#failure;
        }
        await sleep(attempts.delay * 2 ** (attempt - 1));
      }
    }
  }

  async #request(start: number, end: number): Promise<Buffer> {
    const response = await fetch(this.#url, {
      headers: { range: `bytes=${start}-${end}` },
      redirect: "error",
      signal: AbortSignal.timeout(timeLimit),
    });
    const isWhole = response.status === 200 && end - start + 1 === this.size;
    if (response.status !== 206 && !isWhole) {
      // Else a store that ignores ranges would send the rest of the video.
      await response.body?.cancel();
      const message = `the store answered ${response.status} when the video was read`;
      throw response.status >= 500 ? new Error(message) : new UnreadableUrlError(message);
    }
    const block = Buffer.from(await response.arrayBuffer());
    if (block.length === end - start + 1) return block;
    throw new UnreadableUrlError("the store sent another range of the video than it was asked for");
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return "the store could not be reached";
  const { cause, message, name } = error;
  if (name === "TimeoutError") return "the store took too long to send the video";
  const code = (cause as NodeJS.ErrnoException | undefined)?.code;
  if (code !== undefined) return `the store could not be reached to read the video (${code})`;
  return message.startsWith("the store") ? message : "the store could not be reached";
}
