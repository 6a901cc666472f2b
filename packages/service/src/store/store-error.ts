/** S3's error codes. */
export type StoreErrorCode =
  | "AccessDenied"
  | "BadDigest"
  | "IncompleteBody"
  | "InvalidDigest"
  | "InvalidPart"
  | "MissingContentLength"
  | "NoSuchUpload"
  | "SlowDown";

/** An error that the client caused. Its message is sent to the client. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.name = "StoreError";
    this.code = code;
  }
}

/** Whether an error is a `StoreError` with this code. */
export function isStoreError(error: unknown, code: StoreErrorCode): error is StoreError {
  return error instanceof StoreError && error.code === code;
}

/** The store failed, not the client: a full disk, a folder that is gone, a bucket out of reach. */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
}

/** The store has no room for what is to be written. */
export class StoreFullError extends Error {
  override readonly name = "StoreFullError";
}
