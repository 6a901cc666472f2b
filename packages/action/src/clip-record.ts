import type { DirectUploadError, UploadOutcome, UploadProgress } from "@clipcourier/core";
import * as v from "valibot";

const text = v.nullable(v.string());
const count = v.nullable(v.number());

/** What became of one file: an entry of the output `clips` and of a results file. */
export const clipRecord = v.object({
  /** The path, as the pattern found it. */
  file: v.string(),
  /** Which job's results it comes from, where those of several are gathered. */
  job: v.optional(v.string()),
  /** `known`: the service had the content already. `skipped`: it was not tried to the end. */
  outcome: v.picklist(["uploaded", "known", "failed", "skipped"]),
  id: text,
  /** The page that plays it. */
  url: text,
  /** A still picture. */
  thumbnail: text,
  /** An animated GIF. */
  preview: text,
  status: v.nullable(v.picklist(["pending", "available", "failed"])),
  /** Bytes. */
  size: count,
  /** Lower-case hex, of the whole content. */
  md5: text,
  /** Seconds. */
  duration: count,
  /** Pixels. */
  width: count,
  /** Pixels. */
  height: count,
  bytesSent: v.number(),
  /** Part requests, those that failed among them. */
  attempts: v.number(),
  milliseconds: v.number(),
  error: v.nullable(
    v.object({ code: v.string(), message: v.string(), status: v.optional(v.number()) }),
  ),
});
export type ClipRecord = v.InferOutput<typeof clipRecord>;

const unknown = {
  ...{ id: null, url: null, thumbnail: null, preview: null, status: null, md5: null },
  ...{ duration: null, width: null, height: null, bytesSent: 0, attempts: 0, milliseconds: 0 },
};

/** The record of a file that was left alone. */
export function toSkippedRecord(file: string, size: number): ClipRecord {
  return { ...unknown, file, outcome: "skipped", size, error: null };
}

/** The record of a file that was not begun because of what concerns all of them. */
export function toFailedRecord(file: string, size: number, error: DirectUploadError): ClipRecord {
  return { ...toSkippedRecord(file, size), outcome: "failed", error: toErrorRecord(error) };
}

/** The record of a file that was begun. */
export function toClipRecord(
  file: { path: string; size: number },
  { result, error }: UploadOutcome,
  finished: { last: UploadProgress | undefined; milliseconds: number },
): ClipRecord {
  const { last } = finished;
  const milliseconds = Math.round(finished.milliseconds);
  if (result === undefined) {
    return {
      ...toFailedRecord(file.path, file.size, error),
      outcome: error.code === "aborted" ? "skipped" : "failed",
      bytesSent: last === undefined ? 0 : last.acknowledged - last.reused,
      attempts: last?.attempts ?? 0,
      milliseconds,
    };
  }
  const { clip, outcome, checksum: md5, size, bytesSent, attempts } = result;
  const { id, url, thumbnailUrl: thumbnail, previewGif: preview, status } = clip;
  const { duration = null, width = null, height = null } = clip;
  return {
    ...{ file: file.path, outcome, id, url, thumbnail, preview, status, size, md5 },
    ...{ duration, width, height, bytesSent, attempts, milliseconds, error: null },
  };
}

function toErrorRecord({ code, message, status }: DirectUploadError): ClipRecord["error"] {
  return { code, message, ...(status !== undefined && { status }) };
}

/** How many records have this outcome. */
export function countOutcome(
  records: readonly ClipRecord[],
  outcome: ClipRecord["outcome"],
): number {
  return records.filter((record) => record.outcome === outcome).length;
}
