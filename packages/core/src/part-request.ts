import {
  createAbortError,
  DirectUploadError,
  isDirectUploadError,
  throwIfAborted,
} from "./errors.js";
import { describeNetworkFailure, describeRefusal, readS3ErrorCode } from "./failure.js";
import type { Part } from "./part-layout.js";
import { listSecrets } from "./redact.js";
import { guardAgainstStall } from "./stall-guard.js";
import type { Transport, TransportAnswer } from "./transport.js";

export interface PartRequestOptions {
  transport: Transport;
  /** Milliseconds without a movement after which the request is cut. */
  stallTimeout: number;
  signal?: AbortSignal | undefined;
  /** MD5 of the part's bytes as hex, where it is known: sent, and compared with the ETag. */
  md5?: string | undefined;
  onSent?: ((bytes: number) => void) | undefined;
  pace?: ((bytes: number) => Promise<void>) | undefined;
}

// A transport that does not say when bytes leave is given a second more for each of these.
const slowestLine = 16 * 1024;

/**
 * Sends one part once and gives its ETag.
 *
 * No `Content-Type` and no `Expect`: the one would break signatures that cover it, the other costs
 * a round trip for each part.
 */
export async function putPart(
  part: Part,
  bytes: Uint8Array,
  options: PartRequestOptions,
): Promise<string> {
  const { transport, signal, md5, onSent, pace } = options;
  throwIfAborted(signal);
  const { host } = new URL(part.url);
  const grace = transport.reportsSent ? 0 : (bytes.byteLength / slowestLine) * 1000;
  const guard = guardAgainstStall(host, options.stallTimeout + grace, signal);
  try {
    const answer = await transport.send({
      method: "PUT",
      url: part.url,
      headers: md5 !== undefined && takesContentMd5(part.url) ? contentMd5(md5) : {},
      body: transport.takesSharedMemory ? bytes : unshare(bytes),
      signal: guard.signal,
      onSent: (count) => {
        guard.touch();
        onSent?.(count);
      },
      pace:
        pace &&
        (async (count) => {
          await pace(count);
          guard.touch();
        }),
    });
    if (answer.status !== 200) throw describePartRefusal(part, answer, md5);
    return readETag(part, answer, md5);
  } catch (error) {
    if (signal?.aborted) throw createAbortError(signal);
    throw guard.signal.aborted
      ? createAbortError(guard.signal)
      : describeNetworkFailure(error, host, listSecrets(part.url));
  } finally {
    guard.end();
  }
}

function unshare(bytes: Uint8Array): Uint8Array {
  return bytes.buffer instanceof SharedArrayBuffer ? new Uint8Array(bytes) : bytes;
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
      `Storage has other bytes for part ${part.partNumber} than were sent (its ETag is another).`,
      { retryable: true },
    );
  }
  return etag;
}

// Under KMS and customer keys an ETag looks like an MD5 and is none.
function hidesMd5({ headers }: TransportAnswer): boolean {
  return (
    headers["x-amz-server-side-encryption"]?.startsWith("aws:kms") === true ||
    headers["x-amz-server-side-encryption-customer-algorithm"] !== undefined
  );
}

// S3 says some passing troubles with 400, and an expired or withdrawn URL with 400, 403 or 404. A
// 400 to a part that came with its checksum means most likely that its bytes were damaged.
function describePartRefusal(
  part: Part,
  answer: TransportAnswer,
  md5: string | undefined,
): DirectUploadError {
  const what = `Sending part ${part.partNumber}`;
  const refusal = describeRefusal(what, answer, listSecrets(part.url));
  const s3Code = readS3ErrorCode(answer.body);
  const { status, message } = refusal;
  if (status === 403 || status === 404 || s3Code === "ExpiredToken") {
    return new DirectUploadError("url_expired", `${message} Its URL is not valid any more.`, {
      status,
    });
  }
  if (s3Code === "RequestTimeout" || (status === 400 && md5 !== undefined)) {
    return new DirectUploadError(refusal.code, message, { status, retryable: true });
  }
  return refusal;
}

/**
 * Whether a part failed so that fresh URLs may help. Storage that refuses a part and closes at once
 * may reset the connection before its answer is read, again and again: that too can be a URL that
 * has expired.
 */
export function mayHaveExpired(error: unknown): error is DirectUploadError {
  if (!isDirectUploadError(error)) return false;
  const { code, cause } = error;
  if (code === "url_expired") return true;
  const reset = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return code === "network" && (reset === "ECONNRESET" || reset === "EPIPE");
}
