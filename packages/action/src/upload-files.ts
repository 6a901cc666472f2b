import { formatBytes, isDirectUploadError, type RetryEvent } from "@clipcourier/core";
import { formatCount, formatSeconds } from "./amounts.js";
import { type ClipRecord, toClipRecord, toFailedRecord } from "./clip-record.js";
import { connect } from "./connect.js";
import type { FoundFile } from "./find-files.js";
import type { UploadInputs } from "./inputs.js";
import { tell, withGroup } from "./log.js";
import type { MaskingClient } from "./masks.js";
import { createStopSignal } from "./stop-signal.js";
import { BatchProgress } from "./upload-progress.js";

const progressInterval = 5_000;

/** Uploads the files, and tells how it goes. A record for each file, in their order. */
export async function uploadFiles(
  files: readonly FoundFile[],
  inputs: UploadInputs,
  cancelled: AbortSignal,
): Promise<ClipRecord[]> {
  using stopSignal = createStopSignal(cancelled, inputs.timeoutMinutes);
  await using client = connect(inputs.service, inputs.maxAttempts);
  const batch: Batch = {
    ...{ files, inputs, client },
    signal: stopSignal.signal,
    onFailure: inputs.onError === "stop" ? () => stopSignal.stop() : () => {},
  };
  const problem = await withGroup("Sign in", () => signIn(batch));
  if (problem !== undefined) {
    return files.map(({ path, size }) => {
      const record = toFailedRecord(path, size, problem);
      return problem.code === "aborted" ? { ...record, outcome: "skipped" } : record;
    });
  }
  const title = `Upload ${formatCount(files.length, "file")}`;
  // Awaited here: the client is closed and the time stops when this function is left.
  return await withGroup(title, () => uploadBatch(batch));
}

interface Batch {
  files: readonly FoundFile[];
  inputs: UploadInputs;
  client: MaskingClient;
  signal: AbortSignal;
  onFailure(): void;
}

/** The error that stands in the way of all files, where there is one. */
async function signIn({ client, inputs, signal }: Batch) {
  const { keys, rootUrl } = inputs.service;
  if (keys.kind === "pair") {
    tell(`With access-key and access-token at ${rootUrl}`);
    return undefined;
  }
  try {
    await client.signIn(undefined, { signal, onRetry: tellRetry });
    const how = keys.kind === "secret" ? "app-secret" : "the job's OIDC token";
    tell(`Signed in at ${rootUrl} with ${how}`);
    return undefined;
  } catch (error) {
    if (!isDirectUploadError(error)) throw error;
    tell(`Not signed in at ${rootUrl}`);
    return error;
  }
}

async function uploadBatch({ files, inputs, client, signal, onFailure }: Batch) {
  const progress = new BatchProgress(files);
  const records: ClipRecord[] = [];
  const timer = setInterval(() => tell(progress.describe()), progressInterval);
  const outcomes = client.uploadAll(
    files.map(({ path }) => path),
    {
      signal,
      mime: inputs.mime,
      fileConcurrency: inputs.concurrency,
      concurrency: inputs.partConcurrency,
      waitFor: inputs.waitFor,
      onProgress: (state) => progress.update(state),
      onRetry: tellRetry,
    },
  );
  try {
    for await (const outcome of outcomes) {
      const path = String(outcome.source);
      const finished = progress.finish(path);
      const size = files[outcome.index]?.size ?? 0;
      const record = toClipRecord({ path, size }, outcome, finished);
      // Outcomes come in the order in which files end.
      records[outcome.index] = record;
      tell(describeRecord(record, finished.sendingMilliseconds / 1000));
      if (record.outcome === "failed") onFailure();
    }
  } finally {
    clearInterval(timer);
  }
  return records;
}

/** @param seconds that the sending took */
function describeRecord({ outcome, file, size, id, ...record }: ClipRecord, seconds: number) {
  const amount = formatBytes(size ?? 0);
  if (outcome === "failed") return `Failed: ${file} (${amount}): ${record.error?.message}`;
  if (outcome === "skipped") return `Skipped: ${file} (${amount})`;
  if (outcome === "known") return `Known: ${file} (${amount}), nothing sent, clip ${id}`;
  const speed = formatBytes(record.bytesSent / Math.max(seconds, 0.001));
  const reused = (size ?? 0) - record.bytesSent;
  const sent = reused > 0 ? `, ${formatBytes(reused)} were there already` : "";
  return `Uploaded: ${file} (${amount}) in ${formatSeconds(seconds)}, ${speed}/s${sent}, clip ${id}`;
}

function tellRetry({ file, what, attempt, attempts, delay, reason }: RetryEvent): void {
  const where = file === undefined ? "" : `${file}: `;
  const again = `again in ${formatSeconds(delay / 1000)}`;
  tell(
    `Retry: ${where}${what}: try ${attempt} of ${attempts} failed: ${reason.message} Trying ${again}`,
  );
}
