/**
 * The JSON of the DirectUpload protocol, version 2.7, as it is on the wire: one schema for each
 * answer. Wire names (`preview_gif`, `PartNumber`) stand in this file and nowhere else in core.
 *
 * Objects keep only the keys named here, so an answer with additional keys is neither an error nor
 * a way for unknown values into a program.
 */
import * as z from "zod/mini";
import type { Clip, ClipPage, Session, UploadedPart, UploadPlan } from "./clip.js";

/** Lower-case hex MD5 of the whole content: 32 characters. */
export const checksumPattern = /^[0-9a-f]{32}$/;

/** The smallest part that S3 takes, in bytes; only the last part may be smaller. */
export const minPartSize = 5 * 1024 * 1024;

/** The most parts that S3 takes for one object. */
export const maxPartCount = 10_000;

const text = z.string().check(z.minLength(1));
const count = z.number().check(z.nonnegative());

/** A clip. The first five keys are documented; the others are facts that a service may add. */
export const wireClip = z.object({
  id: text,
  url: text,
  preview_gif: z.nullable(z.string()),
  thumbnail_url: z.nullable(z.string()),
  status: z.enum(["pending", "available", "failed"]),
  duration: z.optional(z.nullable(count)),
  width: z.optional(z.nullable(count)),
  height: z.optional(z.nullable(count)),
  codec: z.optional(z.nullable(z.string())),
  size: z.optional(z.nullable(count)),
  mime: z.optional(z.nullable(z.string())),
  filename: z.optional(z.nullable(z.string())),
  created_on: z.optional(z.nullable(z.string())),
  video_url: z.optional(z.nullable(z.string())),
  reason: z.optional(z.nullable(z.string())),
});
export type WireClip = z.infer<typeof wireClip>;

/** What signing in answers. `id` is the account's. */
export const wireSession = z.object({ access_key: text, access_token: text, id: text });
export type WireSession = z.infer<typeof wireSession>;

export const wirePartUrl = z.object({
  PartNumber: z.int().check(z.positive()),
  url: text,
});

/** A part as S3 reports it; the quotes of an ETag are part of its value. */
export const wireStoredPart = z.object({
  PartNumber: z.int().check(z.positive()),
  ETag: text,
  Size: z.int().check(z.positive()),
});
export type WireStoredPart = z.infer<typeof wireStoredPart>;

/** What the service wants to be sent. `parts`, those that it has already, is an extension. */
export const wirePlan = z.object({
  upload_id: text,
  chunk_size: z.int().check(z.positive()),
  urls: z.array(wirePartUrl).check(z.minLength(1)),
  parts: z.optional(z.array(wireStoredPart)),
});
export type WirePlan = z.infer<typeof wirePlan>;

/** One row of the `uploads` parameter with which an upload is finalized. */
export const wireUploadedPart = z.object({
  PartNumber: z.int().check(z.positive()),
  ETag: text,
});
export type WireUploadedPart = z.infer<typeof wireUploadedPart>;

const envelope = <T extends z.ZodMiniType>(row: T) =>
  z.object({ _count: z.optional(count), data: z.array(row) });

// One row is promised; more would be an extension.
const one = <T extends z.ZodMiniType>(row: T) => z.object({ data: z.tuple([row], z.unknown()) });

export const wireSessionAnswer = one(wireSession);
export const wireClipAnswer = one(wireClip);
export const wireClipsAnswer = z.extend(envelope(wireClip), {
  _page: z.optional(count),
  _total: z.optional(count),
});
export const wirePlanAnswer = z.discriminatedUnion("_upload", [
  z.extend(one(wireClip), { _upload: z.literal(false) }),
  z.extend(one(wirePlan), { _upload: z.literal(true) }),
]);

/** Every error's body: the message, and the HTTP status once more. */
export const wireError = z.object({
  error: z.object({ message: z.string() }),
  status: z.optional(z.number()),
});
export type WireError = { error: { message: string }; status: number };

/** The public form of a clip: facts that the service leaves out or does not know are absent. */
export function toClip(wire: WireClip): Clip {
  const facts = {
    duration: wire.duration,
    width: wire.width,
    height: wire.height,
    codec: wire.codec,
    size: wire.size,
    mime: wire.mime,
    filename: wire.filename,
    createdOn: wire.created_on,
    videoUrl: wire.video_url,
    reason: wire.reason,
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

/** The row of an answer to signing in. */
export function toSession({ data: [wire] }: z.infer<typeof wireSessionAnswer>): Session {
  return { accessKey: wire.access_key, accessToken: wire.access_token, id: wire.id };
}

export function toClipPage(answer: z.infer<typeof wireClipsAnswer>): ClipPage {
  const { _page: page = 1, _total: total, data } = answer;
  return { clips: data.map(toClip), page, ...(total !== undefined && { total }) };
}

export function toUploadPlan(answer: z.infer<typeof wirePlanAnswer>): UploadPlan {
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
