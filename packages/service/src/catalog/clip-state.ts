import type { Asset } from "@clipcourier/core/wire";
import * as v from "valibot";
import type { PreviewChoice } from "../media/types.js";
import { comparisonSchema } from "./comparison-state.js";
import { statementSchema } from "./verified-run.js";

/*
 * What has a default here is unknown to earlier versions, whose states are read as well.
 */

const fact = v.nullable(v.number());

/** What a client wants to be shown of its video. */
const pictureWishes = {
  /** Seconds from the beginning; `null` for the frame that shows most. */
  thumbnailTime: v.optional(fact, null),
  preview: v.optional(v.picklist(["auto", "start", "end"] satisfies PreviewChoice[]), "auto"),
};

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
  ...pictureWishes,
});
export type OpenUpload = v.InferOutput<typeof openUploadSchema>;
export type PictureWishes = Pick<OpenUpload, keyof typeof pictureWishes>;

/** Where each tile of a storyboard is, and what time it shows. */
const storyboardSchema = v.object({
  /** Seconds from one tile to the next. */
  interval: v.number(),
  columns: v.number(),
  count: v.number(),
  /** Pixels of a tile. */
  tileWidth: v.number(),
  tileHeight: v.number(),
});
export type StoryboardLayout = v.InferOutput<typeof storyboardSchema>;

/** How a clip plays in browsers. `reason` is a sentence that names what they do not take. */
const playbackSchema = v.variant("kind", [
  /** Not looked at: without FFmpeg, and by earlier versions. */
  v.object({ kind: v.literal("unknown") }),
  v.object({ kind: v.literal("as-is") }),
  /** A rendition has to be made, by copying the streams or by encoding them anew. */
  v.object({
    kind: v.literal("waiting"),
    how: v.picklist(["remux", "transcode"]),
    reason: v.string(),
  }),
  v.object({ kind: v.literal("rendition"), reason: v.string() }),
  /** Not at all: it can only be downloaded. */
  v.object({ kind: v.literal("never"), reason: v.string() }),
]);
export type ClipPlayback = v.InferOutput<typeof playbackSchema>;

/** The pull requests that a clip is kept for, at least one. */
const keptForSchema = v.array(
  v.object({
    /** The address of its page, as `parsePullRequest` makes it. */
    address: v.string(),
    /** When the service was told that it is closed, ISO 8601; `null` while it is open. */
    closedOn: v.nullable(v.string()),
  }),
);
export type KeptFor = v.InferOutput<typeof keptForSchema>;

const chapterSchema = v.object({
  /** Seconds. */
  start: v.number(),
  /** Absent where it ends with the next one, or with the video. */
  end: v.exactOptional(v.number()),
  title: v.string(),
});

/**
 * The one object of a clip that changes: `uploading`, then `pending`, then `available` or `failed`,
 * at last `deleted`. A failed or deleted clip can be uploaded again.
 */
export const clipStateSchema = v.object({
  id: v.string(),
  account: v.string(),
  /** `videoclip`, or `photo`. */
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
  /** When its content was last announced again, to the hour, ISO 8601; absent before. */
  usedOn: v.optional(v.string()),
  /** Absent where somebody wants the clip whatever becomes of pull requests. */
  keptFor: v.optional(keptForSchema),
  facts: v.object({
    duration: fact,
    width: fact,
    height: fact,
    codec: v.nullable(v.string()),
    audioCodec: v.optional(v.nullable(v.string()), null),
    /** Whether the picture of a photo moves; absent for a video, and while that is not known. */
    isAnimated: v.optional(v.boolean()),
  }),
  hasThumbnail: v.boolean(),
  /** Whether there is a GIF. */
  hasPreview: v.boolean(),
  hasWebp: v.optional(v.boolean(), false),
  storyboard: v.optional(v.nullable(storyboardSchema), null),
  /** What the preview shows. */
  previewOf: v.optional(v.nullable(v.picklist(["whole", "passages", "start", "end"])), null),
  playback: v.optional(playbackSchema, { kind: "unknown" }),
  /** Sentences that say which pictures are missing, and why. */
  notes: v.optional(v.array(v.string()), []),
  /** Of the content, as hex; `null` until it is verified. */
  sha256: v.optional(v.nullable(v.string()), null),
  /** The runs that have uploaded or announced the content, the earliest first: the first and the newest. */
  statements: v.optional(v.array(statementSchema), []),
  /** Whether runs between them were left out. */
  statementsCut: v.optional(v.boolean(), false),
  /** What the video consists of, in the order of time; absent where nobody has told it. */
  chapters: v.optional(v.array(chapterSchema)),
  /** With older clips, in the order in which they were asked for; absent where nobody has asked. */
  comparisons: v.optional(v.array(comparisonSchema)),
  ...pictureWishes,
});
export type ClipState = v.InferOutput<typeof clipStateSchema>;

/** A clip that clients are shown. */
export type Clip = ClipState & {
  status: "pending" | "available" | "failed";
  version: string;
  createdOn: string;
};

/** Whether a clip is a picture and not a video. */
export function isPhoto({ asset }: Pick<ClipState, "asset">): boolean {
  return asset === ("photo" satisfies Asset);
}

/** What identifies a clip. */
export interface ClipAddress {
  account: string;
  asset: string;
  checksum: string;
}

const noFacts: ClipState["facts"] = {
  duration: null,
  width: null,
  height: null,
  codec: null,
  audioCodec: null,
};

/** What is known of a video that nobody has looked at. */
export const notSeen: Pick<
  ClipState,
  | "facts"
  | "hasThumbnail"
  | "hasPreview"
  | "hasWebp"
  | "storyboard"
  | "previewOf"
  | "playback"
  | "notes"
  | "sha256"
> = {
  facts: noFacts,
  hasThumbnail: false,
  hasPreview: false,
  hasWebp: false,
  storyboard: null,
  previewOf: null,
  playback: { kind: "unknown" },
  notes: [],
  sha256: null,
};

export const noStatements: Pick<ClipState, "statements" | "statementsCut"> = {
  statements: [],
  statementsCut: false,
};

export const noWishes: PictureWishes = { thumbnailTime: null, preview: "auto" };

/** The clip that clients are shown; `null` while there is only an upload, and after a deletion. */
export function toClip(state: ClipState | undefined | null): Clip | null {
  return state && isClip(state) ? state : null;
}

function isClip(state: ClipState): state is Clip {
  return state.createdOn !== null && state.version !== null && state.status !== "deleted";
}

/** When somebody last sent the content of a clip, or found it stored; in milliseconds since 1970. */
export function lastUseOf({ createdOn, usedOn = createdOn }: Pick<Clip, "createdOn" | "usedOn">) {
  return Math.max(Date.parse(createdOn), Date.parse(usedOn));
}
