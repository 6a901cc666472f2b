import type { FoundFile, UploadRecord } from "@clipcourier/batch";
import { logLine, withGroup } from "../runner/log.js";
import { readResultsFile } from "./results-file.js";

/** Reads the records of all results files, in the order of the files. */
export async function gatherResults(files: readonly FoundFile[]): Promise<UploadRecord[]> {
  return withGroup("Gather results", async () => {
    const records: UploadRecord[] = [];
    for (const { path } of files) {
      const found = await readResultsFile(path);
      logLine(`Read: ${path}, clips: ${found.length}`);
      records.push(...found);
    }
    return records;
  });
}
