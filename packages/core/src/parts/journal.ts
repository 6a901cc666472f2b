import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import * as v from "valibot";
import type { UploadedPart } from "../protocol/answers.js";
import { prepareStateFile, removeOldState } from "../state-folder.js";

const header = v.object({ uploadId: v.string(), chunkSize: v.number() });
const row = v.object({ partNumber: v.number(), etag: v.string() });

/**
 * The parts that storage has acknowledged, one on each line. From it an upload that was interrupted
 * is resumed where the service does not report its parts. It counts only while the service gives
 * the same upload id.
 */
export class Journal implements AsyncDisposable {
  readonly #path: string;
  #file: FileHandle | undefined;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @param upload what identifies the upload: the service, the app, the checksum */
  static async open(stateFolder: string, ...upload: string[]): Promise<Journal> {
    await removeOldState(stateFolder);
    return new Journal(await prepareStateFile(stateFolder, "uploads", ...upload));
  }

  /** The parts of this upload that an earlier run has stored. */
  async restore(upload: v.InferOutput<typeof header>): Promise<UploadedPart[]> {
    const text = await readFile(this.#path, "utf8").catch(() => "");
    const [first = "", ...rest] = text.split("\n");
    const found = parseLine(header, first);
    if (found?.uploadId !== upload.uploadId || found.chunkSize !== upload.chunkSize) return [];
    // The process may have been killed in the middle of the last line.
    return rest.flatMap((line) => parseLine(row, line) ?? []);
  }

  /** Starts over, for this upload and with these parts. */
  async begin(
    { uploadId, chunkSize }: v.InferOutput<typeof header>,
    parts: UploadedPart[],
  ): Promise<void> {
    await this[Symbol.asyncDispose]();
    // Without a journal the upload continues, but cannot be resumed by a later run.
    this.#file = await open(this.#path, "w", 0o600).catch(() => undefined);
    await this.#write([{ uploadId, chunkSize }, ...parts]);
  }

  async record(part: UploadedPart): Promise<void> {
    await this.#write([part]);
  }

  async #write(lines: object[]): Promise<void> {
    try {
      await this.#file?.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    } catch {
      // On a full disk the upload continues, and a later run sends again what is not recorded.
      await this[Symbol.asyncDispose]();
    }
  }

  /** The upload is finished: there is nothing left to resume. */
  async remove(): Promise<void> {
    await this[Symbol.asyncDispose]();
    // A journal that cannot be removed does no harm: its upload id is never given again.
    await rm(this.#path, { force: true }).catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}

function parseLine<T>(schema: v.GenericSchema<unknown, T>, line: string): T | undefined {
  try {
    return v.parse(schema, JSON.parse(line));
  } catch {
    return undefined;
  }
}
