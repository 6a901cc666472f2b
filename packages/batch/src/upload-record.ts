import {
  assetOf,
  type Clip,
  type DirectUploadError,
  getMediaType,
  type UploadOutcome,
} from "@clipcourier/core";
import * as v from "valibot";
import type { FinishedFile } from "./batch-meter.js";
import type { FoundFile } from "./find-files.js";

const text = v.nullable(v.string());
const count = v.nullable(v.number());

const errorRecord = v.object({
  /** A `DirectUploadErrorCode` of `@clipcourier/core`. */
  code: v.string(),
  /** What happened and what to do, in English. */
  message: v.string(),
  /** HTTP status of the answer that caused it. */
  status: v.optional(v.number()),
  /** By which the service's log knows the request, where its answer has named one. */
  requestId: v.optional(v.string()),
});
/** Why a file failed. */
export type ErrorRecord = v.InferOutput<typeof errorRecord>;

/**
 * What became of one file of a batch, as JSON: what `clipcourier upload --json` prints, what the
 * action's output `clips` has and what its results files hold. What is not known is `null`.
 */
export const uploadRecord = v.object({
  /** The path, as `findFiles` found it. */
  file: v.string(),
  /** The job that the record comes from, when the results of several jobs are gathered. */
  job: v.optional(v.string()),
  /**
   * `uploaded`; `known`: the service had the content already; `failed`; `skipped`: the upload was
   * not begun, or was stopped.
   */
  outcome: v.picklist(["uploaded", "known", "failed", "skipped"]),
  /** `photo` for the clip of a picture; absent for a video, and while there is no clip. */
  asset: v.optional(v.literal("photo")),
  id: text,
  /** The page that plays it. */
  url: text,
  /** A still picture. */
  thumbnail: text,
  /** An animated GIF. */
  preview: text,
  status: v.nullable(v.picklist(["pending", "available", "failed"])),
  /**
   * `everywhere`; `rendition`: browsers play what the service has made of it; `download only`; `null`
   * while that is not known.
   */
  plays: v.optional(v.nullable(v.picklist(["everywhere", "rendition", "download only"])), null),
  /** Sentences that say why browsers do not play the video, and which pictures are missing. */
  notes: v.optional(v.array(v.string()), []),
  /** Whether the addresses above open nothing, because only a signed link does; absent otherwise. */
  private: v.optional(v.literal(true)),
  /** A neutral picture to show instead of a private clip's own; absent where these are public. */
  placeholder: v.optional(v.string()),
  /** The page of a private clip, for whoever has this address; only where it was asked for. */
  link: v.optional(v.string()),
  /** When the link expires, ISO 8601, UTC. */
  linkExpires: v.optional(v.string()),
  /** Bytes. */
  size: count,
  /** Lower-case hex, of the whole content. */
  md5: text,
  /** Seconds that the video lasts. */
  duration: count,
  /** Pixels. */
  width: count,
  /** Pixels. */
  height: count,
  bytesSent: v.number(),
  /** Bytes that were in storage already, from an earlier run. */
  bytesReused: v.optional(v.number(), 0),
  /** How many part requests were made, including those that failed. */
  attempts: v.number(),
  /** How long it took, from the first byte that was read until there was a clip. */
  milliseconds: v.number(),
  error: v.nullable(errorRecord),
});
export type UploadRecord = v.InferOutput<typeof uploadRecord>;

/** A clip as JSON. */
export interface ClipRecord {
  /** `photo` for a picture; absent for a video. */
  asset?: "photo";
  id: string;
  /** The page that plays it. */
  url: string;
  /** A still picture. */
  thumbnail: string | null;
  /** An animated GIF. */
  preview: string | null;
  status: Clip["status"];
  /** How browsers play it; `null` while that is not known. */
  plays: NonNullable<Clip["plays"]> | null;
  /** Why browsers do not play it, and which pictures are missing. */
  notes: string[];
  /** Whether only a signed link opens it; absent otherwise. */
  private?: true;
  /** A neutral picture to show instead of its own; absent where these are public. */
  placeholder?: string;
}

export function toClipRecord(clip: Clip): ClipRecord {
  const { id, url, thumbnailUrl, previewGif, status, plays = null, notes = [] } = clip;
  const { isPrivate, placeholderUrl, asset } = clip;
  return {
    ...(asset === "photo" && { asset }),
    ...{ id, url, thumbnail: thumbnailUrl, preview: previewGif, status, plays, notes },
    ...(isPrivate && { private: isPrivate }),
    ...(placeholderUrl !== undefined && { placeholder: placeholderUrl }),
  };
}

export function toErrorRecord({
  code,
  message,
  status,
  requestId,
}: DirectUploadError): ErrorRecord {
  return {
    ...{ code, message },
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
  };
}

const nothingKnown = {
  ...{ id: null, url: null, thumbnail: null, preview: null, status: null, md5: null },
  ...{ plays: null, duration: null, width: null, height: null },
  ...{ bytesSent: 0, bytesReused: 0, attempts: 0, milliseconds: 0 },
} as const;

/** The record of a file that was not begun, with the error that prevented it, if there was one. */
export function toSkippedRecord(
  { path, size }: FoundFile,
  error?: DirectUploadError,
): UploadRecord {
  const isFailed = error !== undefined && error.code !== "aborted";
  return {
    ...{ ...nothingKnown, file: path, size, notes: [] },
    outcome: isFailed ? "failed" : "skipped",
    error: error === undefined ? null : toErrorRecord(error),
  };
}

/** The record of a file that was begun. */
export function toUploadRecord(
  file: FoundFile,
  { result, error }: UploadOutcome,
  finished: FinishedFile,
): UploadRecord {
  const milliseconds = Math.round(finished.milliseconds);
  if (result === undefined) {
    const { acknowledged = 0, reused = 0, attempts = 0 } = finished.last ?? {};
    const sent = { bytesSent: acknowledged - reused, bytesReused: reused, attempts };
    return { ...toSkippedRecord(file, error), ...toKnown(error), ...sent, milliseconds };
  }
  const { clip, outcome, checksum: md5, size, bytesSent, bytesReused, attempts } = result;
  const { duration = null, width = null, height = null } = clip;
  return {
    ...{ file: file.path, outcome, ...toClipRecord(clip), size, md5, duration, width, height },
    ...{ bytesSent, bytesReused, attempts, milliseconds, error: null },
  };
}

/** The record of a clip that the service has, without a file and an upload of this batch. */
export function toKnownRecord(clip: Clip): UploadRecord {
  const { id, filename, size = null, duration = null, width = null, height = null } = clip;
  const { status, reason = "The service has given no reason." } = clip;
  return {
    ...{ ...nothingKnown, file: filename ?? id, ...toClipRecord(clip) },
    ...{ size, duration, width, height },
    outcome: status === "failed" ? "failed" : "known",
    error: status === "failed" ? { code: "clip_failed", message: reason } : null,
  };
}

/** What is known of an upload that failed. A clip that has failed itself has nothing to show. */
function toKnown({ upload = {} }: DirectUploadError): Partial<UploadRecord> {
  const { size, checksum, clip } = upload;
  return {
    ...(size !== undefined && { size }),
    ...(checksum !== undefined && { md5: checksum }),
    ...(clip !== undefined && { id: clip.id, status: clip.status }),
    ...(clip !== undefined && clip.status !== "failed" && { url: clip.url }),
    ...(clip?.asset === "photo" && { asset: clip.asset }),
    ...(clip?.isPrivate && { private: clip.isPrivate }),
  };
}

/** Whether a record is of a picture: as its clip says, and where there is none by the name of the file. */
export function isPhoto({ asset, id, file }: UploadRecord): boolean {
  return id === null ? assetOf(getMediaType(file)) === "photo" : asset === "photo";
}

/** How many records have this outcome. */
export function countOutcome(
  records: readonly UploadRecord[],
  outcome: UploadRecord["outcome"],
): number {
  return records.filter((record) => record.outcome === outcome).length;
}
