import type { CallContext } from "./call-context.js";
import type { UploadRequest } from "./client.js";
import type { Clip, UploadPlan } from "./clip.js";
import { DirectUploadError, isDirectUploadError } from "./errors.js";
import type { Fingerprint } from "./fingerprint.js";
import { Journal } from "./journal.js";
import { layOutParts } from "./part-layout.js";
import { mayHaveExpired } from "./part-request.js";
import { sendParts } from "./parts.js";
import type { ProgressMeter } from "./progress.js";
import { computeDelay, defaultAttempts, pause } from "./retry.js";
import { describeChange, type OpenSource } from "./source.js";
import { StoredParts } from "./stored-parts.js";
import type { UploadOptions } from "./upload-options.js";

/** A fingerprinted content on its way into storage. */
export interface ContentUpload {
  context: CallContext;
  options: UploadOptions;
  signal: AbortSignal;
  source: OpenSource;
  fingerprint: Fingerprint;
  request: UploadRequest;
  meter: ProgressMeter;
}

/** The clip as the service gave it, `pending` perhaps. */
export interface StoredContent {
  clip: Clip;
  outcome: "uploaded" | "known";
  bytesSent: number;
}

type NewUpload = Extract<UploadPlan, { isKnown: false }>;

const defaultStallTimeout = 30_000;

/**
 * Asks for a plan and carries it out. Whatever leaves open how the plan stands (a URL that expired,
 * a lost answer to finalize) is settled by asking again: the content is known, or the same upload
 * goes on with the parts that it has, or a new one starts over.
 */
export async function storeContent(upload: ContentUpload): Promise<StoredContent> {
  const { context, signal, options } = upload;
  const { attempts = defaultAttempts } = context.retry;
  let plan = await askForPlan(upload);
  if (plan.isKnown) return { clip: plan.clip, outcome: "known", bytesSent: 0 };
  await using journal = await openJournal(upload);
  const stored = new StoredParts(upload.meter, journal);
  for (let failures = 0; !plan.isKnown; plan = await askForPlan(upload)) {
    const before = stored.bytesSent;
    const result = await carryOut(upload, plan, stored);
    if (!(result instanceof DirectUploadError)) {
      await journal?.remove();
      return { clip: result, outcome: "uploaded", bytesSent: stored.bytesSent };
    }
    // URLs that expire again and again are no failure while parts get through in between.
    const isMoving = result.code === "url_expired" && stored.bytesSent > before;
    failures = isMoving ? 1 : failures + 1;
    if (failures >= attempts) throw result;
    const delay = failures === 1 ? 0 : computeDelay(failures, context.retry, result.retryAfter);
    options.onRetry?.({ what: "the plan", attempt: failures, attempts, delay, reason: result });
    await pause(delay, signal);
  }
  await journal?.remove();
  return { clip: plan.clip, outcome: "uploaded", bytesSent: stored.bytesSent };
}

/** The clip, or the error that leaves it open how the plan stands. */
async function carryOut(
  upload: ContentUpload,
  plan: NewUpload,
  stored: StoredParts,
): Promise<Clip | DirectUploadError> {
  try {
    await sendMissingParts(upload, plan, stored);
  } catch (error) {
    if (mayHaveExpired(error)) return error;
    throw error;
  }
  // From here on no part of this upload is sent again: one that arrives after finalize could
  // destroy the object.
  try {
    return await finalize(upload, stored);
  } catch (error) {
    if (isDirectUploadError(error) && (error.retryable || error.code === "not_found")) return error;
    throw error;
  }
}

async function askForPlan(upload: ContentUpload): Promise<UploadPlan> {
  const { context, request, signal, options } = upload;
  return context.client.requestUpload(request, { signal, onRetry: options.onRetry });
}

// A state folder that cannot be written costs the journal, not the upload.
async function openJournal({ context, request }: ContentUpload): Promise<Journal | undefined> {
  const { stateFolder, account } = context;
  if (stateFolder === undefined) return undefined;
  return Journal.open(stateFolder, account, request.checksum).catch(() => undefined);
}

async function sendMissingParts(
  upload: ContentUpload,
  plan: NewUpload,
  stored: StoredParts,
): Promise<void> {
  const { context, options, source, meter, signal } = upload;
  const parts = layOutParts(source.size, plan);
  const fingerprint = await fitFingerprint(upload, plan.chunkSize);
  await stored.follow(plan, parts);
  meter.enter("upload");
  const missing = parts.filter((part) => !stored.has(part));
  await sendParts(missing, {
    ...{ source, fingerprint, stored, meter, signal },
    lanes: context.lanes,
    transport: context.transport,
    pool: context.pool,
    pace: context.pace,
    retry: context.retry,
    onRetry: options.onRetry,
    stallTimeout: options.stallTimeout ?? defaultStallTimeout,
    partCount: parts.length,
    hashPart: options.verifyParts
      ? (bytes) => context.partLanes.hashBytes(bytes, source.label)
      : undefined,
  });
}

// Blocks must end where parts end. Chunk sizes are whole MiB nearly always, and so are the blocks;
// otherwise the content is read once more.
async function fitFingerprint(upload: ContentUpload, chunkSize: number): Promise<Fingerprint> {
  const { context, source, signal, fingerprint } = upload;
  if (chunkSize % fingerprint.blockSize === 0) return fingerprint;
  const fitted = await context.lanes.fingerprint(source, { signal, blockSize: chunkSize });
  if (fitted.md5 !== fingerprint.md5) throw describeChange(source.label);
  upload.fingerprint = fitted;
  return fitted;
}

async function finalize(upload: ContentUpload, stored: StoredParts): Promise<Clip> {
  const { context, options, request, source, meter, signal } = upload;
  await source.assertUnchanged();
  meter.enter("finalize");
  return context.client.finalize(request.checksum, stored.list(), {
    signal,
    onRetry: options.onRetry,
    // A lost answer is no reason to finalize again: the plan tells whether it worked.
    retry: { attempts: 1 },
  });
}
