import { type DirectUploadError, isDirectUploadError } from "../errors.js";
import { computeFingerprint, computeMd5, type Fingerprint } from "../fingerprint/fingerprint.js";
import type { HashWorkers } from "../fingerprint/hash-workers.js";
import { type RetryContext, retry } from "../http/retry.js";
import type { ProgressMeter } from "../progress.js";
import { linkSignals } from "../signals.js";
import type { BufferPool } from "../source/buffer-pool.js";
import type { OpenSource } from "../source/open-source.js";
import { countBufferBytes, type PartContent } from "./body.js";
import type { Part } from "./layout.js";
import { mayHaveExpired, type PartRequestOptions, putPart, storageOf } from "./request.js";
import type { StoredParts } from "./stored-parts.js";

/** What the parts of one plan share. */
export interface PartsContext
  extends Pick<RetryContext, "budget" | "onRetry">,
    Pick<PartRequestOptions, "transport" | "stallTimeout" | "pace"> {
  source: OpenSource;
  fingerprint: Fingerprint;
  workers: HashWorkers;
  /** How many parts the whole content has. */
  partCount: number;
  pool: BufferPool;
  meter: ProgressMeter;
  /** Whether each part is hashed before it is sent, and compared with its ETag. */
  verifyParts: boolean;
  /** Takes each part that storage has acknowledged. */
  stored: StoredParts;
  signal: AbortSignal;
  /** Whether resets may lead to a request for fresh URLs: not when these URLs are fresh already. */
  mayRenewUrls: boolean;
  /** How often parts were sent before their URLs were taken for expired, by part number. */
  tried: Map<number, number>;
}

// After this many resets of one part in a row, its URL is taken for an expired one.
const resetsBeforeRenewal = 3;

/**
 * Sends the parts, as many at a time as the pool has buffers. After a failure no further part is
 * started. Where the URLs may have expired, the parts under way are waited for, since what they
 * store need not be sent again; any other failure cuts them.
 */
export async function sendParts(parts: readonly Part[], context: PartsContext): Promise<void> {
  using cut = linkSignals(context.signal);
  const { signal } = cut;
  const { pool, budget } = context;
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    failures.push(error);
    if (!isDirectUploadError(error) || !mayHaveExpired(error)) cut.abort();
  };
  const length = countBufferBytes(context.fingerprint);
  for (const part of parts) {
    const buffer = await pool.take(length, signal).catch(fail);
    if (buffer === undefined) break;
    if (failures.length > 0) {
      pool.giveBack(buffer);
      break;
    }
    const sending = sendPart(part, buffer, { ...context, signal })
      .catch(fail)
      .finally(() => running.delete(sending));
    running.add(sending);
    // While storage is out of reach, a single part finds out when it is back.
    if (budget.isOut(storageOf(part))) await sending;
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}

async function sendPart(part: Part, first: Buffer, context: PartsContext): Promise<void> {
  const { pool, stored } = context;
  const readings = new Set<Promise<unknown>>();
  let buffer = first;
  let tried = 0;
  try {
    const md5 = await hashPart(part, context);
    const what = `part ${part.partNumber} of ${context.partCount}`;
    const peer = storageOf(part);
    const failed = context.tried.get(part.partNumber);
    const isFinal = (error: DirectUploadError, attempt: number) =>
      needsFreshUrl(error, attempt, context);
    const etag = await retry({ ...context, what, peer, failed, isFinal }, async (attempt) => {
      tried = attempt;
      // A read of the attempt before may still fill its memory.
      if (readings.size > 0) buffer = pool.replace(buffer, Promise.allSettled(readings));
      return attemptPart(part, { buffer, readings }, md5, attempt, context);
    });
    await stored.add(part, etag);
  } catch (error) {
    if (isDirectUploadError(error) && mayHaveExpired(error)) {
      context.tried.set(part.partNumber, tried);
    }
    throw error;
  } finally {
    if (readings.size === 0) pool.giveBack(buffer);
    else pool.giveBackAfter(buffer, Promise.allSettled(readings));
  }
}

function needsFreshUrl(
  error: DirectUploadError,
  attempt: number,
  { mayRenewUrls, budget }: PartsContext,
): boolean {
  const { attempts = Number.POSITIVE_INFINITY } = budget.options;
  const isReset = mayHaveExpired(error) && attempt >= resetsBeforeRenewal;
  return mayRenewUrls && isReset && attempt < attempts;
}

// The MD5 of the only part is known already.
async function hashPart(part: Part, context: PartsContext): Promise<string | undefined> {
  const { source, fingerprint, workers, signal } = context;
  if (context.partCount === 1) return fingerprint.md5;
  if (!context.verifyParts) return undefined;
  const { start, length } = part;
  if (fingerprint.content === undefined) {
    return (await computeFingerprint(workers, source, { signal }, { start, length })).md5;
  }
  const bytes = fingerprint.content.subarray(start, start + length);
  return computeMd5(workers, bytes, source.label, signal);
}

async function attemptPart(
  part: Part,
  memory: Pick<PartContent, "buffer" | "readings">,
  md5: string | undefined,
  attempt: number,
  context: PartsContext,
): Promise<string> {
  const { source, fingerprint, workers, meter } = context;
  let sent = 0;
  const settle = (acknowledged: number) => {
    const { current } = meter;
    meter.update({
      inFlight: current.inFlight - sent,
      acknowledged: current.acknowledged + acknowledged,
    });
  };
  meter.update({ attempts: meter.current.attempts + 1 });
  try {
    const content = { source, fingerprint, workers, ...memory };
    const etag = await putPart(part, content, {
      ...context,
      md5,
      // A slow line that was taken for a dead one is given more time.
      stallTimeout: context.stallTimeout * attempt,
      onSent: (count) => {
        sent += count;
        meter.update({ inFlight: meter.current.inFlight + count });
      },
    });
    settle(part.length);
    return etag;
  } catch (error) {
    settle(0);
    throw error;
  }
}
