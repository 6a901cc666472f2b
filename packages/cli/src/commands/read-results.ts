import path from "node:path";
import { findFiles, toPrintable, type UploadRecord, UsageError } from "@clipcourier/batch";
import { readResultsFiles } from "@clipcourier/report";
import { printNote } from "../terminal/output.js";

export interface Results {
  records: UploadRecord[];
  /** Whether every file could be read. */
  isComplete: boolean;
}

/**
 * Reads results files, in the order of their paths. One that is damaged is told, and the others are
 * read. Where several are named, or a pattern, each is a job of its own.
 *
 * @throws UsageError when a pattern matches no file, a folder cannot be searched, or no file can be read
 */
export async function readResults(patterns: readonly string[]): Promise<Results> {
  const { files, unmatched, unreadable, skipped } = await findFiles(patterns);
  for (const message of skipped) printNote(toPrintable(message));
  const problems = [...unmatched, ...unreadable];
  if (problems.length > 0) throw new UsageError([...problems, "No comment."].join("\n"));
  const { records, read, damaged } = await readResultsFiles(files);
  const messages = damaged.map(({ message }) => message);
  if (read.length === 0) throw new UsageError([...messages, "No comment."].join("\n"));
  for (const message of messages) printNote(toPrintable(message));
  // A file that is named alone is the only job, whose name would be in front of every clip.
  const [first] = files;
  const isOnly =
    first !== undefined &&
    patterns.length === 1 &&
    path.resolve(first.path) === path.resolve(patterns[0] ?? "");
  return {
    records: isOnly ? records.map(({ job: _, ...record }) => record) : records,
    isComplete: damaged.length === 0,
  };
}
