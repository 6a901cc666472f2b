import { type FileHandle, open, readFile, rm } from "node:fs/promises";
import * as z from "zod/mini";
import type { UploadedPart } from "./clip.js";
import { prepareStateFile, removeOldState } from "./state-folder.js";

const header = z.object({ uploadId: z.string(), chunkSize: z.number() });
const row = z.object({ partNumber: z.number(), etag: z.string() });

/**
 * The parts that storage has acknowledged, a line each, for services that do not report them: what
 * a killed upload goes on from. It is of use only while the service answers the same upload id.
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
  async restore(upload: z.infer<typeof header>): Promise<UploadedPart[]> {
    const text = await readFile(this.#path, "utf8").catch(() => "");
    const [first = "", ...rest] = text.split("\n");
    const found = parseLine(header, first);
    if (found?.uploadId !== upload.uploadId || found.chunkSize !== upload.chunkSize) return [];
    // The process may have been killed in the middle of the last line.
    return rest.flatMap((line) => parseLine(row, line) ?? []);
  }

  /** Starts over, for this upload and with these parts. */
  async begin(
    { uploadId, chunkSize }: z.infer<typeof header>,
    parts: UploadedPart[],
  ): Promise<void> {
    await this[Symbol.asyncDispose]();
    this.#file = await open(this.#path, "w", 0o600);
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

  /** The upload is through: there is nothing to go on from. */
  async remove(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await rm(this.#path, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}

function parseLine<T>(schema: z.ZodMiniType<T>, line: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
