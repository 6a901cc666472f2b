import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type UploadRecord, uploadRecord } from "@clipcourier/batch";
import * as v from "valibot";
import { Problem } from "../runner/problem.js";

const results = v.object({ version: v.literal(1), clips: v.array(uploadRecord) });

/** Writes all records as JSON, for later steps and jobs. */
export async function writeResultsFile(
  file: string,
  records: readonly UploadRecord[],
): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify({ version: 1, clips: records }, null, 2)}\n`);
}

/**
 * Reads the records of a results file. The name of the file becomes the name of the job. A stranger
 * can have written the file, so its content is checked.
 *
 * @throws Problem that names the file, when it cannot be read or is not valid
 */
export async function readResultsFile(file: string): Promise<UploadRecord[]> {
  const parsed = v.safeParse(results, await readJson(file));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const where = v.getDotPath(issue) ?? "it";
    throw new Problem(
      `${file} is not what results-file writes (${where}: ${issue.message}). Let gather match nothing else.`,
    );
  }
  const job = path.basename(file, ".json");
  return parsed.output.clips.map((clip) => ({ ...clip, job }));
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem(`${file} cannot be read as a results file: ${reason}`);
  }
}
