import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import * as v from "valibot";
import type { UploadedPart } from "../protocol/clip.js";
import { prepareStateFile, removeOldState } from "../state-folder.js";

const header = v.object({ uploadId: v.string(), chunkSize: v.number() });
const row = v.object({ partNumber: v.number(), etag: v.string() });

/**
 * The parts that storage has acknowledged, a line each, for services that do not report them: what
 * an upload that was killed is resumed from. It holds only while the service answers the same upload id.
 */
export class Journal implements AsyncDisposable {
  readonly #path: string;
  #file: FileHandle | undefined;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @param upload what tells the upload from all others: the service, the app, the checksum */
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
    // What cannot be written costs the journal, not the upload.
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
      // A full disk, say: the upload goes on, and a later run sends again what is not written here.
      await this[Symbol.asyncDispose]();
    }
  }

  /** The upload is finished: there is nothing left to resume. */
  async remove(): Promise<void> {
    await this[Symbol.asyncDispose]();
    // One that stays is of no use to any later upload, and does no harm.
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
