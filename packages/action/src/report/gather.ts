import type { FoundFile, UploadRecord } from "@clipcourier/batch";
import { readResultsFiles } from "@clipcourier/report";
import { logLine, warn, withGroup } from "../runner/log.js";
import { Problem } from "../runner/problem.js";

/**
 * Reads the records of all results files, in the order of the files. A damaged one is a warning.
 *
 * @throws Problem when all are damaged
 */
export async function gatherResults(files: readonly FoundFile[]): Promise<UploadRecord[]> {
  return withGroup("Gather results", async () => {
    const { records, read, damaged } = await readResultsFiles(files);
    for (const { file, count } of read) logLine(`Read: ${file}, clips: ${count}`);
    const messages = damaged.map(({ message }) => message);
    if (read.length === 0) throw new Problem(messages.join("\n"));
    for (const message of messages) warn(`${message} The other files are reported.`);
    return records;
  });
}
