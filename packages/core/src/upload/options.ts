import { DirectUploadError } from "../errors.js";
import { checkRetryOptions } from "../http/retry.js";
import { requireMilliseconds, requirePositive } from "../options.js";
import type { UploadProgress } from "../progress.js";
import type { CallOptions } from "../protocol/protocol.js";

export interface UploadOptions extends CallOptions {
  /**
   * The file name that the service is given.
   *
   * @default the name of the file, or of the source
   */
  filename?: string | undefined;
  /**
   * Media type.
   *
   * @default by the file name's extension, else `video/mp4`
   * @example { mime: "video/webm" }
   */
  mime?: string | undefined;
  /**
   * How many parts are in flight at once. Each takes 2 MiB of memory, whatever the chunk size.
   *
   * @default 4
   */
  concurrency?: number | undefined;
  /**
   * Milliseconds without a movement after which a part is cut and sent again, with as much more time
   * at each further attempt. Waiting for `maxBytesPerSecond` does not count.
   *
   * @default 30_000
   */
  stallTimeout?: number | undefined;
  /**
   * Milliseconds for the whole upload, the retries and the wait for the clip among them.
   *
   * @default no limit
   * @example { deadline: 10 * 60_000 }
   */
  deadline?: number | undefined;
  /**
   * Whether each part is hashed before it is sent, its `Content-MD5` sent along and its ETag
   * compared. Files of one part are always checked that way, and the others as a whole by the
   * service. It costs 1.3 CPU seconds a GiB, in another thread.
   *
   * @default false
   */
  verifyParts?: boolean | undefined;
  /**
   * Speed limit of this call, all its parts together.
   *
   * @default no limit
   * @example { maxBytesPerSecond: 2_500_000 }
   */
  maxBytesPerSecond?: number | undefined;
  /**
   * What an upload ends with: the clip as finalize gives it, which may still be `pending`, or one
   * that is `available`.
   *
   * @default "available"
   */
  waitFor?: "finalized" | "available" | undefined;
  /**
   * Milliseconds to wait for `available`.
   *
   * @default 600_000
   */
  waitTimeout?: number | undefined;
  /** Called with the progress, at most ten times a second. It must not throw. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** Throws `invalid_option`, with the option's name, for what cannot be meant. */
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
  if (waitFor !== undefined && waitFor !== "finalized" && waitFor !== "available") {
    throw new DirectUploadError("invalid_option", "waitFor must be finalized or available.");
  }
}
