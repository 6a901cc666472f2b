import type { BufferPool } from "./buffer-pool.js";
import type { Fingerprint, FingerprintLanes } from "./fingerprint.js";
import type { Part } from "./part-layout.js";
import { mayHaveExpired, type PartRequestOptions, putPart } from "./part-request.js";
import type { ProgressMeter } from "./progress.js";
import { type RetryContext, retry } from "./retry.js";
import { describeChange, type OpenSource } from "./source.js";
import type { StoredParts } from "./stored-parts.js";

export interface PartsContext
  extends Pick<RetryContext, "retry" | "onRetry">,
    Omit<PartRequestOptions, "md5" | "onSent" | "signal"> {
  source: OpenSource;
  fingerprint: Fingerprint;
  lanes: FingerprintLanes;
  /** How many parts the whole content has. */
  partCount: number;
  pool: BufferPool;
  meter: ProgressMeter;
  /** MD5 of a part's bytes, where parts are to be verified one by one. */
  hashPart?: ((bytes: Buffer) => Promise<string>) | undefined;
  /** Takes each part that storage has acknowledged. */
  stored: StoredParts;
  signal: AbortSignal;
}

/**
 * Sends the parts, as many at a time as the pool has buffers. After a failure no further part is
 * started. Where the URLs may have expired, those on their way are waited for, since what they store
 * need not be sent again; any other failure cuts them.
 */
export async function sendParts(parts: readonly Part[], context: PartsContext): Promise<void> {
  const cut = new AbortController();
  const signal = AbortSignal.any([context.signal, cut.signal]);
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    failures.push(error);
    if (!mayHaveExpired(error)) cut.abort();
  };
  const { content } = context.fingerprint;
  for (const part of parts) {
    const length = content === undefined ? part.length : 0;
    const buffer = await context.pool.take(length, signal).catch(fail);
    if (buffer === undefined) break;
    const sending = (
      failures.length > 0 ? Promise.resolve() : sendPart(part, buffer, { ...context, signal })
    )
      .catch(fail)
      .finally(() => {
        context.pool.giveBack(buffer);
        running.delete(sending);
      });
    running.add(sending);
    if (failures.length > 0) break;
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
}

// The bytes are read once: a retry sends the same again.
async function sendPart(part: Part, buffer: Buffer, context: PartsContext): Promise<void> {
  const { fingerprint } = context;
  const bytes = await readPart(part, buffer, context);
  const md5 = context.partCount === 1 ? fingerprint.md5 : await context.hashPart?.(bytes);
  const what = `part ${part.partNumber} of ${context.partCount}`;
  const etag = await retry({ ...context, what }, (attempt) =>
    // A slow line that was taken for a dead one is given more time.
    attemptPart(part, bytes, md5, { ...context, stallTimeout: context.stallTimeout * attempt }),
  );
  await context.stored.add(part, etag);
}

async function readPart(
  { start, length }: Part,
  buffer: Buffer,
  { source, fingerprint, lanes, signal }: PartsContext,
): Promise<Buffer> {
  if (fingerprint.content !== undefined) return fingerprint.content.subarray(start, start + length);
  await source.assertUnchanged();
  await source.read(buffer, start, signal);
  if (!(await lanes.matches(fingerprint, buffer, start))) throw describeChange(source.label);
  return buffer;
}

async function attemptPart(
  part: Part,
  bytes: Buffer,
  md5: string | undefined,
  context: PartsContext,
): Promise<string> {
  const { meter } = context;
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
    const etag = await putPart(part, bytes, {
      ...context,
      md5,
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
