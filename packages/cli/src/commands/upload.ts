import {
  BatchMeter,
  countOutcome,
  describeRetry,
  type FoundFile,
  formatCount,
  toPrintable,
  toPrintableLines,
  toUploadRecord,
  type UploadRecord,
} from "@clipcourier/batch";
import type { UploadAllOptions, UploadOutcome } from "@clipcourier/core";
import { createProgressView } from "../progress/create-view.js";
import type { ProgressView } from "../progress/view.js";
import { defaultFolder } from "../serve/service-folder.js";
import type { ServiceFlags } from "../settings/settings.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { chooseColors, print, printJson, printNote } from "../terminal/output.js";
import { chooseFiles } from "./choose-files.js";
import { type Connection, connect } from "./connect.js";
import { describeUpload } from "./upload-report.js";

export interface UploadFlags extends ServiceFlags {
  mime?: string;
  concurrency?: number;
  /** Milliseconds. */
  timeout?: number;
  wait: boolean;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
}

/** `clipcourier upload <files…>` */
export async function upload(patterns: readonly string[], flags: UploadFlags): Promise<ExitCode> {
  const files = await chooseFiles(patterns);
  const meter = new BatchMeter(files.map(({ size }) => size));
  using interrupt = listenForInterrupt();
  using view = createProgressView({ files, meter }, process.stderr, flags.quiet === true);
  await using connection = await connect(flags, {
    onNotice: (text) => view.print(text),
    mayCreate: true,
  });
  const { signal } = interrupt;
  const records = await uploadBatch({ files, flags, meter, connection, view, signal });
  const failed = countOutcome(records, "failed");
  if (flags.json) printJson({ clips: records, failed });
  if (interrupt.exitCode !== undefined) {
    printNote(describeInterruption(records));
    return interrupt.exitCode;
  }
  if (failed > 0 && files.length > 1) {
    printNote(`${failed} of ${formatCount(files.length, "file")} failed.`);
  }
  const { embeddedFolder } = connection;
  if (embeddedFolder && failed < files.length) view.print(describeNextStep(embeddedFolder));
  return failed > 0 ? exitCode.failed : exitCode.done;
}

interface Batch {
  files: readonly FoundFile[];
  flags: UploadFlags;
  meter: BatchMeter;
  connection: Connection;
  view: ProgressView;
  signal: AbortSignal;
}

/** Uploads the files, and returns a record for each, in their order. */
async function uploadBatch(batch: Batch): Promise<UploadRecord[]> {
  const { files, flags, meter, connection, view } = batch;
  const records: UploadRecord[] = [];
  const paths = files.map(({ path }) => path);
  const outcomes = connection.client.uploadAll(paths, toUploadOptions(batch));
  for await (const outcome of outcomes) {
    const file = files[outcome.index];
    if (file === undefined) continue;
    const finished = meter.finish(outcome.index);
    const record = toUploadRecord(file, present(outcome, connection), finished);
    // Outcomes come in the order in which files finish.
    records[outcome.index] = record;
    view.clear();
    printRecord(record, flags);
  }
  return records;
}

/** The outcome with addresses that a person can open. */
function present(outcome: UploadOutcome, connection: Connection): UploadOutcome {
  const { result } = outcome;
  if (result === undefined) return outcome;
  return { ...outcome, result: { ...result, clip: connection.present(result.clip) } };
}

function toUploadOptions({ flags, meter, view, signal }: Batch): UploadAllOptions {
  const { mime, concurrency, timeout, wait, verbose } = flags;
  return {
    signal,
    mime,
    concurrency,
    deadline: timeout,
    waitFor: wait ? "available" : "finalized",
    onProgress(progress) {
      meter.update(progress);
      view.update(progress);
    },
    onRetry: verbose ? (event) => view.print(toPrintable(describeRetry(event))) : undefined,
  };
}

function printRecord(record: UploadRecord, flags: UploadFlags): void {
  const { error, url } = record;
  if (error !== null) printNote(toPrintableLines(error.message));
  else if (flags.json) return;
  else if (flags.quiet) print(url ?? "");
  else print(describeUpload(record, chooseColors(process.stdout)));
}

function describeInterruption(records: readonly UploadRecord[]): string {
  const clips = countOutcome(records, "uploaded") + countOutcome(records, "known");
  return (
    `Stopped: ${clips} of ${formatCount(records.length, "file")} are clips. ` +
    "Run the same command again to go on: what the service has is not sent again."
  );
}

function describeNextStep(folder: string): string {
  const option = folder === defaultFolder ? "" : ` --folder ${JSON.stringify(folder)}`;
  return `The pages open while this runs: clipcourier serve${option}`;
}
