import { setImmediate } from "node:timers/promises";
import type { WirePlan } from "@clipcourier/core/wire";
import { fileKey } from "../catalog/keys.js";
import type { ObjectStore } from "../store/object-store.js";
import type { OpenedUpload } from "./open-uploads.js";
import { partSizes } from "./upload-parts.js";

// After so many URLs other requests have their turn.
const sliceSize = 100;

export interface PlanRequest {
  store: ObjectStore;
  id: string;
  opened: OpenedUpload;
  baseUrl: URL;
  /** Seconds. */
  urlLifetime: number;
  /** Milliseconds since 1970. */
  now: () => number;
  signal: AbortSignal;
}

/** The plan of an upload as it is sent: a URL for each part, and the parts that are stored. */
export async function answerPlan(request: PlanRequest): Promise<WirePlan> {
  const { store, id, opened, baseUrl, urlLifetime, now, signal } = request;
  const { uploadId, version, size, chunkSize } = opened.upload;
  const key = fileKey(id, version, "content");
  const expires = Math.floor(now() / 1000) + urlLifetime;
  const presign = await store.presignParts({ key, uploadId, expires });
  const urls: WirePlan["urls"] = [];
  const base = baseUrl.href;
  for (const [index, contentLength] of partSizes(size, chunkSize).entries()) {
    const partNumber = index + 1;
    const url = presign({ partNumber, contentLength });
    urls.push({ PartNumber: partNumber, url: isAbsolute(url) ? url : base + url });
    if (partNumber % sliceSize === 0) {
      await setImmediate();
      signal.throwIfAborted();
    }
  }
  const plan = { upload_id: uploadId, chunk_size: chunkSize, urls };
  if (opened.stored.length === 0) return plan;
  const parts = opened.stored.map(({ partNumber, etag, size: bytes }) => ({
    PartNumber: partNumber,
    ETag: etag,
    Size: bytes,
  }));
  return { ...plan, parts };
}

function isAbsolute(url: string): boolean {
  return /^https?:/.test(url);
}
