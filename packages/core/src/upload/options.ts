import type { Chapter } from "../clip.js";
import { DirectUploadError } from "../errors.js";
import { checkRetryOptions } from "../http/retry-options.js";
import { requireMilliseconds, requirePositive } from "../options.js";
import type { UploadProgress } from "../progress.js";
import { requireChapters } from "../protocol/chapters.js";
import type { CallOptions } from "../protocol/protocol.js";
import { requirePullRequest } from "../protocol/require-pull-request.js";
import type { OpenedFile } from "../source/open-source.js";

/** Options of an upload. */
export interface UploadOptions extends CallOptions {
  /**
   * The file name that the service is given.
   *
   * @default the name of the file, or of the source
   * @example { filename: "intro.mp4" }
   */
  filename?: string | undefined;
  /**
   * The media type that the service is given. One of `image/` makes the clip a photo, to which
   * `thumbnailTime` and `preview` mean nothing; a service may refuse photos.
   *
   * @default by the file name's extension, else `video/mp4`
   * @example { mime: "video/webm" }
   */
  mime?: string | undefined;
  /**
   * Which frame becomes the thumbnail: its time in seconds, or `auto` for the one that shows most.
   * An extension: a service that does not know it chooses by itself, and for content that a service
   * has already nothing changes.
   *
   * @default "auto"
   * @example { thumbnailTime: 12.5 }
   */
  thumbnailTime?: number | "auto" | undefined;
  /**
   * Which part of the video the preview shows: its start, its end, or `auto` for what the service
   * finds most telling. An extension, like `thumbnailTime`.
   *
   * @default "auto"
   * @example { preview: "end" }
   */
  preview?: "auto" | "start" | "end" | undefined;
  /**
   * The address of the pull request that the clip is kept for. The service deletes the clip when it is told
   * that this is closed; see {@link DirectUploadClient.reportPullRequest}. Content that somebody uploads
   * without it is kept anyway, and so is that of a service that does not know this extension: whether a
   * clip ends so is its `keptFor`.
   *
   * @default none: the clip is kept for as long as the service keeps clips
   * @example { keepFor: "https://github.com/octo/intro/pull/12" }
   */
  keepFor?: string | undefined;
  /**
   * The chapters of the video, in the order of time and none over another, at most 200;
   * {@link parseChapters} reads them from a WebVTT file. They take the place of those that the clip has,
   * also where its content is known; without this option these stay. An extension: whether a service
   * has taken them is whether the clip that it gives has `chapters`. In a batch, of each file.
   *
   * @default none
   * @example { chapters: [{ start: 0, title: "Sign in" }, { start: 4.5, title: "Add to cart" }] }
   */
  chapters?: readonly Chapter[] | undefined;
  /**
   * How many parts are in flight at once. Each takes 2 MiB of memory, whatever the chunk size.
   *
   * @default 4
   */
  concurrency?: number | undefined;
  /**
   * Milliseconds in which no byte of a part is sent or received, after which it is cut and sent
   * again. The second attempt has twice the time, the third three times, and so on. Waiting for
   * `maxBytesPerSecond` and for the source does not count; a source that gives no bytes for this
   * long is reported as unreadable.
   *
   * @default 30_000
   */
  stallTimeout?: number | undefined;
  /**
   * Milliseconds for the whole upload, with its retries and the wait for the clip. In a batch, for
   * each file.
   *
   * @default no limit
   * @example { deadline: 10 * 60_000 }
   */
  deadline?: number | undefined;
  /**
   * Whether each part is hashed before it is sent, so that its `Content-MD5` can be sent along and
   * its ETag compared. Files of one part are always checked that way; of the others the service
   * checks the whole. It costs 1.3 CPU seconds per GiB, in another thread.
   *
   * @default false
   */
  verifyParts?: boolean | undefined;
  /**
   * The most bytes per second that this call sends, all its parts together.
   *
   * @default no limit
   * @example { maxBytesPerSecond: 2_500_000 }
   */
  maxBytesPerSecond?: number | undefined;
  /**
   * Whether an upload ends when the clip is `available`, or already when it is finalized: then the
   * clip may still be `pending`.
   *
   * @default "available"
   * @example { waitFor: "finalized" }
   */
  waitFor?: "finalized" | "available" | undefined;
  /**
   * Milliseconds to wait until the clip is `available`.
   *
   * @default 600_000
   */
  waitTimeout?: number | undefined;
  /**
   * Called when the file of a path or of a `file:` URL is open, before anything of it is read. What it
   * throws refuses the file: the error is `source_unreadable` with that message, and has it as its
   * `cause`. A path that was looked at before can lead elsewhere by the time that it is opened; this is
   * told of what was opened.
   *
   * @example { checkFile: ({ inode }) => { if (inode !== expected) throw new Error("It was replaced."); } }
   */
  checkFile?: ((file: OpenedFile) => void | Promise<void>) | undefined;
  /** Called with the progress, at most ten times a second. It must not throw. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** Throws `invalid_option`, with the option's name, for an invalid value. */
export function checkUploadOptions(options: Omit<UploadOptions, "onProgress">): void {
  const { concurrency, mime, waitFor, retry } = options;
  if (retry !== undefined) checkRetryOptions(retry);
  if (concurrency !== undefined) requirePositive("concurrency", concurrency, { isInteger: true });
  for (const name of ["stallTimeout", "deadline"] as const) {
    const value = options[name];
    if (value !== undefined) requireMilliseconds(name, value);
  }
  for (const name of ["maxBytesPerSecond", "waitTimeout"] as const) {
    const value = options[name];
    if (value !== undefined) requirePositive(name, value);
  }
  if (mime !== undefined && !/^[\w.+-]+\/[\w.+-]+$/.test(mime)) {
    throw new DirectUploadError("invalid_option", "mime must be a media type such as video/webm.");
  }
  checkPictureOptions(options);
  if (options.keepFor !== undefined) requirePullRequest("keepFor", options.keepFor);
  if (options.chapters !== undefined) requireChapters(options.chapters);
  if (waitFor !== undefined && waitFor !== "finalized" && waitFor !== "available") {
    throw new DirectUploadError("invalid_option", "waitFor must be finalized or available.");
  }
}

function checkPictureOptions({ thumbnailTime, preview }: UploadOptions): void {
  const isTime =
    typeof thumbnailTime === "number" && thumbnailTime >= 0 && Number.isFinite(thumbnailTime);
  if (thumbnailTime !== undefined && thumbnailTime !== "auto" && !isTime) {
    throw new DirectUploadError(
      "invalid_option",
      "thumbnailTime must be a number of seconds from 0 on, or auto.",
    );
  }
  if (preview !== undefined && !["auto", "start", "end"].includes(preview)) {
    throw new DirectUploadError("invalid_option", "preview must be auto, start or end.");
  }
}
