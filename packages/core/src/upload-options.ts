import type { CallOptions } from "./api.js";
import { DirectUploadError } from "./errors.js";
import { requireMilliseconds, requirePositive } from "./options.js";
import type { UploadProgress } from "./progress.js";

export interface UploadOptions extends CallOptions {
  /** Told to the service. Default: the name of the file. */
  filename?: string | undefined;
  /** Media type. Default: by the file name's extension, else `video/mp4`. */
  mime?: string | undefined;
  /** How many parts are in flight at once. Default 4; memory is this many times the chunk size. */
  concurrency?: number | undefined;
  /**
   * Milliseconds without a movement after which a part is cut and sent again, with as much more time
   * at each further attempt. Default 30,000.
   */
  stallTimeout?: number | undefined;
  /** Milliseconds for the whole upload, the retries and the wait among them. Default: no end. */
  deadline?: number | undefined;
  /**
   * Whether each part is hashed as it is sent, its `Content-MD5` sent along and its ETag compared.
   * Default `false`: files of one part are checked that way always, and for the others the service
   * checks the whole. It costs 1.3 CPU seconds a GiB, in another thread.
   */
  verifyParts?: boolean | undefined;
  /** Speed limit of this call, all its parts together. Default: none. */
  maxBytesPerSecond?: number | undefined;
  /**
   * What an upload ends with: the clip as finalize gives it, which may still be `pending`, or one
   * that is `available`. Default `available`.
   */
  waitFor?: "finalized" | "available" | undefined;
  /** Milliseconds to wait for `available`. Default 600,000. */
  waitTimeout?: number | undefined;
  /** Told how far it is, at most ten times a second. It must not throw. */
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/** Throws `invalid_option`, with the option's name, for what cannot be meant. */
export function checkUploadOptions(options: Omit<UploadOptions, "onProgress">): void {
  const { concurrency, mime, waitFor } = options;
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
