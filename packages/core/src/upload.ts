import { BufferPool } from "./buffer-pool.js";
import type { DirectUploadClient, UploadRequest } from "./client.js";
import type { Clip, UploadPlan } from "./clip.js";
import { DirectUploadError, isDirectUploadError } from "./errors.js";
import type { Fingerprint, FingerprintLanes } from "./fingerprint.js";
import { getMediaType } from "./media-type.js";
import { layOutParts } from "./part-layout.js";
import { sendParts } from "./parts.js";
import { ProgressMeter } from "./progress.js";
import { computeDelay, defaultAttempts, pause, type RetryOptions } from "./retry.js";
import { describeChange, type OpenSource, openSource, type UploadSource } from "./source.js";
import { createThrottle } from "./throttle.js";
import { limitTime } from "./time-limit.js";
import type { Transport } from "./transport.js";
import { checkUploadOptions, type UploadOptions } from "./upload-options.js";

export interface UploadResult {
  clip: Clip;
  /** `known`: the service had the content already, and no byte was sent. */
  outcome: "uploaded" | "known";
  /** Lower-case hex MD5 of the content. */
  checksum: string;
  /** Bytes of the content. */
  size: number;
  /** Bytes that were sent and acknowledged. */
  bytesSent: number;
  /** Bytes that were in storage already, from an earlier try. */
  bytesReused: number;
  /** Part requests, those that failed among them. */
  attempts: number;
}

/** What all uploads of one client share. */
export interface ClientContext {
  client: DirectUploadClient;
  transport: Transport;
  lanes: FingerprintLanes;
  retry: RetryOptions;
}

/** What all uploads of one call share. */
export interface CallContext extends ClientContext {
  pool: BufferPool;
  pace: ((bytes: number) => Promise<void>) | undefined;
}

/** One upload on its way. */
interface Upload {
  context: CallContext;
  options: UploadOptions;
  signal: AbortSignal;
  source: OpenSource;
  fingerprint: Fingerprint;
  request: UploadRequest;
  meter: ProgressMeter;
}

type NewUpload = Extract<UploadPlan, { isKnown: false }>;

const defaultConcurrency = 4;
const defaultStallTimeout = 30_000;

export function createCallContext(context: ClientContext, options: UploadOptions): CallContext {
  checkUploadOptions(options);
  const { concurrency = defaultConcurrency, maxBytesPerSecond } = options;
  return {
    ...context,
    pool: new BufferPool(concurrency),
    pace: maxBytesPerSecond === undefined ? undefined : createThrottle(maxBytesPerSecond),
  };
}

/** The whole workflow: source, fingerprint, plan, parts, finalize, clip. */
export async function uploadSource(
  context: CallContext,
  given: UploadSource,
  options: UploadOptions,
): Promise<UploadResult> {
  using time = limitTime(options.signal, options.deadline);
  await using source = await openSource(given, options.filename);
  using meter = new ProgressMeter(source.label, source.size, options.onProgress);
  const { signal } = time;
  try {
    meter.enter("fingerprint");
    const fingerprint = await context.lanes.fingerprint(source, {
      signal,
      onHashed: (hashed) => meter.update({ hashed }),
    });
    meter.update({ hashed: source.size });
    const request = describeContent(source, fingerprint, options);
    const upload: Upload = { context, options, signal, source, fingerprint, request, meter };
    const stored = await storeContent(upload);
    const clip = await awaitClip(upload, stored.clip);
    return { clip, outcome: stored.outcome, ...summarize(upload) };
  } catch (error) {
    if (signal.aborted) context.transport.closeIdle?.();
    throw error;
  }
}

function describeContent(
  source: OpenSource,
  { md5 }: Fingerprint,
  { filename = source.filename, mime }: UploadOptions,
): UploadRequest {
  return {
    checksum: md5,
    size: source.size,
    filename,
    mime: mime ?? (filename === undefined ? undefined : getMediaType(filename)),
  };
}

/**
 * Asks for a plan and carries it out. Whatever leaves open how the plan stands (a URL that expired,
 * a lost answer to finalize) is settled by asking again: the content is known, or the same upload
 * goes on with the parts that it has, or a new one starts over.
 */
async function storeContent(upload: Upload): Promise<Pick<UploadResult, "clip" | "outcome">> {
  const { context, signal, options } = upload;
  const { attempts = defaultAttempts } = context.retry;
  let plan = await askForPlan(upload);
  if (plan.isKnown) return { clip: plan.clip, outcome: "known" };
  let etags = new Map<number, string>();
  for (let failures = 0; ; ) {
    const before = etags.size;
    const outcome = await carryOut(upload, plan, etags);
    if (!(outcome instanceof DirectUploadError)) return { clip: outcome, outcome: "uploaded" };
    // URLs that expire again and again are no failure while parts get through in between.
    failures = outcome.code === "url_expired" && etags.size > before ? 1 : failures + 1;
    if (failures >= attempts) throw outcome;
    const delay = failures === 1 ? 0 : computeDelay(failures, context.retry, outcome.retryAfter);
    options.onRetry?.({ what: "the plan", attempt: failures, attempts, delay, reason: outcome });
    await pause(delay, signal);
    const fresh = await askForPlan(upload);
    if (fresh.isKnown) return { clip: fresh.clip, outcome: "uploaded" };
    if (fresh.uploadId !== plan.uploadId) etags = new Map();
    plan = fresh;
  }
}

/** The clip, or the error that leaves it open how the plan stands. */
async function carryOut(
  upload: Upload,
  plan: NewUpload,
  etags: Map<number, string>,
): Promise<Clip | DirectUploadError> {
  try {
    await sendMissingParts(upload, plan, etags);
  } catch (error) {
    if (isDirectUploadError(error, "url_expired")) return error;
    throw error;
  }
  // From here on no part of this upload is sent again: one that arrives after finalize could
  // destroy the object.
  try {
    return await finalize(upload, etags);
  } catch (error) {
    if (isDirectUploadError(error) && (error.retryable || error.code === "not_found")) return error;
    throw error;
  }
}

async function askForPlan({ context, request, signal, options }: Upload): Promise<UploadPlan> {
  return context.client.requestUpload(request, { signal, onRetry: options.onRetry });
}

async function sendMissingParts(
  upload: Upload,
  plan: NewUpload,
  etags: Map<number, string>,
): Promise<void> {
  const { context, options, source, meter, signal } = upload;
  const parts = layOutParts(source.size, plan);
  const fingerprint = await fitFingerprint(upload, plan.chunkSize);
  meter.enter("upload");
  await sendParts(
    parts.filter(({ partNumber }) => !etags.has(partNumber)),
    {
      transport: context.transport,
      pool: context.pool,
      pace: context.pace,
      retry: context.retry,
      onRetry: options.onRetry,
      stallTimeout: options.stallTimeout ?? defaultStallTimeout,
      partCount: parts.length,
      source,
      fingerprint,
      meter,
      signal,
      onStored: ({ partNumber }, etag) => {
        etags.set(partNumber, etag);
      },
    },
  );
}

// The blocks must end where parts end. Chunk sizes are whole MiB nearly always, and so are the
// blocks; otherwise the content is read once more.
async function fitFingerprint(upload: Upload, chunkSize: number): Promise<Fingerprint> {
  const { context, source, signal, fingerprint } = upload;
  if (chunkSize % fingerprint.blockSize === 0) return fingerprint;
  const fitted = await context.lanes.fingerprint(source, { signal, blockSize: chunkSize });
  if (fitted.md5 !== fingerprint.md5) throw describeChange(source.label);
  return fitted;
}

async function finalize(upload: Upload, etags: ReadonlyMap<number, string>): Promise<Clip> {
  const { context, options, request, source, meter, signal } = upload;
  await source.assertUnchanged();
  meter.enter("finalize");
  const parts = [...etags]
    .map(([partNumber, etag]) => ({ partNumber, etag }))
    .sort((a, b) => a.partNumber - b.partNumber);
  return context.client.finalize(request.checksum, parts, {
    signal,
    onRetry: options.onRetry,
    // A lost answer is no reason to finalize again: the plan tells whether it worked.
    retry: { attempts: 1 },
  });
}

async function awaitClip({ context, options, meter, signal }: Upload, clip: Clip): Promise<Clip> {
  const { waitFor = "available", waitTimeout: timeout, onRetry } = options;
  if (waitFor === "finalized") return clip;
  if (clip.status === "pending") meter.enter("processing");
  return context.client.waitUntilAvailable(clip, { timeout, signal, onRetry });
}

function summarize({ meter, request }: Upload): Omit<UploadResult, "clip" | "outcome"> {
  const { size, acknowledged, reused, attempts } = meter.current;
  return {
    checksum: request.checksum,
    size,
    bytesSent: acknowledged - reused,
    bytesReused: reused,
    attempts,
  };
}
