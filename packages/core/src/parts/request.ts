import { createAbortError, DirectUploadError, throwIfAborted } from "../errors.js";
import { describeNetworkFailure, isConnectionReset } from "../http/network-failure.js";
import type { Peer } from "../http/retry-budget.js";
import { guardAgainstStall } from "../http/stall-guard.js";
import type { Transport, TransportAnswer } from "../http/transport.js";
import { longestTimer } from "../options.js";
import { describeAnswer, describeRefusal, readS3ErrorCode } from "../protocol/failure.js";
import { listSignatures, Secrets } from "../redact.js";
import { createPartBody, type PartContent } from "./body.js";
import type { Part } from "./layout.js";
import type { Pace } from "./throttle.js";

export interface PartRequestOptions {
  transport: Transport;
  /**
   * Milliseconds in which no byte is sent or received, after which the request is cut; and those in
   * which the source gives no bytes.
   */
  stallTimeout: number;
  signal?: AbortSignal | undefined;
  /** MD5 of the part's bytes as hex, where it is known: sent, and compared with the ETag. */
  md5?: string | undefined;
  onSent(bytes: number): void;
  pace?: Pace | undefined;
}

// Bytes per second. A transport that does not report when bytes leave is given as much more time as
// the part takes at this speed.
const slowestLine = 16 * 1024;

/**
 * Sends one part once and gives its ETag.
 *
 * No `Content-Type` and no `Expect`: the one would break signatures that cover it, the other costs
 * a round trip for each part.
 */
export async function putPart(
  part: Part,
  content: PartContent,
  options: PartRequestOptions,
): Promise<string> {
  const { transport, signal, md5, onSent, pace } = options;
  throwIfAborted(signal);
  const { host } = new URL(part.url);
  const grace = transport.reportsSent ? 0 : (part.length / slowestLine) * 1000;
  using guard = guardAgainstStall(host, { silence: options.stallTimeout + grace }, signal);
  let contentFailure: unknown;
  const listener = {
    pace: pace && ((bytes: number) => guard.exempt(() => pace(bytes, guard.signal))),
    awaitSource: <T>(reading: Promise<T>) =>
      guard.exempt(() => limitReading(reading, content.source.label, options.stallTimeout)),
    onSent: (bytes: number) => {
      guard.touch();
      onSent(bytes);
    },
    onFailure: (error: unknown) => {
      contentFailure ??= error;
    },
  };
  try {
    const answer = await transport.send({
      method: "PUT",
      url: part.url,
      headers: md5 !== undefined && takesContentMd5(part.url) ? contentMd5(md5) : {},
      body: createPartBody(part, content, listener, guard.signal),
      signal: guard.signal,
      onReceived: guard.touch,
    });
    if (answer.status !== 200) throw describePartRefusal(part, answer, md5);
    return readETag(part, answer, md5);
  } catch (error) {
    if (signal?.aborted) throw createAbortError(signal);
    if (guard.signal.aborted) throw createAbortError(guard.signal);
    // Transports wrap what a body fails with, each in its own way.
    if (contentFailure !== undefined) throw contentFailure;
    throw describeNetworkFailure(error, host, new Secrets(listSignatures(part.url)));
  }
}

// A caller's `read`, or a file on a network, may never answer.
async function limitReading<T>(reading: Promise<T>, label: string, limit: number): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const expire = () => {
    const time = `${Math.round(limit / 100) / 10} s`;
    const message = `${label} could not be read: it gave no bytes for ${time}. Check where it is stored, or allow more time.`;
    reject(new DirectUploadError("source_unreadable", message, { retryable: true }));
  };
  const timer = setTimeout(expire, Math.min(limit, longestTimer));
  try {
    return await Promise.race([reading, expired]);
  } finally {
    clearTimeout(timer);
  }
}

// Version 2 signatures cover Content-MD5, so a header that was not signed would break them.
function takesContentMd5(url: string): boolean {
  return ![...new URL(url).searchParams.keys()].some((name) =>
    /AccessKeyId$|^GoogleAccessId$/i.test(name),
  );
}

function contentMd5(md5: string): Record<string, string> {
  return { "content-md5": Buffer.from(md5, "hex").toString("base64") };
}

function readETag(part: Part, answer: TransportAnswer, md5: string | undefined): string {
  const { etag } = answer.headers;
  if (etag === undefined || etag === "") {
    throw new DirectUploadError(
      "bad_answer",
      `Storage took part ${part.partNumber} without an ETag. A proxy in between may have removed the header.`,
      { retryable: true },
    );
  }
  const stored = /^"?([0-9a-f]{32})"?$/i.exec(etag)?.[1]?.toLowerCase();
  if (md5 !== undefined && stored !== undefined && !hidesMd5(answer) && stored !== md5) {
    throw new DirectUploadError(
      "part_mismatch",
      `Storage has other bytes for part ${part.partNumber} than were sent: the ETag differs.`,
      { retryable: true },
    );
  }
  return etag;
}

// With KMS and customer keys, an ETag looks like an MD5 and is not one.
function hidesMd5({ headers }: TransportAnswer): boolean {
  return (
    headers["x-amz-server-side-encryption"]?.startsWith("aws:kms") === true ||
    headers["x-amz-server-side-encryption-customer-algorithm"] !== undefined
  );
}

// S3 answers some passing troubles with 400, and an expired or withdrawn URL with 400, 403 or 404.
// Others do so with 401: storage is shown the URL alone, so that says nothing about the client's keys.
// A 400 to a part that came with its checksum means most likely that its bytes were damaged.
function describePartRefusal(
  part: Part,
  answer: TransportAnswer,
  md5: string | undefined,
): DirectUploadError {
  const what = `Sending part ${part.partNumber}`;
  const secrets = new Secrets(listSignatures(part.url));
  const s3Code = readS3ErrorCode(answer.body);
  const { status } = answer;
  if ([401, 403, 404].includes(status) || s3Code === "ExpiredToken") {
    const message = `${describeAnswer(what, answer, secrets)} Its URL is no longer valid.`;
    return new DirectUploadError("url_expired", message, { status });
  }
  const refusal = describeRefusal(what, answer, secrets);
  if (s3Code === "RequestTimeout" || (status === 400 && md5 !== undefined)) {
    const { code, message, requestId } = refusal;
    return new DirectUploadError(code, message, { status, requestId, retryable: true });
  }
  return refusal;
}

/** The storage that takes a part, for a budget of retries. */
export function storageOf({ url }: Pick<Part, "url">): Peer {
  return { host: new URL(url).host, role: "storage" };
}

/**
 * Whether fresh URLs may help after this failure of a part. Storage that refuses a part and closes
 * at once may reset the connection before its answer is read, again and again, so a reset too can
 * mean that the URL has expired.
 */
export function mayHaveExpired(error: DirectUploadError): boolean {
  return error.code === "url_expired" || (error.code === "network" && isConnectionReset(error));
}
