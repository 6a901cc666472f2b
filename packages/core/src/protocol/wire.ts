/**
 * The JSON of the DirectUpload protocol, version 2.7, as it is on the wire: one schema for each
 * answer. Wire names (`preview_gif`, `PartNumber`) are in this file and those beside it that begin with
 * `wire-`, and nowhere else in core.
 *
 * Of an object only the keys named here are kept, so additional keys in an answer are no error, and
 * no unknown value reaches a program.
 */
import * as v from "valibot";
import type { Clip, ClipLink } from "../clip.js";
import type { ClipPage, Session, UploadedPart, UploadPlan } from "./answers.js";
import { toClip, wireClip, wireRun } from "./wire-clip.js";

export { type Asset, assets, type Chapter } from "../clip.js";
export { formatShare } from "../format-share.js";
export { assetOf, photoTypes } from "../source/media-type.js";
export { checkChapters } from "./chapters.js";
export { hasInName } from "./has-in-name.js";
export {
  noPullRequest,
  type PullRequestAddress,
  parsePullRequest,
} from "./pull-request-address.js";
export {
  type ComparedVideo,
  type DiffBox,
  type DiffRange,
  type DiffSpan,
  type IgnoreBox,
  mostTolerance,
  type VideoDiff,
  type VideoDiffVerdict,
} from "./video-diff.js";
export { formatChapters, formatTimestamp } from "./web-vtt.js";
export type { WireClip, WireRun } from "./wire-clip.js";
export { type WireComparison, wireVideoDiff } from "./wire-comparison.js";

/** Lower-case hex MD5 of the whole content: 32 characters. */
export const checksumPattern = /^[0-9a-f]{32}$/;

/** The header with a request's id, in the request where the client has one, and in each answer. */
export const requestIdHeader = "x-request-id";

/** Whether a text can be a request's id: up to 128 characters that mean nothing in a log or a page. */
export function isRequestId(text: string): boolean {
  return /^[\w.:+/=@-]{1,128}$/.test(text);
}

/** How a message names the request that it is about. */
export function nameRequest(requestId: string): string {
  return `under the request id ${requestId}`;
}

/** The smallest part that S3 takes, in bytes; only the last part may be smaller. */
export const minPartSize = 5 * 1024 * 1024;

/** The most parts that S3 takes for one object. */
export const maxPartCount = 10_000;

/**
 * The app id of a client that has no app, but ID tokens, of whatever issuer: GitHub's were the first.
 * It cannot be that of a real app: those begin with `app_`.
 */
export const keylessAppId = "github";

const text = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

// Both are sent as headers.
const key = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/, "not visible ASCII characters"));
/** What signing in answers. `id` is the account's. */
const wireSession = v.object({ access_key: key, access_token: key, id: text });
export type WireSession = v.InferOutput<typeof wireSession>;

/** A part as S3 reports it; the quotes of an ETag are part of its value. */
const wireStoredPart = v.object({ PartNumber: positive, ETag: text, Size: positive });
export type WireStoredPart = v.InferOutput<typeof wireStoredPart>;

/** What the service wants to be sent. `parts`, those that it has already, is an extension. */
const wirePlan = v.object({
  upload_id: text,
  chunk_size: positive,
  urls: v.pipe(v.array(v.object({ PartNumber: positive, url: text })), v.minLength(1)),
  parts: v.exactOptional(v.array(wireStoredPart)),
});
export type WirePlan = v.InferOutput<typeof wirePlan>;

/** One row of the `uploads` parameter with which an upload is finalized. */
export const wireUploadedPart = v.object({ PartNumber: positive, ETag: text });
export type WireUploadedPart = v.InferOutput<typeof wireUploadedPart>;

// One row is promised; more would be an extension.
const one = <const T extends v.GenericSchema>(row: T) => v.tuple([row]);

export const wireSessionAnswer = v.object({ data: one(wireSession) });
/** How many clips the service verifies before a pending one, at least; an extension. */
const wireQueue = v.object({ position: v.pipe(count, v.integer()) });
export type WireQueue = v.InferOutput<typeof wireQueue>;

export const wireClipAnswer = v.object({
  data: one(wireClip),
  // A service that means something else by it is no reason to refuse the answer.
  _queue: v.exactOptional(v.fallback(v.nullable(wireQueue), null)),
});
export type WireClipAnswer = v.InferOutput<typeof wireClipAnswer>;
export const wireClipsAnswer = v.object({
  data: v.array(wireClip),
  _page: v.exactOptional(count),
  _total: v.exactOptional(count),
  _next: v.exactOptional(text),
});
/** How many clips of this answer are kept for a pull request; an extension. */
export const wirePullRequestAnswer = v.object({
  data: one(v.object({ clips: v.pipe(count, v.integer()), days: v.exactOptional(count) })),
  _next: v.exactOptional(text),
});
/** Clips with one run each that has recorded them; an extension. */
export const wireRecordingsAnswer = v.object({
  data: v.array(v.object({ clip: wireClip, run: wireRun })),
  _next: v.exactOptional(text),
});
export const wirePlanAnswer = v.variant("_upload", [
  v.object({ _upload: v.literal(false), data: one(wireClip) }),
  v.object({ _upload: v.literal(true), data: one(wirePlan) }),
]);

/** Every error's body: the message, and the HTTP status once more. */
export const wireError = v.object({
  error: v.object({ message: v.string() }),
  status: v.exactOptional(v.number()),
});
export type WireError = { error: { message: string }; status: number };

/** The clip of an answer, with its place in the queue where the service tells it. */
export function toAnsweredClip({ data: [wire], _queue: queue }: WireClipAnswer): Clip {
  const clip = toClip(wire);
  const isWaiting = clip.status === "pending" && queue != null;
  return isWaiting ? { ...clip, queuePosition: queue.position } : clip;
}

/** The clip of an answer to asking for a link. */
export function toClipLink({ data: [wire] }: WireClipAnswer): ClipLink {
  return { ...toClip(wire), expiresOn: wire.expires_on ?? null };
}

/** The row of an answer to signing in. */
export function toSession({ data: [wire] }: v.InferOutput<typeof wireSessionAnswer>): Session {
  return { accessKey: wire.access_key, accessToken: wire.access_token, id: wire.id };
}

export function toClipPage(answer: v.InferOutput<typeof wireClipsAnswer>): ClipPage {
  const { _page: page = 1, _total: total, _next: next, data } = answer;
  return {
    clips: data.map(toClip),
    page,
    ...(total !== undefined && { total }),
    ...(next !== undefined && { next }),
  };
}

export function toUploadPlan(answer: v.InferOutput<typeof wirePlanAnswer>): UploadPlan {
  if (!answer._upload) return { isKnown: true, clip: toClip(answer.data[0]) };
  const [row] = answer.data;
  return {
    isKnown: false,
    uploadId: row.upload_id,
    chunkSize: row.chunk_size,
    urls: row.urls.map(({ PartNumber, url }) => ({ partNumber: PartNumber, url })),
    storedParts: row.parts?.map(({ PartNumber, ETag, Size }) => ({
      partNumber: PartNumber,
      etag: ETag,
      size: Size,
    })),
  };
}

/** The JSON text of the `uploads` parameter. */
export function toUploadsParameter(parts: readonly UploadedPart[]): string {
  const rows: WireUploadedPart[] = parts.map(({ partNumber, etag }) => ({
    PartNumber: partNumber,
    ETag: etag,
  }));
  return JSON.stringify(rows);
}
