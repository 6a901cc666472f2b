import { createHmac, timingSafeEqual } from "node:crypto";
import type { PartToSign, UploadToSign } from "../object-store.js";
import { StoreError } from "../store-error.js";

/** The path below the service's root to which parts are sent. */
const partsPath = "parts/";

/** What a part URL says. */
export type SignedPart = UploadToSign & PartToSign;

/** A part URL relative to the service's root. */
export function signPartUrl(signingKey: Buffer, part: SignedPart): string {
  const query = new URLSearchParams({
    uploadId: part.uploadId,
    partNumber: String(part.partNumber),
    length: String(part.contentLength),
    expires: String(part.expires),
    signature: sign(signingKey, part),
  });
  return `${partsPath}${part.key}?${query}`;
}

/**
 * What a part URL was signed for. `now` is in milliseconds since 1970.
 *
 * @throws `AccessDenied` when it was changed or has expired.
 */
export function verifyPartUrl(signingKey: Buffer, url: URL, now: number): SignedPart {
  const query = url.searchParams;
  const part = {
    key: url.pathname.slice(1 + partsPath.length),
    uploadId: query.get("uploadId") ?? "",
    partNumber: Number(query.get("partNumber")),
    contentLength: Number(query.get("length")),
    expires: Number(query.get("expires")),
  };
  const expected = Buffer.from(sign(signingKey, part));
  const given = Buffer.from(query.get("signature") ?? "");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new StoreError(
      "AccessDenied",
      "The part URL's signature is wrong: use it as it was given.",
    );
  }
  if (now / 1000 >= part.expires) {
    throw new StoreError(
      "AccessDenied",
      "The part URL has expired: ask for the upload URLs again.",
    );
  }
  return part;
}

function sign(signingKey: Buffer, part: SignedPart): string {
  const { key, uploadId, partNumber, contentLength, expires } = part;
  const text = ["PUT", key, uploadId, partNumber, contentLength, expires].join("\n");
  return createHmac("sha256", signingKey).update(text).digest("base64url");
}
