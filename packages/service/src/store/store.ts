/**
 * Where the service keeps bytes and state; the names are S3's. Everything above this interface works
 * on any store. Keys are segments of `[A-Za-z0-9._-]`, joined by `/`. Errors that are listed here
 * are a `StoreError` with that code.
 */
export interface Store {
  /** Opens a multipart upload and returns its id. */
  createMultipartUpload(key: string): Promise<string>;
  /**
   * A URL to which exactly `contentLength` bytes can be sent by PUT until `expires`. It is absolute,
   * or relative to the service's root when the service itself takes the part (`uploadPart`).
   */
  presignUploadPart(part: PartToSign): Promise<string>;
  /** The stored parts by ascending number. Throws `NoSuchUpload`. */
  listParts(key: string, uploadId: string): Promise<StoredPart[]>;
  /** Joins the parts into one object. Throws `NoSuchUpload`, and `InvalidPart` for another ETag. */
  completeMultipartUpload(key: string, uploadId: string, parts: CompletedPart[]): Promise<void>;
  /** Deletes an upload and its parts. Does nothing when there is none. */
  abortMultipartUpload(key: string, uploadId: string): Promise<void>;
  /** An object, or a range of its bytes; `null` when there is none. */
  getObject(key: string, range?: ByteRange): Promise<StoredObject | null>;
  /** The size of an object in bytes; `null` when there is none. */
  headObject(key: string): Promise<{ size: number } | null>;
  /**
   * Stores an object, replacing an earlier one. With `ifNoneMatch: "*"` it replaces none: it returns
   * `false` when there is one already, and of several writers at once exactly one gets `true`.
   */
  putObject(
    key: string,
    content: Uint8Array | string,
    options?: { ifNoneMatch?: "*" },
  ): Promise<boolean>;
  /** Deletes an object. Does nothing when there is none. */
  deleteObject(key: string): Promise<void>;
  /** At most 1,000 keys in ascending order; `startAfter` is the last key of the previous call. */
  listObjects(prefix: string, startAfter?: string): Promise<ObjectList>;
  /** The path of an object's file. Absent when objects are not files of this machine. */
  localPath?(key: string): string;
  /**
   * Stores a part that was sent to a relative URL of `presignUploadPart`. Absent when the URLs are
   * absolute. Throws `AccessDenied`, `MissingContentLength`, `IncompleteBody`, `InvalidDigest`,
   * `BadDigest` and `NoSuchUpload`.
   */
  uploadPart?(request: PartRequest): Promise<{ etag: string }>;
}

/** What a part URL is signed for. */
export interface PartToSign {
  key: string;
  uploadId: string;
  partNumber: number;
  /** Bytes. */
  contentLength: number;
  /** Seconds since 1970. */
  expires: number;
}

/** A part as S3 reports it. */
export interface StoredPart {
  /** From 1. */
  partNumber: number;
  /** With its quotes. */
  etag: string;
  /** Bytes. */
  size: number;
}

/** A part to join. */
export interface CompletedPart {
  /** From 1. */
  partNumber: number;
  /** With its quotes. */
  etag: string;
}

/** A range of bytes, counted from 0. */
export interface ByteRange {
  start: number;
  /** Inclusive. */
  end: number;
}

export interface StoredObject {
  body: ReadableStream<Uint8Array>;
  /** Bytes of the whole object, also when only a range was requested. */
  size: number;
}

export interface ObjectList {
  keys: string[];
  /** Whether there are more keys after these. */
  isTruncated: boolean;
}

/** The PUT request of one part. */
export interface PartRequest {
  url: URL;
  /** The Content-Length header; `null` when it is missing. */
  contentLength: number | null;
  /** The Content-MD5 header; `null` when it is missing. */
  contentMd5: string | null;
  body: AsyncIterable<Uint8Array>;
}

/** S3's error codes. */
export type StoreErrorCode =
  | "AccessDenied"
  | "BadDigest"
  | "IncompleteBody"
  | "InvalidDigest"
  | "InvalidPart"
  | "MissingContentLength"
  | "NoSuchUpload";

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
export function isStoreError(error: unknown, code: StoreErrorCode): boolean {
  return error instanceof StoreError && error.code === code;
}
