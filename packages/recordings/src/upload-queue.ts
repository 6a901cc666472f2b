import { addChapters, addLink, toUploadRecord, type UploadRecord } from "@clipcourier/batch";
import {
  type Chapter,
  type DirectUploadClient,
  DirectUploadError,
  isDirectUploadError,
  type UploadOutcome,
  type UploadProgress,
} from "@clipcourier/core";
import PQueue from "p-queue";

/** A file that waits for its upload. */
export interface QueuedFile {
  kind: "video" | "screenshot";
  /** The name of its clip. */
  name: string;
  /** Where it is; or `body`, the bytes. */
  path?: string;
  body?: Buffer;
  /** @default none */
  chapters?: readonly Chapter[];
}

export interface UploadQueueOptions {
  /** Gives `undefined` where there is no client to upload with. */
  getClient(): Promise<DirectUploadClient | undefined>;
  /** How many are uploaded at once. */
  concurrency: number;
  /** Milliseconds for which links open private clips; `undefined` for no links. */
  linksFor: number | undefined;
  /** Called for each clip that has no chapters although its file has, with the reason. */
  onChaptersMissing(name: string, reason: string): void;
  /** Called with what became of a file, except where it was stopped. */
  onRecord(record: UploadRecord): void;
}

/** Uploads files a few at a time, while tests go on. What waits is a name and a path. */
export class UploadQueue {
  readonly #queue: PQueue;
  readonly #options: UploadQueueOptions;
  readonly #stop = new AbortController();

  constructor(options: UploadQueueOptions) {
    this.#options = options;
    this.#queue = new PQueue({ concurrency: options.concurrency });
  }

  /** The record of what became of the file. It does not reject. */
  add(file: QueuedFile): Promise<UploadRecord> {
    return this.#queue.add(() => this.#upload(file));
  }

  /**
   * Waits for all uploads, at most these milliseconds: then what is left is stopped.
   *
   * @returns whether all have ended by themselves
   */
  async end(milliseconds: number): Promise<boolean> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#stop.abort();
    }, milliseconds);
    await this.#queue.onIdle();
    clearTimeout(timer);
    return !isLate;
  }

  async #upload(file: QueuedFile): Promise<UploadRecord> {
    const begun = performance.now();
    let last: UploadProgress | undefined;
    const outcome = await this.#tryUpload(file, (progress) => {
      last = progress;
    });
    // Without an account no other upload can succeed, and each would tell the same.
    if (outcome.error?.code === "unauthorized") this.#stop.abort();
    const milliseconds = performance.now() - begun;
    const record = toUploadRecord({ path: file.name, size: last?.size ?? 0 }, outcome, {
      last: last && { ...last, index: 0 },
      ...{ milliseconds, sendingMilliseconds: milliseconds },
    });
    if (record.outcome !== "skipped") this.#options.onRecord(record);
    return this.#linkPrivate(record);
  }

  async #tryUpload(
    { name, path, body, chapters = [] }: QueuedFile,
    onProgress: (progress: UploadProgress) => void,
  ): Promise<UploadOutcome> {
    const base = { index: 0, source: path ?? name };
    try {
      const { signal } = this.#stop;
      signal.throwIfAborted();
      const client = await this.#options.getClient();
      if (client === undefined) throw new DirectUploadError("aborted", "There is no service.");
      const result = await client.upload(path ?? body ?? "", {
        filename: name,
        signal,
        onProgress,
      });
      const { clip } = result;
      // A picture has no times.
      if (chapters.length > 0 && clip.asset !== "photo") {
        const reason = await addChapters(client, clip, chapters, signal);
        if (reason !== undefined) this.#options.onChaptersMissing(name, reason);
      }
      return { ...base, result };
    } catch (error) {
      return { ...base, error: this.#explain(error) };
    }
  }

  /** The record with a link that opens its clip, where that is private and links are asked for. */
  async #linkPrivate(record: UploadRecord): Promise<UploadRecord> {
    const { linksFor: expiresIn, getClient } = this.#options;
    const client = await getClient();
    if (expiresIn === undefined || client === undefined) return record;
    const { signal } = this.#stop;
    return addLink(record, (id) => client.createLink(id, { expiresIn, signal }));
  }

  #explain(error: unknown): DirectUploadError {
    if (isDirectUploadError(error)) return error;
    const code = this.#stop.signal.aborted ? "aborted" : "unexpected";
    return new DirectUploadError(code, error instanceof Error ? error.message : String(error));
  }
}
