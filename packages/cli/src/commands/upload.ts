import {
  addLink,
  BatchMeter,
  countOutcome,
  describeRetry,
  type FoundFile,
  formatCount,
  toPrintable,
  toSource,
  toUploadRecord,
  type UploadRecord,
} from "@clipcourier/batch";
import { DirectUploadError, type UploadAllOptions, type UploadOutcome } from "@clipcourier/core";
import { findKeptPull, type KeptPull } from "../forge/keep-for.js";
import { createProgressView } from "../progress/create-view.js";
import type { ProgressView } from "../progress/view.js";
import { defaultFolder } from "../serve/service-folder.js";
import type { ServiceFlags } from "../settings/settings.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { chooseColors, print, printJson, printNote } from "../terminal/output.js";
import { chooseChapters, type GivenChapters, giveChapters } from "./chapters.js";
import { chooseFiles } from "./choose-files.js";
import { type Connection, connect } from "./connect.js";
import { FailureLines } from "./failure-lines.js";
import { writeReports } from "./report-files.js";
import type { ReportFlags } from "./report-options.js";
import { describeUpload } from "./upload-report.js";

export interface UploadFlags extends ServiceFlags, ReportFlags {
  mime?: string;
  thumbnailTime?: number | "auto";
  preview?: "auto" | "start" | "end";
  /** The path of a WebVTT file. */
  chapters?: string;
  /** The address of a pull request; `auto` for that of the CI job; empty where there is none. */
  keepFor?: string;
  /** Milliseconds for which links open private clips; without it, none are made. */
  privateLinks?: number;
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
  const files = await chooseFiles(patterns, flags.ifNoFilesFound === "ignore");
  if (files.length === 0) return reportNothing(flags);
  const given = await chooseChapters(flags.chapters, files);
  const kept = await readKeepFor(flags);
  const meter = new BatchMeter(files.map(({ size }) => size));
  using interrupt = listenForInterrupt();
  using view = createProgressView({ files, meter }, process.stderr, flags.quiet === true);
  await using connection = await connect(flags, {
    onNotice: (text) => view.print(text),
    mayCreate: true,
  });
  const { signal } = interrupt;
  const batch = { files, flags, given, kept, meter, connection, view, signal };
  const records = await uploadBatch(batch);
  view.clear();
  const areReportsWritten = await writeReports(records, flags);
  const failed = countOutcome(records, "failed");
  if (flags.json) printJson({ clips: records, failed });
  if (interrupt.exitCode !== undefined) {
    printNote(describeInterruption(records));
    return interrupt.exitCode;
  }
  if (failed > 0 && files.length > 1) printNote(describeFailures(records, failed));
  const { embeddedFolder } = connection;
  if (embeddedFolder && failed < files.length) view.print(describeNextStep(embeddedFolder));
  const isFailed = failed > 0 || !areReportsWritten || given.areMissing;
  return isFailed ? exitCode.failed : exitCode.done;
}

/** The reports of no files: they say so to what reads them next, such as `clipcourier comment`. */
async function reportNothing(flags: UploadFlags): Promise<ExitCode> {
  printNote("There is nothing to upload.");
  const areReportsWritten = await writeReports([], flags);
  if (flags.json) printJson({ clips: [], failed: 0 });
  return areReportsWritten ? exitCode.done : exitCode.failed;
}

interface Batch {
  files: readonly FoundFile[];
  flags: UploadFlags;
  given: GivenChapters;
  /** What the clips are kept for; `undefined` where that was not asked for. */
  kept: KeptPull | undefined;
  meter: BatchMeter;
  connection: Connection;
  view: ProgressView;
  signal: AbortSignal;
}

/** Uploads the files, and returns a record for each, in their order. */
async function uploadBatch(batch: Batch): Promise<UploadRecord[]> {
  const { files, flags, given, kept, meter, connection, view, signal } = batch;
  const records: UploadRecord[] = [];
  let keptAnyway = 0;
  const failures = new FailureLines();
  const outcomes = connection.client.uploadAll(files.map(toSource), toUploadOptions(batch));
  for await (const outcome of outcomes) {
    const file = files[outcome.index];
    if (file === undefined) continue;
    const finished = meter.finish(outcome.index, outcome.error ? "failed" : "clip");
    const uploaded = toUploadRecord(file, present(outcome, connection), finished);
    const record = await linkPrivate(uploaded, batch);
    if (outcome.result && outcome.result.clip.keptFor === undefined) keptAnyway += 1;
    // Outcomes come in the order in which files finish.
    records[outcome.index] = record;
    view.clear();
    if (record.outcome === "failed") printFailure(failures.add(record));
    else if (record.outcome !== "skipped" && !flags.json) printClip(record, flags);
    if (outcome.result) {
      const { clip } = outcome.result;
      await giveChapters(record.file, clip, given, { client: connection.client, signal });
    }
  }
  for (const line of failures.end()) printNote(line);
  if (kept) for (const line of describeKept(kept, keptAnyway)) view.print(line);
  return records;
}

async function readKeepFor({ keepFor }: UploadFlags): Promise<KeptPull | undefined> {
  return keepFor === undefined ? undefined : findKeptPull(keepFor, "--keep-for", process.env);
}

function describeKept(kept: KeptPull, keptAnyway: number): string[] {
  if ("reason" in kept) return [`Not kept for a pull request, but as other clips: ${kept.reason}.`];
  const told = `Kept until it is closed: ${kept.address}`;
  if (keptAnyway === 0) return [told];
  const clips = `${formatCount(keptAnyway, "clip")} of these`;
  const why =
    "because the content was uploaded without --keep-for as well, or the service does not know it";
  return [told, `Kept after that: ${clips}, ${why}.`];
}

/** The record with a link that opens its clip, where that is private and links are asked for. */
async function linkPrivate(
  record: UploadRecord,
  { flags, connection, signal }: Batch,
): Promise<UploadRecord> {
  const { privateLinks: expiresIn } = flags;
  if (expiresIn === undefined) return record;
  return addLink(record, async (id) =>
    connection.present(await connection.client.createLink(id, { expiresIn, signal })),
  );
}

/** The outcome with addresses that a person can open. */
function present(outcome: UploadOutcome, connection: Connection): UploadOutcome {
  const { result, error } = outcome;
  if (result !== undefined) {
    return { ...outcome, result: { ...result, clip: connection.present(result.clip) } };
  }
  const clip = error.upload?.clip;
  if (clip === undefined) return outcome;
  const upload = { ...error.upload, clip: connection.present(clip) };
  return {
    ...outcome,
    error: new DirectUploadError(error.code, error.message, { ...error, upload }),
  };
}

function toUploadOptions({ flags, kept, meter, view, signal }: Batch): UploadAllOptions {
  const { mime, thumbnailTime, preview, concurrency, timeout, wait, verbose } = flags;
  return {
    signal,
    ...{ mime, thumbnailTime, preview, concurrency },
    keepFor: kept && "address" in kept ? kept.address : undefined,
    deadline: timeout,
    waitFor: wait ? "available" : "finalized",
    onProgress(progress) {
      meter.update(progress);
      view.update(progress);
    },
    onRetry: verbose ? (event) => view.print(toPrintable(describeRetry(event))) : undefined,
  };
}

function printFailure(message: string | undefined): void {
  if (message !== undefined) printNote(message);
}

function printClip(record: UploadRecord, { quiet }: UploadFlags): void {
  if (quiet) print(record.link ?? record.url ?? "");
  else print(describeUpload(record, chooseColors(process.stdout)));
}

function describeFailures(records: readonly UploadRecord[], failed: number): string {
  const skipped = countOutcome(records, "skipped");
  const others = skipped === 0 ? "" : `, so ${skipped} others were not tried`;
  return `${failed} of ${formatCount(records.length, "file")} failed${others}.`;
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
