import type {
  Clip,
  RetryEvent,
  UploadAllOptions,
  UploadOutcome,
  UploadProgress,
} from "@clipcourier/core";
import { type Connection, connect } from "./connect.js";
import { formatDuration } from "./duration.js";
import { type ExitCode, exitCode } from "./exit-code.js";
import { describeFailure } from "./failure.js";
import { type FoundFile, findFiles } from "./find-files.js";
import { listenForInterrupt } from "./interrupt.js";
import { chooseColors, print, printJson, tell } from "./output.js";
import { toPrintable } from "./printable.js";
import { createProgressView, type ProgressView } from "./progress-view.js";
import { defaultFolder } from "./service-folder.js";
import type { ServiceFlags } from "./settings.js";
import { toUploadRecord, type UploadRecord } from "./upload-record.js";
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
  const files = await findFiles(patterns);
  using interrupt = listenForInterrupt();
  using view = createProgressView(files, process.stderr, flags.quiet === true);
  await using connection = await connect(flags, {
    tell: (text) => view.tell(text),
    mayCreate: true,
  });
  const records = await uploadAndReport(files, flags, {
    connection,
    view,
    signal: interrupt.signal,
  });
  const failed = records.filter(({ outcome }) => outcome === "failed").length;
  if (flags.json) printJson({ clips: records, failed });
  if (interrupt.exitCode !== undefined) {
    tell(describeInterruption(records.length - failed, records.length));
    return interrupt.exitCode;
  }
  if (failed > 0 && files.length > 1) tell(`${failed} of ${files.length} files failed.`);
  const { embeddedFolder } = connection;
  if (embeddedFolder && failed < files.length) view.tell(describeNextStep(embeddedFolder));
  return failed > 0 ? exitCode.failed : exitCode.done;
}

interface UploadContext {
  connection: Connection;
  view: ProgressView;
  signal: AbortSignal;
}

async function uploadAndReport(
  files: readonly FoundFile[],
  flags: UploadFlags,
  { connection, view, signal }: UploadContext,
): Promise<UploadRecord[]> {
  const tracker = new FileTracker();
  const records: UploadRecord[] = [];
  const paths = files.map(({ path }) => path);
  const options = toUploadOptions(flags, signal, view, tracker);
  for await (const outcome of connection.client.uploadAll(paths, options)) {
    const file = String(outcome.source);
    view.finish(file);
    const record = tracker.toRecord(file, outcome, connection.present);
    // Outcomes come in the order in which files end.
    records[outcome.index] = record;
    report(record, flags);
  }
  return records;
}

function toUploadOptions(
  { mime, concurrency, timeout, wait, verbose }: UploadFlags,
  signal: AbortSignal,
  view: ProgressView,
  tracker: FileTracker,
): UploadAllOptions {
  return {
    signal,
    mime,
    concurrency,
    deadline: timeout,
    waitFor: wait ? "available" : "finalized",
    onProgress(progress) {
      tracker.follow(progress);
      view.update(progress);
    },
    onRetry: verbose ? (event) => view.tell(describeRetry(event)) : undefined,
  };
}

/** Remembers when each file was first heard of, and what was heard last. */
class FileTracker {
  readonly #files = new Map<string, { start: number; last: UploadProgress }>();

  follow(last: UploadProgress): void {
    const start = this.#files.get(last.file)?.start ?? performance.now();
    this.#files.set(last.file, { start, last });
  }

  toRecord(file: string, outcome: UploadOutcome, present: (clip: Clip) => Clip): UploadRecord {
    const tracked = this.#files.get(file);
    const milliseconds = tracked ? Math.round(performance.now() - tracked.start) : 0;
    return toUploadRecord(file, outcome, milliseconds, tracked?.last, present);
  }
}

function report(record: UploadRecord, flags: UploadFlags): void {
  const { error, url } = record;
  if (error !== undefined) tell(toPrintable(error.message));
  else if (flags.json) return;
  else if (flags.quiet) print(url ?? "");
  else print(describeUpload(record, chooseColors(process.stdout)));
}

function describeRetry({ what, attempt, attempts, delay, reason }: RetryEvent): string {
  return `${what}: try ${attempt} of ${attempts} failed (${describeFailure(reason)}), again in ${formatDuration(delay)}`;
}

function describeInterruption(done: number, total: number): string {
  return (
    `Stopped: ${done} of ${total} files are clips. ` +
    "Run the same command again to go on: what the service has is not sent again."
  );
}

function describeNextStep(folder: string): string {
  const option = folder === defaultFolder ? "" : ` --folder ${JSON.stringify(folder)}`;
  return `The pages open while this runs: clipcourier serve${option}`;
}
