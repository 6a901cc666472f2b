import { HttpError } from "../../http-error.js";
import type { Measure } from "../../metrics/measure.js";
import { StoreError, type StoreErrorCode } from "../../store/store-error.js";
import type { Route } from "../backend.js";
import { paceOfPart, readBody } from "../body-pace.js";

/** What a client is answered for each of S3's error codes. */
export const partStatuses: Record<StoreErrorCode, number> = {
  AccessDenied: 403,
  BadDigest: 400,
  IncompleteBody: 400,
  InvalidDigest: 400,
  InvalidPart: 400,
  MissingContentLength: 411,
  NoSuchUpload: 404,
  SlowDown: 503,
};

/** `PUT` to a part URL: stores one part, when the part URLs lead to the service itself. */
export const putPart: Route = async (c, { store, limits, measure }) => {
  if (!store.uploadPart) throw new HttpError(404, `There is nothing at ${c.req.path}.`);
  const length = c.req.header("content-length");
  measure({ event: "part-begun" });
  try {
    const { etag } = await store.uploadPart({
      url: new URL(c.req.url),
      contentLength: length === undefined ? null : Number(length),
      contentMd5: c.req.header("content-md5") ?? null,
      body: measureBytes(readBody(c.req.raw, paceOfPart(limits)), measure),
      signal: c.req.raw.signal,
    });
    return c.body(null, 200, { ETag: etag });
  } catch (error) {
    if (error instanceof StoreError) throw new HttpError(partStatuses[error.code], error.message);
    throw error;
  } finally {
    measure({ event: "part-ended" });
  }
};

async function* measureBytes(
  body: AsyncGenerator<Uint8Array, void>,
  measure: Measure,
): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of body) {
    measure({ event: "part-bytes", bytes: chunk.length });
    yield chunk;
  }
}
