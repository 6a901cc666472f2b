import {
  addLink,
  BatchMeter,
  describeBatchShare,
  describePlaying,
  describePrivacy,
  describeRetry,
  type FoundFile,
  formatCount,
  formatDuration,
  toSkippedRecord,
  toSource,
  toUploadRecord,
  type UploadRecord,
} from "@clipcourier/batch";
import {
  type DirectUploadClient,
  formatBytes,
  isDirectUploadError,
  type RetryEvent,
} from "@clipcourier/core";
import type { UploadInputs } from "../inputs/inputs.js";
import { findKeepFor } from "../pull-request.js";
import { logLine, warn, withGroup } from "../runner/log.js";
import { findChapters, giveChapters } from "./chapters.js";
import { createStopSignal } from "./stop-signal.js";

const progressInterval = 5_000;

/** Uploads the files and logs the progress. Returns a record for each file, in their order. */
export async function uploadFiles(
  files: readonly FoundFile[],
  inputs: UploadInputs,
  client: DirectUploadClient,
  cancelled: AbortSignal,
): Promise<UploadRecord[]> {
  using stopSignal = createStopSignal(cancelled, inputs.timeoutMinutes);
  const batch: Batch = {
    ...{ files, inputs, client },
    signal: stopSignal.signal,
    onFailure: inputs.onError === "stop" ? () => stopSignal.stop() : () => {},
  };
  batch.keepFor = await findKeepFor(inputs, stopSignal.signal);
  if (inputs.chapters) batch.chapters = await findChapters(files, inputs.mime);
  const problem = await withGroup("Sign in", () => signIn(batch));
  if (problem !== undefined) return files.map((file) => toSkippedRecord(file, problem));
  const title = `Upload ${formatCount(files.length, "file")}`;
  // Awaited here, because leaving this function ends the time limit.
  return await withGroup(title, () => uploadBatch(batch));
}

interface Batch {
  files: readonly FoundFile[];
  inputs: UploadInputs;
  client: DirectUploadClient;
  signal: AbortSignal;
  /** Of each file, where chapters were asked for. */
  chapters?: Awaited<ReturnType<typeof findChapters>>;
  /** The address of the pull request that the clips are kept for. */
  keepFor?: string | undefined;
  onFailure(): void;
}

/** Signs in. Returns the error that prevents all uploads, or `undefined`. */
async function signIn({ client, inputs, signal }: Batch) {
  const { keys, rootUrl } = inputs.service;
  if (keys.kind === "pair") {
    logLine(`With access-key and access-token at ${rootUrl}`);
    return undefined;
  }
  try {
    await client.signIn(undefined, { signal, onRetry: logRetry });
    const how = keys.kind === "secret" ? "app-secret" : "the job's OIDC token";
    logLine(`Signed in at ${rootUrl} with ${how}`);
    return undefined;
  } catch (error) {
    if (!isDirectUploadError(error)) throw error;
    logLine(`Not signed in at ${rootUrl}`);
    return error;
  }
}

async function uploadBatch(batch: Batch) {
  const { files, inputs, client, signal, keepFor, onFailure } = batch;
  let keptAnyway = 0;
  let withoutChapters = 0;
  const meter = new BatchMeter(files.map(({ size }) => size));
  const records: UploadRecord[] = [];
  const timer = setInterval(() => logProgress(meter), progressInterval);
  const outcomes = client.uploadAll(files.map(toSource), {
    signal,
    mime: inputs.mime,
    ...{ thumbnailTime: inputs.thumbnailTime, preview: inputs.preview },
    keepFor,
    fileConcurrency: inputs.concurrency,
    concurrency: inputs.partConcurrency,
    waitFor: inputs.waitFor,
    onProgress: (progress) => meter.update(progress),
    onRetry: logRetry,
  });
  try {
    for await (const outcome of outcomes) {
      const file = files[outcome.index];
      if (file === undefined) continue;
      const finished = meter.finish(outcome.index, outcome.error ? "failed" : "clip");
      const record = await linkPrivate(toUploadRecord(file, outcome, finished), batch);
      if (outcome.result && outcome.result.clip.keptFor === undefined) keptAnyway += 1;
      // Outcomes come in the order in which files finish.
      records[outcome.index] = record;
      logRecord(record, finished.sendingMilliseconds);
      const chapters = batch.chapters?.[outcome.index];
      if (outcome.result && chapters) {
        const { clip } = outcome.result;
        if (await giveChapters(clip, record.file, chapters, batch)) withoutChapters += 1;
      }
      if (record.outcome === "failed") onFailure();
    }
  } finally {
    clearInterval(timer);
  }
  if (withoutChapters > 0) {
    const clips = formatCount(withoutChapters, "clip");
    warn(`No chapters for ${clips}: the service does not know them.`);
  }
  if (keepFor !== undefined) logKept(keepFor, keptAnyway);
  return records;
}

function logKept(address: string, keptAnyway: number): void {
  logLine(`Kept until it is closed: ${address}`);
  if (keptAnyway === 0) return;
  const clips = `${formatCount(keptAnyway, "clip")} of these`;
  logLine(
    `Kept after that: ${clips}, because the content was uploaded without keep-until as well, or because the service does not know it.`,
  );
}

/** The record with a link that opens its clip, where that is private and links are asked for. */
async function linkPrivate(
  record: UploadRecord,
  { inputs, client, signal }: Batch,
): Promise<UploadRecord> {
  const { privateLinks: expiresIn } = inputs;
  if (expiresIn === undefined) return record;
  return addLink(record, (id) => client.createLink(id, { expiresIn, signal, onRetry: logRetry }));
}

function logProgress(meter: BatchMeter): void {
  const view = meter.view();
  logLine(`${view.finished} of ${formatCount(view.count, "file")}: ${describeBatchShare(view)}`);
}

/** @param milliseconds how long the sending took */
function logRecord(record: UploadRecord, milliseconds: number): void {
  logLine(describeRecord(record, milliseconds));
  const playing = describePlaying(record);
  if (playing !== "") logLine(`Plays: ${record.file}: ${playing}`);
  const access = describePrivacy(record);
  if (access !== "") logLine(`Access: ${record.file}: ${access}`);
}

function describeRecord(
  { outcome, file, size, id, ...record }: UploadRecord,
  milliseconds: number,
): string {
  const amount = formatBytes(size ?? 0);
  if (outcome === "failed") return `Failed: ${file} (${amount}): ${record.error?.message}`;
  if (outcome === "skipped") return `Skipped: ${file} (${amount})`;
  if (outcome === "known") return `Known: ${file} (${amount}), nothing sent, clip ${id}`;
  const speed = formatBytes(record.bytesSent / Math.max(milliseconds / 1000, 0.001));
  const reused =
    record.bytesReused > 0 ? `, ${formatBytes(record.bytesReused)} were there already` : "";
  return `Uploaded: ${file} (${amount}) in ${formatDuration(milliseconds)}, ${speed}/s${reused}, clip ${id}`;
}

function logRetry(event: RetryEvent): void {
  logLine(`Retry: ${describeRetry(event)}`);
}
