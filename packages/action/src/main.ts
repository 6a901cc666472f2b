import {
  type FoundFile,
  findFiles,
  formatCount,
  toSkippedRecord,
  type UploadRecord,
} from "@clipcourier/batch";
import { formatBytes } from "@clipcourier/core";
import type { ClipInputs, FileInputs, Inputs } from "./inputs/inputs.js";
import { tellPullRequest } from "./pull-request.js";
import { attempt } from "./report/attempt.js";
import { gatherResults } from "./report/gather.js";
import { setOutputs } from "./report/outputs.js";
import { report, reportProblem } from "./report/report.js";
import { listenForCancel } from "./runner/cancel.js";
import { logLine, warn, withGroup } from "./runner/log.js";
import { Problem } from "./runner/problem.js";
import { uploadFiles } from "./upload/upload-files.js";

/**
 * Runs the action: finds the files, uploads them or gathers results, and reports the clips. Or it tells the
 * service what has become of the pull request.
 */
export async function run(inputs: Inputs): Promise<void> {
  using cancel = listenForCancel();
  if (inputs.kind === "pull-request") {
    await attempt("The outputs", () => setOutputs([], undefined));
    return tellPullRequest(inputs, cancel.signal);
  }
  let records: UploadRecord[];
  try {
    const files = await chooseFiles(inputs);
    records = files.length === 0 ? [] : await makeRecords(inputs, files, cancel.signal);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return reportProblem(inputs, error, cancel.signal);
  }
  await report(inputs, records, cancel.signal);
}

/** @throws Problem when there are no files and the inputs call that an error */
async function chooseFiles(inputs: FileInputs): Promise<FoundFile[]> {
  return withGroup("Find files", async () => {
    const found = await findFiles(inputs.patterns, { ...inputs, list: "lines" });
    const { files, unmatched, unreadable, skipped } = found;
    const missing = [...unmatched, ...unreadable].join(" ");
    if (missing !== "" && inputs.failOnUnmatchedPattern) throw new Problem(missing);
    if (skipped.length > 0) warn(skipped.join(" "));
    if (files.length === 0) {
      const message = `There are no files: ${missing || "all are excluded."}`;
      if (inputs.ifNoFilesFound === "error") throw new Problem(message);
      // A folder that may not be read is no absence of files.
      if (inputs.ifNoFilesFound === "warn" || unreadable.length > 0) warn(message);
      else logLine(message);
    } else if (missing !== "") warn(missing);
    for (const { path, size } of files) logLine(`Found: ${path} (${formatBytes(size)})`);
    return files;
  });
}

async function makeRecords(
  inputs: ClipInputs,
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
