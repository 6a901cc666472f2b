/**
 * The JSON of the DirectUpload protocol, version 2.7, as it is on the wire: one schema for each
 * answer. Wire names (`preview_gif`, `PartNumber`) stand in this file and nowhere else in core.
 *
 * Objects keep only the keys named here, so an answer with additional keys is neither an error nor
 * a way for unknown values into a program.
 */
import * as z from "zod/mini";

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

const one = <T extends z.ZodMiniType>(row: T) =>
  z.object({ data: z.array(row).check(z.minLength(1)) });

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
