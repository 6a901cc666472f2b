import type { UploadRecord } from "@clipcourier/batch";
import { nameJobs, type ResultsPath } from "./name-jobs.js";
import { InvalidResultsError, readResultsFile } from "./results-file.js";

/** What the results files of several jobs contain. */
export interface GatheredResults {
  /** In the order of the files, each with the name of its job. */
  records: UploadRecord[];
  /** The files that were read. */
  read: { file: string; count: number }[];
  /** One for each file that is not a results file or cannot be read. */
  damaged: InvalidResultsError[];
}

/** Reads the results files of several jobs. Each job is named by its file. */
export async function readResultsFiles(files: readonly ResultsPath[]): Promise<GatheredResults> {
  const gathered: GatheredResults = { records: [], read: [], damaged: [] };
  const jobs = nameJobs(files);
  for (const [index, { path: file }] of files.entries()) {
    try {
      const records = await readResultsFile(file);
      gathered.read.push({ file, count: records.length });
      gathered.records.push(...records.map((record) => ({ ...record, job: jobs[index] ?? file })));
    } catch (error) {
      if (!(error instanceof InvalidResultsError)) throw error;
      gathered.damaged.push(error);
    }
  }
  return gathered;
}
