/**
 * The JSON of the DirectUpload protocol, version 2.7, as it is on the wire: one schema for each
 * answer. Wire names (`preview_gif`, `PartNumber`) are in this file and nowhere else in core.
 *
 * Of an object only the keys named here are kept, so additional keys in an answer are no error, and
 * no unknown value reaches a program.
 */
import * as v from "valibot";
import {
  assets,
  type Chapter,
  type Clip,
  type ClipLink,
  type ClipRun,
  keepings,
  playings,
  previewParts,
  recordings,
} from "../clip.js";
import type { ClipPage, Recording, Session, UploadedPart, UploadPlan } from "./answers.js";

export { type Asset, assets, type Chapter } from "../clip.js";
export { assetOf, photoTypes } from "../source/media-type.js";
export { checkChapters } from "./chapters.js";
export { hasInName } from "./has-in-name.js";
export {
  noPullRequest,
  type PullRequestAddress,
  parsePullRequest,
} from "./pull-request-address.js";
export type {
  ComparedVideo,
  DiffBox,
  DiffRange,
  DiffSpan,
  VideoDiff,
  VideoDiffVerdict,
} from "./video-diff.js";
export { formatChapters, formatTimestamp } from "./web-vtt.js";

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
// A fact that a service may leave out, or not know.
const maybe = <const T extends v.GenericSchema>(fact: T) => v.exactOptional(v.nullable(fact));
// A word that a later service may add to is no reason to refuse the whole answer.
const maybeWord = <const T extends readonly string[]>(words: T) =>
  v.exactOptional(v.fallback(v.nullable(v.picklist(words)), null));

const said = v.optional(v.string());
/** What a verified ID token has said of the run that has recorded a clip; an extension. */
const wireRun = v.object({
  issuer: text,
  ...{ subject: said, server: said, repository: said, sha: said, ref: said, workflow: said },
  ...{ event: said, actor: said, run_id: said, run_attempt: said, run_url: said },
  pull_request: v.optional(count),
  how: v.picklist(recordings),
  issued_on: said,
  recorded_on: text,
});
export type WireRun = v.InferOutput<typeof wireRun>;

/** A chapter of a clip; its end is `null` where it is the video's, which is not known. */
const wireChapter = v.object({ start: count, end: v.nullable(count), title: v.string() });

/** A clip. Its first five keys are documented; the others are facts that a service may add. */
const wireClip = v.object({
  id: text,
  url: text,
  preview_gif: v.nullable(v.string()),
  thumbnail_url: v.nullable(v.string()),
  status: v.picklist(["pending", "available", "failed"]),
  asset: maybeWord(assets),
  duration: maybe(count),
  width: maybe(count),
  height: maybe(count),
  codec: maybe(v.string()),
  size: maybe(count),
  mime: maybe(v.string()),
  filename: maybe(v.string()),
  created_on: maybe(v.string()),
  video_url: maybe(v.string()),
  photo_url: maybe(v.string()),
  animated: maybe(v.boolean()),
  reason: maybe(v.string()),
  preview_webp: maybe(v.string()),
  storyboard: maybe(v.string()),
  preview_of: maybeWord(previewParts),
  thumbnail_time: maybe(count),
  audio_codec: maybe(v.string()),
  plays: maybeWord(playings),
  play_url: maybe(v.string()),
  download_url: maybe(v.string()),
  notes: maybe(v.array(v.string())),
  kept_for: maybeWord(keepings),
  private: maybe(v.boolean()),
  placeholder_url: maybe(v.string()),
  expires_on: maybe(v.string()),
  verified: maybe(v.boolean()),
  // A service that means something else by it is no reason to refuse the answer.
  recorded_by: v.exactOptional(v.fallback(v.nullable(wireRun), null)),
  recorded_count: maybe(count),
  statements: maybe(v.string()),
  // What is no list of chapters is no reason to refuse the whole answer.
  chapters: v.exactOptional(v.fallback(v.nullable(v.array(wireChapter)), null)),
  chapters_url: maybe(v.string()),
});
export type WireClip = v.InferOutput<typeof wireClip>;

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

/** The public form of a clip: facts that the service leaves out or does not know are absent. */
export function toClip(wire: WireClip): Clip {
  const facts = {
    asset: wire.asset,
    duration: wire.duration,
    width: wire.width,
    height: wire.height,
    codec: wire.codec,
    size: wire.size,
    mime: wire.mime,
    filename: wire.filename,
    createdOn: wire.created_on,
    videoUrl: wire.video_url,
    photoUrl: wire.photo_url,
    isAnimated: wire.animated,
    reason: wire.reason,
    previewWebp: wire.preview_webp,
    storyboardUrl: wire.storyboard,
    previewOf: wire.preview_of,
    thumbnailTime: wire.thumbnail_time,
    audioCodec: wire.audio_codec,
    plays: wire.plays,
    playUrl: wire.play_url,
    downloadUrl: wire.download_url,
    notes: wire.notes,
    keptFor: wire.kept_for,
    isPrivate: wire.private === true ? true : undefined,
    placeholderUrl: wire.placeholder_url,
    isVerified: wire.verified === true ? true : undefined,
    recordedBy: wire.recorded_by && toClipRun(wire.recorded_by),
    recordedCount: wire.recorded_count,
    statementsUrl: wire.statements,
    chapters: wire.chapters?.map(toChapter),
    chaptersUrl: wire.chapters_url,
  };
  return {
    id: wire.id,
    url: wire.url,
    previewGif: wire.preview_gif,
    thumbnailUrl: wire.thumbnail_url,
    status: wire.status,
    ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value != null)),
  };
}

/** What a run has recorded. */
export function toRecording({ clip, run }: { clip: WireClip; run: WireRun }): Recording {
  return { clip: toClip(clip), run: toClipRun(run) };
}

function toClipRun(wire: WireRun): ClipRun {
  const { issuer, how, subject, server, repository, sha, ref, workflow, event, actor } = wire;
  const said = {
    ...{ subject, server, repository, sha, ref, workflow, event, actor },
    ...{ runId: wire.run_id, runAttempt: wire.run_attempt, runUrl: wire.run_url },
    ...{ pullRequest: wire.pull_request, issuedOn: wire.issued_on },
  };
  return {
    ...{ issuer, how, recordedOn: wire.recorded_on },
    ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)),
  };
}

function toChapter({ start, end, title }: v.InferOutput<typeof wireChapter>): Chapter {
  return { start, ...(end !== null && { end }), title };
}

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
