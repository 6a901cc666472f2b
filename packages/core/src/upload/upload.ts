import type { Clip } from "../clip.js";
import {
  addLastFailure,
  addUpload,
  type DirectUploadError,
  type DirectUploadErrorCode,
  type FailedUpload,
  isDirectUploadError,
  nameFile,
  throwIfAborted,
} from "../errors.js";
import type { Fingerprint } from "../fingerprint/fingerprint.js";
import { fingerprintSource, type HeldFingerprint } from "../fingerprint/held-fingerprint.js";
import { ProgressMeter, type UploadProgress } from "../progress.js";
import type { UploadRequest } from "../protocol/upload-request.js";
import { waitUntilAvailable } from "../protocol/wait.js";
import { limitTime, linkSignals, untilAborted } from "../signals.js";
import { getMediaType } from "../source/media-type.js";
import { openSource, type UploadSource } from "../source/source.js";
import type { CallContext, Upload } from "./context.js";
import { type StoredContent, storeContent } from "./store-content.js";

/** What an upload has led to. */
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
  /** Bytes that were in storage already, from an earlier run. */
  bytesReused: number;
  /** How many part requests were made, including those that failed. */
  attempts: number;
}

/** What differs between the sources of one call. */
export interface SourceOptions {
  filename?: string | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: UploadProgress) => void) | undefined;
  onSignIn?: Upload["onSignIn"];
  /** Gives what is told instead of a failure, before the file and what is known are added. */
  explainFailure?: ((error: unknown, known: FailedUpload) => unknown) | undefined;
}

/** The whole workflow: source, fingerprint, plan, parts, finalize, clip. */
export async function uploadSource(
  context: CallContext,
  given: UploadSource,
  { filename, signal: stop, onProgress, onSignIn, explainFailure }: SourceOptions,
): Promise<UploadResult> {
  const { options, protocol } = context;
  using time = limitTime(options.deadline, options.signal, stop, context.closed);
  const { signal } = time;
  throwIfAborted(signal);
  const { checkFile } = options;
  await using source = await openSource(given, { name: filename, signal, checkFile });
  using meter = new ProgressMeter(source.label, source.size, onProgress);
  const budget = protocol.createBudget(options.retry);
  const upload: Upload = {
    ...{ context, source, meter, signal, budget, onSignIn },
    known: { size: source.size },
    onRetry: (event) => {
      // A sign-in is shared and has a budget of its own, but its failures are this upload's too.
      budget.lastFailure = event.reason;
      options.onRetry?.({ ...event, file: source.label });
    },
  };
  try {
    const { clip, outcome, bytesSent, checksum } = await fingerprintAndStore(upload);
    meter.finish();
    const { size, reused: bytesReused, attempts } = meter.current;
    return { clip, outcome, checksum, size, bytesSent, bytesReused, attempts };
  } catch (error) {
    if (signal.aborted) context.transport.closeIdle?.();
    const told = explainFailure ? explainFailure(error, upload.known) : error;
    throw addUpload(nameFile(explainDeadline(told, upload), source.label), upload.known);
  }
}

function explainDeadline(error: unknown, { budget }: Upload): unknown {
  return isDirectUploadError(error, "deadline") ? addLastFailure(error, budget.lastFailure) : error;
}

type StoredClip = StoredContent & { checksum: string };

async function fingerprintAndStore(upload: Upload): Promise<StoredClip> {
  const held = await fingerprintWhileSigningIn(upload);
  const { forget, fingerprint } = held;
  try {
    return await storeAndWait(upload, held);
  } catch (error) {
    if (forget === undefined || !mayBeMismatch(error)) throw error;
    // The fingerprint came from the cache, which may be wrong.
    await forget();
    const computed = await fingerprintWhileSigningIn(upload);
    if (isEqual(fingerprint, computed.fingerprint)) throw error;
    return await storeAndWait(upload, computed);
  }
}

const mismatches: readonly DirectUploadErrorCode[] = [
  "source_changed",
  "part_mismatch",
  "rejected",
  "clip_failed",
];

function mayBeMismatch(error: unknown): error is DirectUploadError {
  return isDirectUploadError(error) && mismatches.includes(error.code);
}

function isEqual(one: Fingerprint, other: Fingerprint): boolean {
  return one.md5 === other.md5 && Buffer.compare(toBytes(one), toBytes(other)) === 0;
}

function toBytes({ crc32 }: Fingerprint): Buffer {
  return Buffer.from(crc32.buffer, crc32.byteOffset, crc32.byteLength);
}

// While the content is hashed, loading the HTTP stack and signing in cost no extra time, and
// refused keys are reported before a large file has been read.
async function fingerprintWhileSigningIn(upload: Upload): Promise<HeldFingerprint> {
  const { context, source, meter, onRetry } = upload;
  meter.enter("fingerprint");
  using linked = linkSignals(upload.signal);
  const { signal } = linked;
  const signingIn = context.protocol.openSession({ signal, onRetry, budget: upload.budget });
  signingIn.then(
    () => {
      upload.budget.lastFailure = undefined;
      upload.onSignIn?.(undefined);
    },
    (error) => {
      const isOwn = !signal.aborted;
      linked.abort(error);
      // It may end this upload as well, which must fail with the error first.
      if (isOwn) upload.onSignIn?.(error);
    },
  );
  const onHashed = (hashed: number) => meter.update({ hashed });
  let held: HeldFingerprint | undefined;
  try {
    held = await fingerprintSource(context, source, { signal, onHashed });
    meter.update({ hashed: source.size });
    await signingIn;
    return held;
  } catch (error) {
    held?.[Symbol.dispose]();
    // If hashing has failed, the sign-in is no longer waited for.
    linked.abort(error);
    throw error;
  }
}

async function storeAndWait(upload: Upload, held: HeldFingerprint): Promise<StoredClip> {
  const checksum = held.fingerprint.md5;
  // A clip of an earlier fingerprint, which has proved wrong, is that of other content.
  upload.known = { size: upload.source.size, checksum };
  const stored = await storeHeld(upload, held);
  upload.known.clip = stored.clip;
  const clip = await addChapters(upload, stored.clip);
  return { ...stored, checksum, clip: await awaitClip(upload, clip) };
}

// The memory that the fingerprint holds is given back before the wait for the clip.
async function storeHeld(upload: Upload, held: HeldFingerprint): Promise<StoredContent> {
  using _ = held;
  const { fingerprint } = held;
  const request = describeContent(upload, fingerprint.md5);
  return await inTurn(upload, request.checksum, () => storeContent(upload, fingerprint, request));
}

function describeContent({ context, source }: Upload, checksum: string): UploadRequest {
  const { filename, size } = source;
  const { thumbnailTime, preview, keepFor, ...options } = context.options;
  const mime = options.mime ?? (filename === undefined ? undefined : getMediaType(filename));
  // The name is for people only: no service should have to refuse a video for a line break in it.
  const name = filename?.replace(/\p{Cc}+/gu, " ");
  return { checksum, size, filename: name, mime, thumbnailTime, preview, keepFor };
}

// A client sends the same content once: later uploads of it wait, and then find it known. Where the
// first one has failed, the next one sends it.
async function inTurn<T>(
  { context: { byChecksum }, signal }: Upload,
  checksum: string,
  work: () => Promise<T>,
): Promise<T> {
  const earlier = byChecksum.get(checksum);
  const working = (async () => {
    if (earlier !== undefined) await untilAborted(earlier, signal);
    return work();
  })();
  // If this one is aborted while it waits, the next one still waits for the first.
  const turn = Promise.allSettled([earlier, working]).then(() => {
    if (byChecksum.get(checksum) === turn) byChecksum.delete(checksum);
  });
  byChecksum.set(checksum, turn);
  return working;
}

// Of content that is known there is no other call that could carry them.
async function addChapters(
  { context, signal, budget, onRetry }: Upload,
  clip: Clip,
): Promise<Clip> {
  const { chapters } = context.options;
  // A picture has no times.
  if (chapters === undefined || clip.asset === "photo") return clip;
  return context.protocol.setChapters(clip.id, chapters, { signal, budget, onRetry });
}

async function awaitClip(
  { context, meter, signal, budget, onRetry }: Upload,
  clip: Clip,
): Promise<Clip> {
  const { waitFor = "available", waitTimeout: timeout } = context.options;
  if (waitFor === "finalized") return clip;
  if (clip.status === "pending") meter.enter("processing");
  const onPending = ({ queuePosition }: Clip) => meter.update({ queuePosition });
  return waitUntilAvailable(context.protocol, clip, {
    ...{ timeout, signal, onRetry, budget, onPending },
  });
}
