import type { Clip } from "./clip.js";
import { redact } from "./redact.js";

/**
 * What went wrong, as a name that a program can compare:
 *
 * | code | what happened |
 * | --- | --- |
 * | `invalid_option` | an option or argument is not what it must be; nothing was sent |
 * | `source_unreadable` | the file is missing, a directory, a pointer of Git LFS, or may not be read |
 * | `source_empty` | the file has no bytes |
 * | `source_changed` | the file changed while it was read or sent; nothing was finalized |
 * | `unauthorized` | the service refused the app id, secret, key or token (401) |
 * | `forbidden` | the service or the storage refused the request (403) |
 * | `not_found` | no such clip, upload or route (404) |
 * | `rejected` | the request was refused as wrong (other 4xx) |
 * | `rate_limited` | too many requests (429), also after the retries |
 * | `server_error` | the service or the storage failed (5xx), also after the retries |
 * | `network` | no connection, or one that broke, also after the retries |
 * | `stalled` | the peer was silent, or its answer incomplete, for longer than the timeout, also after the retries |
 * | `bad_answer` | the answer is not what the protocol says |
 * | `part_mismatch` | storage reports other bytes than were sent |
 * | `url_expired` | a part URL is no longer valid, and fresh ones did not help |
 * | `clip_failed` | the service could not make a clip of the content |
 * | `comparison_replaced` | the comparison was asked for again, and made anew, during the wait for it |
 * | `deadline` | the time allowed for the upload, or for the wait for its clip, was over |
 * | `aborted` | the caller's `AbortSignal` or `close()` ended it |
 * | `unexpected` | something else failed, a full disk for example; `cause` says what |
 */
export type DirectUploadErrorCode =
  | "invalid_option"
  | "source_unreadable"
  | "source_empty"
  | "source_changed"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "rejected"
  | "rate_limited"
  | "server_error"
  | "network"
  | "stalled"
  | "bad_answer"
  | "part_mismatch"
  | "url_expired"
  | "clip_failed"
  | "comparison_replaced"
  | "deadline"
  | "aborted"
  | "unexpected";

/** What was known of an upload when it failed. */
export interface FailedUpload {
  /** Bytes of the content. */
  size?: number;
  /** Lower-case hex MD5 of the content. */
  checksum?: string;
  /** The clip, where there was one already: one that has failed, or is still pending. */
  clip?: Clip;
}

export interface DirectUploadErrorOptions {
  /** HTTP status of the answer that caused it. */
  status?: number | undefined;
  /**
   * Whether the same call may succeed later without a change.
   *
   * @default false
   */
  retryable?: boolean | undefined;
  /** Milliseconds that the peer asked to wait (`Retry-After`). */
  retryAfter?: number | undefined;
  /** The request's id in the log of the peer (`X-Request-Id` of the answer). */
  requestId?: string | undefined;
  /** What was known of the upload that failed. */
  upload?: FailedUpload | undefined;
  cause?: unknown;
}

/** The one error class of this package. The message says what happened and what to do. */
export class DirectUploadError extends Error {
  override readonly name = "DirectUploadError";
  readonly code: DirectUploadErrorCode;
  /** HTTP status, where an answer caused the error. */
  readonly status: number | undefined;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
  /** Milliseconds that the peer asked to wait before the next try. */
  readonly retryAfter: number | undefined;
  /** By which the service's log knows the request, where its answer has named one. */
  readonly requestId: string | undefined;
  /** What was known of the upload that failed; `undefined` for errors of other calls. */
  readonly upload: FailedUpload | undefined;

  constructor(
    code: DirectUploadErrorCode,
    message: string,
    options: DirectUploadErrorOptions = {},
  ) {
    super(redact(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.retryable = options.retryable ?? false;
    this.retryAfter = options.retryAfter;
    this.requestId = options.requestId;
    this.upload = options.upload;
  }
}

/** Whatever was thrown as an error of this package, with the file in its message. */
export function nameFile(error: unknown, file: string): DirectUploadError {
  if (!(error instanceof DirectUploadError)) {
    const reason = error instanceof Error ? error.message : String(error);
    return new DirectUploadError("unexpected", `${file} was not uploaded: ${reason}.`, {
      cause: error,
    });
  }
  if (error.message.startsWith(`${file} `) || error.message.startsWith(`${file}:`)) return error;
  return change(error, `${file}: ${error.message}`);
}

/** The same error with what is known of the upload, in addition to what it knows itself. */
export function addUpload(error: DirectUploadError, known: FailedUpload): DirectUploadError {
  return change(error, error.message, { ...known, ...error.upload });
}

function change(
  { code, status, retryable, retryAfter, requestId, cause, upload }: DirectUploadError,
  message: string,
  newUpload = upload,
): DirectUploadError {
  const options = { status, retryable, retryAfter, requestId, cause, upload: newUpload };
  return new DirectUploadError(code, message, options);
}

/** Whether a value is a {@link DirectUploadError}, optionally with the given code. */
export function isDirectUploadError(
  value: unknown,
  code?: DirectUploadErrorCode,
): value is DirectUploadError {
  return value instanceof DirectUploadError && (code === undefined || value.code === code);
}

/** The error for calls of a closed client, and for those that were under way when it was closed. */
export function createClosedError(): DirectUploadError {
  return new DirectUploadError(
    "aborted",
    "The client was closed. What was under way can be resumed by another client.",
  );
}

/** The same error with the last failure that happened before the work was ended. */
export function addLastFailure(
  error: DirectUploadError,
  failure: DirectUploadError | undefined,
): DirectUploadError {
  if (failure === undefined || error.message.includes(failure.message)) return error;
  const { code, message, retryable, upload } = error;
  return new DirectUploadError(code, `${message} The last failure: ${failure.message}`, {
    ...{ retryable, upload },
    cause: failure,
  });
}

/** The error for a signal that has ended the work. */
export function createAbortError(signal: AbortSignal): DirectUploadError {
  if (isDirectUploadError(signal.reason)) return signal.reason;
  return new DirectUploadError("aborted", "Stopped on request. An upload can be resumed.", {
    cause: signal.reason,
  });
}

/** Throws when the signal has ended the work. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw createAbortError(signal);
}
