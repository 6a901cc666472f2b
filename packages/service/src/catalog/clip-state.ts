import * as v from "valibot";

const fact = v.nullable(v.number());

/** An upload that is not finalized yet. */
const openUploadSchema = v.object({
  uploadId: v.string(),
  /** Names the place of its bytes. */
  version: v.string(),
  /** Bytes. */
  size: v.number(),
  /** Bytes of each part but the last. */
  chunkSize: v.number(),
  mime: v.string(),
  filename: v.nullable(v.string()),
  /** When its part URLs were last asked for, to the day; ISO 8601. */
  usedOn: v.string(),
});
export type OpenUpload = v.InferOutput<typeof openUploadSchema>;

/**
 * The one object of a clip that changes: `uploading`, then `pending`, then `available` or `failed`,
 * at last `deleted`. A failed or deleted clip can be uploaded again.
 */
export const clipStateSchema = v.object({
  id: v.string(),
  account: v.string(),
  asset: v.string(),
  /** The MD5 of the content, as hex. */
  checksum: v.string(),
  status: v.picklist(["uploading", "pending", "available", "failed", "deleted"]),
  /** Why the clip has failed. */
  reason: v.nullable(v.string()),
  /** Names the place of the clip's files; `null` before the first upload is finalized. */
  version: v.nullable(v.string()),
  upload: v.nullable(openUploadSchema),
  size: v.number(),
  mime: v.string(),
  filename: v.nullable(v.string()),
  /** When it was finalized, ISO 8601; `null` before. */
  createdOn: v.nullable(v.string()),
  facts: v.object({
    duration: fact,
    width: fact,
    height: fact,
    codec: v.nullable(v.string()),
  }),
  hasThumbnail: v.boolean(),
  hasPreview: v.boolean(),
});
export type ClipState = v.InferOutput<typeof clipStateSchema>;

/** A clip that clients are shown. */
export type Clip = ClipState & {
  status: "pending" | "available" | "failed";
  version: string;
  createdOn: string;
};

/** What identifies a clip. */
export interface ClipAddress {
  account: string;
  asset: string;
  checksum: string;
}

export const noFacts: ClipState["facts"] = {
  duration: null,
  width: null,
  height: null,
  codec: null,
};

/** The clip that clients are shown; `null` while there is only an upload, and after a deletion. */
export function toClip(state: ClipState | undefined | null): Clip | null {
  return state && isClip(state) ? state : null;
}

function isClip(state: ClipState): state is Clip {
  return state.createdOn !== null && state.version !== null && state.status !== "deleted";
}
