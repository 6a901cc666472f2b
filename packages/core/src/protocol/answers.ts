import type { Clip, ClipRun } from "../clip.js";

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
  /**
   * Only clips whose file names contain this, in upper or lower case: an extension. A service looks at
   * a limited number of clips for each page, so that a page can have few clips or none, and `next`
   * nevertheless. Of a service that does not know it, the other clips of the page are left out here.
   * There is no `total` then, and `page` is always 1.
   */
  name?: string | undefined;
}

/** The key and the token that signing in gives. */
export interface Session {
  accessKey: string;
  accessToken: string;
  /** The account's id. */
  id: string;
}

/** What can be reported of a pull request: merged ones are closed. */
export type PullRequestState = "open" | "closed";

/** The clips that a service keeps for a pull request. */
export interface PullRequestClips {
  /** How many there are; those too that are kept for others as well. */
  clips: number;
  /** Days from when the service was first told that it is closed until it deletes them. */
  days: number | undefined;
}

/** Which runs are asked for: those of a commit, in full, or those of a pull request. */
export type RecordedAt = { commit: string } | { pull: number };

/** A clip, and one of the runs that have recorded it. */
export interface Recording {
  clip: Clip;
  run: ClipRun;
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
