import { findFiles, toPrintable, type UploadRecord } from "@clipcourier/batch";
import { buildMarkdown, replaceFile, writeResultsFile } from "@clipcourier/report";
import { linkClips } from "@clipcourier/report/junit";
import { printNote } from "../terminal/output.js";
import type { ReportFlags } from "./report-options.js";

/**
 * Writes the reports that the flags ask for. One that cannot be written is told on stderr, and does not
 * keep the others from being written.
 *
 * @returns whether all were written
 */
export async function writeReports(
  records: readonly UploadRecord[],
  { outputFile, markdown, junit = [] }: ReportFlags,
): Promise<boolean> {
  const problems = [
    ...(await attempt("--output-file", outputFile, (file) => writeResultsFile(file, records))),
    ...(await attempt("--markdown", markdown, (file) =>
      replaceFile(file, `${buildMarkdown(records)}\n`),
    )),
    ...(await linkIntoReports(junit, records)),
  ];
  for (const problem of problems) printNote(toPrintable(problem));
  return problems.length === 0;
}

/** What went wrong. */
async function attempt(
  flag: string,
  file: string | undefined,
  write: (file: string) => Promise<void>,
): Promise<string[]> {
  if (file === undefined) return [];
  try {
    await write(file);
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [`${flag}: ${file} was not written: ${reason}`];
  }
}

async function linkIntoReports(
  patterns: readonly string[],
  records: readonly UploadRecord[],
): Promise<string[]> {
  if (patterns.length === 0) return [];
  const { files, unmatched, unreadable, skipped } = await findFiles(patterns);
  const outcomes = await linkClips(
    files.map(({ path }) => path),
    records,
  );
  const damaged = outcomes.flatMap(({ problem }) => problem ?? []);
  return [...unmatched, ...unreadable, ...skipped, ...damaged].map(
    (problem) => `--junit: ${problem}`,
  );
}
