import { setFailed } from "@actions/core";
import {
  type FoundFile,
  findFiles,
  formatCount,
  toSkippedRecord,
  type UploadRecord,
} from "@clipcourier/batch";
import { formatBytes } from "@clipcourier/core";
import { writeComment } from "./github/comment.js";
import type { Inputs } from "./inputs/inputs.js";
import { annotateFailures } from "./report/annotations.js";
import { describeCounts } from "./report/gallery.js";
import { gatherResults } from "./report/gather.js";
import { setOutputs } from "./report/outputs.js";
import { writeResultsFile } from "./report/results-file.js";
import { writeSummary } from "./report/summary.js";
import { listenForCancel } from "./runner/cancel.js";
import { logLine, toLogLines, warn, withGroup } from "./runner/log.js";
import { Problem } from "./runner/problem.js";
import { uploadFiles } from "./upload/upload-files.js";

/** Runs the action: finds the files, uploads them or gathers results, and reports the clips. */
export async function run(inputs: Inputs): Promise<void> {
  using cancel = listenForCancel();
  const files = await chooseFiles(inputs);
  const records = files.length === 0 ? [] : await makeRecords(inputs, files, cancel.signal);
  await report(inputs, records, cancel.signal);
}

/** @throws Problem when there are no files and the inputs call that an error */
async function chooseFiles(inputs: Inputs): Promise<FoundFile[]> {
  return withGroup("Find files", async () => {
    const { files, unmatched, skipped } = await findFiles(inputs.patterns, inputs);
    if (skipped.length > 0) warn(skipped.join(" "));
    const missing = unmatched.join(" ");
    if (unmatched.length > 0 && inputs.failOnUnmatchedPattern) throw new Problem(missing);
    if (files.length === 0) {
      const message = `There are no files: ${missing || "all are excluded."}`;
      if (inputs.ifNoFilesFound === "error") throw new Problem(message);
      if (inputs.ifNoFilesFound === "warn") warn(message);
      else logLine(message);
    } else if (unmatched.length > 0) warn(missing);
    for (const { path, size } of files) logLine(`Found: ${path} (${formatBytes(size)})`);
    return files;
  });
}

async function makeRecords(
  inputs: Inputs,
  files: readonly FoundFile[],
  cancelled: AbortSignal,
): Promise<UploadRecord[]> {
  if (inputs.kind === "gather") return gatherResults(files);
  if (!inputs.dryRun) return uploadFiles(files, inputs, cancelled);
  logLine(
    `Dry run: ${formatCount(files.length, "file")} would be uploaded to ${inputs.service.rootUrl}`,
  );
  return files.map((file) => toSkippedRecord(file));
}

/** Reports the clips. The outputs are set first, so that no later failure can prevent them. */
async function report(
  inputs: Inputs,
  records: readonly UploadRecord[],
  cancelled: AbortSignal,
): Promise<void> {
  const { resultsFile, summary, comment } = inputs;
  setOutputs(records, resultsFile);
  if (resultsFile !== undefined) {
    await attempt("The results file", () => writeResultsFile(resultsFile, records));
  }
  if (records.length > 0) {
    logLine(`Clips: ${describeCounts(records)}`);
    if (summary) await attempt("The summary", () => writeSummary(records));
    const isDry = inputs.kind === "upload" && inputs.dryRun;
    if (comment !== "false" && !isDry && !cancelled.aborted) {
      await withGroup("Comment", () => writeComment(records, inputs, cancelled));
    }
  }
  conclude(inputs, records, cancelled);
}

function conclude(inputs: Inputs, records: readonly UploadRecord[], cancelled: AbortSignal): void {
  // When results are gathered, the jobs that uploaded have already failed.
  const failure = inputs.kind === "gather" ? undefined : annotateFailures(records);
  if (cancelled.aborted) {
    setFailed(
      `Cancelled: ${describeCounts(records)}. Run the job again to upload what is missing.`,
    );
  } else if (failure !== undefined) {
    if (inputs.failOnError) setFailed(toLogLines(failure));
    else warn(failure);
  }
}

/** A report that cannot be written is a warning, so that the other reports are still written. */
async function attempt(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warn(`${what} was not written: ${reason}`);
  }
}
