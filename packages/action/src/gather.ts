import type { ClipRecord } from "./clip-record.js";
import type { FoundFile } from "./find-files.js";
import { tell, withGroup } from "./log.js";
import { readResultsFile } from "./results-file.js";

/** The records of all results files, in the order of the files. */
export async function gatherResults(files: readonly FoundFile[]): Promise<ClipRecord[]> {
  return withGroup("Gather results", async () => {
    const records: ClipRecord[] = [];
    for (const { path } of files) {
      const found = await readResultsFile(path);
      tell(`Read: ${path}, clips: ${found.length}`);
      records.push(...found);
    }
    return records;
  });
}
