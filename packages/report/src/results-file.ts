import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { type UploadRecord, uploadRecord } from "@clipcourier/batch";
import * as v from "valibot";
import { replaceFile } from "./replace-file.js";

const results = v.object({ version: v.literal(1), clips: v.array(uploadRecord) });

/** A results file cannot be read, or is not one. The message names it and says what to do. */
export class InvalidResultsError extends Error {
  override readonly name = "InvalidResultsError";
}

/** Writes all records as JSON, for later steps and jobs. */
export async function writeResultsFile(
  file: string,
  records: readonly UploadRecord[],
): Promise<void> {
  await replaceFile(file, `${JSON.stringify({ version: 1, clips: records }, null, 2)}\n`);
}

/**
 * Reads the records of a results file. A stranger can have written it, so its content is checked.
 *
 * @throws InvalidResultsError that names the file, when it cannot be read or is not valid
 */
export async function readResultsFile(file: string): Promise<UploadRecord[]> {
  const parsed = v.safeParse(results, await readJson(file));
  if (parsed.success) return parsed.output.clips;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue) ?? "it";
  throw new InvalidResultsError(
    `${file} is not a results file (${where}: ${issue.message}). Name only results files.`,
  );
}

async function readJson(file: string): Promise<unknown> {
  try {
    // Without O_NONBLOCK, a named pipe would wait for a writer for ever.
    const flag = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
    return JSON.parse(await readFile(file, { encoding: "utf8", flag }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InvalidResultsError(`${file} cannot be read as a results file: ${reason}.`);
  }
}
