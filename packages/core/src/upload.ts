import type { CallContext } from "./call-context.js";
import type { UploadRequest } from "./client.js";
import type { Clip } from "./clip.js";
import { nameFile, throwIfAborted } from "./errors.js";
import { fingerprintSource } from "./fingerprint-source.js";
import { getMediaType } from "./media-type.js";
import { ProgressMeter } from "./progress.js";
import { type OpenSource, openSource, type UploadSource } from "./source.js";
import { type ContentUpload, type StoredContent, storeContent } from "./store-content.js";
import { limitTime } from "./time-limit.js";
import type { UploadOptions } from "./upload-options.js";

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

/** An upload before its content is known. */
type SourceUpload = Omit<ContentUpload, "fingerprint" | "request">;

/** The whole workflow: source, fingerprint, plan, parts, finalize, clip. */
export async function uploadSource(
  context: CallContext,
  given: UploadSource,
  options: UploadOptions,
): Promise<UploadResult> {
  using time = limitTime(options.signal, options.deadline);
  const { signal } = time;
  throwIfAborted(signal);
  await using source = await openSource(given, options.filename);
  using meter = new ProgressMeter(source.label, source.size, options.onProgress);
  const onRetry: UploadOptions["onRetry"] = (event) =>
    options.onRetry?.({ ...event, file: source.label });
  try {
    meter.enter("fingerprint");
    const upload: SourceUpload = {
      ...{ context, source, meter, signal },
      options: { ...options, onRetry },
    };
    const { clip: stored, ...result } = await fingerprintAndStore(upload);
    const clip = await awaitClip(upload, stored);
    meter.finish();
    const { size, reused, attempts } = meter.current;
    return { ...result, clip, size, bytesReused: reused, attempts };
  } catch (error) {
    if (signal.aborted) context.transport.closeIdle?.();
    throw nameFile(error, source.label);
  }
}

// What the fingerprint holds in memory is given back before the wait for the clip.
async function fingerprintAndStore(
  upload: SourceUpload,
): Promise<StoredContent & { checksum: string }> {
  const { context, source, meter, options, signal } = upload;
  const onHashed = (hashed: number) => meter.update({ hashed });
  using held = await fingerprintSource(context, source, { signal, onHashed });
  const { fingerprint } = held;
  const checksum = fingerprint.md5;
  meter.update({ hashed: source.size });
  const content = { ...upload, fingerprint, request: describeContent(source, checksum, options) };
  const stored = await waitForTwin(content, () => storeContent(content));
  return { ...stored, checksum };
}

function describeContent(
  source: OpenSource,
  checksum: string,
  { filename = source.filename, mime }: UploadOptions,
): UploadRequest {
  const mediaType = mime ?? (filename === undefined ? undefined : getMediaType(filename));
  // A name is only told: no service should have to refuse a video for a line break in it.
  const told = filename?.replace(/\p{Cc}+/gu, " ");
  return { checksum, size: source.size, filename: told, mime: mediaType };
}

// Equal content in one batch is sent once: the later ones wait, and find it known. Where the first
// one failed, the next tries.
async function waitForTwin<T>(
  { context: { byChecksum }, request: { checksum } }: ContentUpload,
  work: () => Promise<T>,
): Promise<T> {
  const twin = byChecksum.get(checksum);
  const working = twin === undefined ? work() : twin.then(work, work);
  byChecksum.set(checksum, working);
  return working;
}

async function awaitClip(
  { context, options, meter, signal }: SourceUpload,
  clip: Clip,
): Promise<Clip> {
  const { waitFor = "available", waitTimeout: timeout, onRetry } = options;
  if (waitFor === "finalized") return clip;
  if (clip.status === "pending") meter.enter("processing");
  return context.client.waitUntilAvailable(clip, { timeout, signal, onRetry });
}
