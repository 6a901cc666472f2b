import type { Clip, UploadOutcome, UploadProgress } from "@clipcourier/core";
import { type ClipRecord, toClipRecord } from "./clip-record.js";
import { type FailureRecord, toFailureRecord } from "./failure.js";

/** One file in the output of `upload --json`. What is not known of a failed one is `null`. */
export interface UploadRecord extends Record<keyof Omit<ClipRecord, "status">, string | null> {
  /** As it was given. */
  file: string;
  /** `known`: the service had the content already. */
  outcome: "uploaded" | "known" | "failed";
  status: Clip["status"] | null;
  /** Bytes. */
  size: number | null;
  /** Lower-case hex, of the whole content. */
  md5: string | null;
  bytesSent: number;
  /** Bytes that were in storage already, from an earlier try. */
  bytesReused: number;
  /** Part requests, those that failed among them. */
  attempts: number;
  milliseconds: number;
  error?: FailureRecord;
}

const noClip = { id: null, url: null, thumbnail: null, preview: null, status: null };

/**
 * @param file as it was given
 * @param last the last that was heard of the file
 * @param present gives the clip the addresses that a person can open
 */
export function toUploadRecord(
  file: string,
  { result, error }: UploadOutcome,
  milliseconds: number,
  last: UploadProgress | undefined,
  present: (clip: Clip) => Clip,
): UploadRecord {
  if (result !== undefined) {
    const { clip, outcome, checksum: md5, size, bytesSent, bytesReused, attempts } = result;
    const record = toClipRecord(present(clip));
    return { file, outcome, ...record, size, md5, bytesSent, bytesReused, attempts, milliseconds };
  }
  const { size = null, acknowledged = 0, reused: bytesReused = 0, attempts = 0 } = last ?? {};
  return {
    ...{ file, outcome: "failed", ...noClip, size, md5: null },
    ...{ bytesSent: acknowledged - bytesReused, bytesReused, attempts, milliseconds },
    error: toFailureRecord(error),
  };
}
