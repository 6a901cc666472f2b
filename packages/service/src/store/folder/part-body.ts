import type { PartRequest } from "../object-store.js";
import { StoreError } from "../store-error.js";
import type { SignedPart } from "./part-url.js";

const md5Size = 16;

/** An error of a request's body. It wraps the cause, so that it is not taken for one of the disk. */
export class BodyError extends Error {}

/** The MD5 that the Content-MD5 header promises, hexadecimal; `null` without that header. */
export function parseContentMd5(header: string | null, partNumber: number): string | null {
  if (header === null) return null;
  const md5 = Buffer.from(header, "base64");
  if (md5.length === md5Size && md5.toString("base64") === header) return md5.toString("hex");
  throw new StoreError(
    "InvalidDigest",
    `Part ${partNumber}: the Content-MD5 header is not the base64 of an MD5.`,
  );
}

/** @throws `MissingContentLength`, `AccessDenied` where it is not the length that was signed. */
export function checkContentLength(part: SignedPart, { contentLength }: PartRequest): void {
  if (contentLength === null) {
    throw new StoreError("MissingContentLength", "A part needs a Content-Length header.");
  }
  if (contentLength !== part.contentLength) {
    throw new StoreError(
      "AccessDenied",
      `Part ${part.partNumber}: this URL is for exactly ${part.contentLength} bytes, ` +
        `Content-Length says ${contentLength}.`,
    );
  }
}

/**
 * The chunks of a body of exactly this length. It ends with the signal's reason once that is aborted,
 * also while the body sends nothing.
 *
 * @throws `IncompleteBody`, and `BodyError` where the body itself failed.
 */
export async function* readBody(
  body: AsyncIterable<Uint8Array>,
  { partNumber, contentLength }: SignedPart,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => {});
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  const iterator = body[Symbol.asyncIterator]();
  let size = 0;
  try {
    for (;;) {
      const next = iterator.next().catch((cause) => {
        throw new BodyError("The body failed.", { cause });
      });
      const { done, value } = await Promise.race([aborted, next]);
      if (done) break;
      size += value.length;
      if (size > contentLength) break;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", abort);
    // Not awaited: a body that hangs would not let go before its next chunk.
    iterator.return?.().catch(() => {});
  }
  if (size !== contentLength) {
    throw new StoreError(
      "IncompleteBody",
      `Part ${partNumber}: the body is not the ${contentLength} bytes that it should be.`,
    );
  }
}
