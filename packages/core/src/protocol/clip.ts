/** Whether a clip is being made, can be played, or could not be made. */
export type ClipStatus = "pending" | "available" | "failed";

/** A clip, as a service reports it. */
export interface Clip {
  id: string;
  /** The address of the page that plays it. */
  url: string;
  /** The address of an animated GIF of the first seconds; `null` while there is none. */
  previewGif: string | null;
  /** The address of a still picture; `null` while there is none. */
  thumbnailUrl: string | null;
  status: ClipStatus;
  /** Seconds. This and what follows are facts that a service may add or leave out. */
  duration?: number;
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  /** For example `h264`. */
  codec?: string;
  /** Bytes. */
  size?: number;
  /** For example `video/mp4`. */
  mime?: string;
  filename?: string;
  /** ISO 8601, UTC. */
  createdOn?: string;
  /** The address of the video itself. */
  videoUrl?: string;
  /** Why the clip failed. */
  reason?: string;
}

/** A page of clips, the newest first. */
export interface ClipPage {
  clips: Clip[];
  /** From 1. */
  page: number;
  /** How many clips there are in all, where the service says it: a long list may not be counted. */
  total?: number;
  /** Where the next page begins, to be given as `after`. Absent on the last page. */
  next?: string;
}

/** Which page of the clips is asked for. */
export interface ClipPageRequest {
  /** How many clips at most. */
  count?: number | undefined;
  /** From 1. It is counted from the newest clip, or from `after`. */
  page?: number | undefined;
  /** The `next` of an earlier page: an extension, with which a page costs the same wherever it is. */
  after?: string | undefined;
}

/** The key and the token that signing in gives. */
export interface Session {
  accessKey: string;
  accessToken: string;
  /** The account's id. */
  id: string;
}

/** One part URL of a plan. */
export interface PartUrl {
  /** From 1. */
  partNumber: number;
  /** Takes one `PUT` of the part's bytes, once or again, until it expires. */
  url: string;
}

/** A part that is in storage. */
export interface UploadedPart {
  partNumber: number;
  /** As S3 gave it; the quotes are part of the value. */
  etag: string;
}

/** A multipart upload that the service has opened for the content. */
export interface NewUpload {
  isKnown: false;
  /** The id of the S3 multipart upload. */
  uploadId: string;
  /** Bytes of every part but the last. */
  chunkSize: number;
  urls: PartUrl[];
  /** The parts that are stored already; `undefined` where the service does not report them. */
  storedParts: (UploadedPart & { size: number })[] | undefined;
}

/** What the service answers to a checksum and a size. */
export type UploadPlan = { isKnown: true; clip: Clip } | NewUpload;
