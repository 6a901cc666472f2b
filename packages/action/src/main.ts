import {
  type FoundFile,
  findFiles,
  formatCount,
  toSkippedRecord,
  type UploadRecord,
} from "@clipcourier/batch";
import { type DirectUploadClient, formatBytes } from "@clipcourier/core";
import { type Compare, createCompare } from "./compare.js";
import type {
  ClipInputs,
  FileInputs,
  GatherInputs,
  Inputs,
  UploadInputs,
} from "./inputs/inputs.js";
import { tellPullRequest } from "./pull-request.js";
import { attempt } from "./report/attempt.js";
import { gatherResults } from "./report/gather.js";
import { setOutputs } from "./report/outputs.js";
import { report, reportProblem } from "./report/report.js";
import { requireClip } from "./require.js";
import { listenForCancel } from "./runner/cancel.js";
import { logLine, warn, withGroup } from "./runner/log.js";
import { Problem } from "./runner/problem.js";
import { connect } from "./upload/connect.js";
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
  if (inputs.kind === "gather") return gather(inputs, cancel.signal);
  await using client = connect(inputs.service, inputs.maxAttempts);
  const upload = (files: readonly FoundFile[]) => send(files, inputs, client, cancel.signal);
  const compare = createCompare(inputs, client, cancel.signal);
  const isReported = await makeAndReport(inputs, upload, cancel.signal, compare);
  if (isReported) await requireClip(inputs, client, cancel.signal);
}

async function gather(inputs: GatherInputs, cancelled: AbortSignal): Promise<void> {
  await using client = inputs.service && connect(inputs.service, inputs.maxAttempts);
  const compare = client && createCompare(inputs, client, cancelled);
  await makeAndReport(inputs, gatherResults, cancelled, compare);
}

/** @returns whether there was no problem that ended the step before there were any clips */
async function makeAndReport(
  inputs: ClipInputs,
  makeRecords: (files: readonly FoundFile[]) => Promise<UploadRecord[]>,
  cancelled: AbortSignal,
  compare?: Compare,
): Promise<boolean> {
  let records: UploadRecord[];
  try {
    const files = await chooseFiles(inputs);
    records = files.length === 0 ? [] : await makeRecords(files);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await reportProblem(inputs, error, cancelled);
    return false;
  }
  await report(inputs, records, cancelled, compare);
  return true;
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

async function send(
  files: readonly FoundFile[],
  inputs: UploadInputs,
  client: DirectUploadClient,
  cancelled: AbortSignal,
): Promise<UploadRecord[]> {
  if (!inputs.dryRun) return uploadFiles(files, inputs, client, cancelled);
  logLine(
    `Dry run: ${formatCount(files.length, "file")} would be uploaded to ${inputs.service.rootUrl}`,
  );
  return files.map((file) => toSkippedRecord(file));
}
