/**
 * Where the service keeps bytes and state, in the words of S3. Everything above this interface
 * works on any store; keys are segments of `[A-Za-z0-9._-]` joined by `/`.
 */
export interface Store {
  /** Opens a multipart upload and answers its id. */
  createMultipartUpload(key: string): Promise<string>;
  /**
   * A URL that takes one PUT of exactly `contentLength` bytes until `expires`.
   * Absolute, or relative to the service's own root where the store is served by the service.
   */
  presignUploadPart(part: PartToSign): Promise<string>;
  /** The parts that are there, ascending. Throws `NoSuchUpload`. */
  listParts(key: string, uploadId: string): Promise<StoredPart[]>;
  /** Makes the parts one object. Throws `NoSuchUpload` and `InvalidPart`. */
  completeMultipartUpload(key: string, uploadId: string, parts: CompletedPart[]): Promise<void>;
  /** Drops an upload and its parts; nothing happens when there is none. */
  abortMultipartUpload(key: string, uploadId: string): Promise<void>;
  /** An object, or a range of it with both ends included; `null` when there is none. */
  getObject(key: string, range?: ByteRange): Promise<StoredObject | null>;
  headObject(key: string): Promise<{ size: number } | null>;
  /** Stores an object. With `ifNoneMatch` only where none is: `false` says that there was one. */
  putObject(
    key: string,
    content: Uint8Array | string,
    options?: { ifNoneMatch?: "*" },
  ): Promise<boolean>;
  /** Nothing happens when there is none. */
  deleteObject(key: string): Promise<void>;
  /** Keys in ascending order, at most 1000 a call; `startAfter` is the last key of the call before. */
  listObjects(prefix: string, startAfter?: string): Promise<ObjectList>;
  /** A path under which an object can be read on this machine, where there is one. */
  localPath?(key: string): string;
  /** Takes a part at a relative URL of `presignUploadPart`; absent where URLs lead elsewhere. */
  uploadPart?(request: PartRequest): Promise<{ etag: string }>;
}

export interface PartToSign {
  key: string;
  uploadId: string;
  partNumber: number;
  /** Bytes. */
  contentLength: number;
  /** Seconds since 1970. */
  expires: number;
}

/** A part as S3 reports it; the quotes are part of the ETag. */
export interface StoredPart {
  partNumber: number;
  etag: string;
  size: number;
}

export interface CompletedPart {
  partNumber: number;
  etag: string;
}

export interface ByteRange {
  start: number;
  /** Included. */
  end: number;
}

export interface StoredObject {
  body: ReadableStream<Uint8Array>;
  /** Bytes of the whole object, whatever the range. */
  size: number;
}

export interface ObjectList {
  keys: string[];
  isTruncated: boolean;
}

/** The PUT of one part, as it came in. */
export interface PartRequest {
  url: URL;
  /** The Content-Length header; `null` when the length was not said. */
  contentLength: number | null;
  /** The Content-MD5 header. */
  contentMd5: string | null;
  body: AsyncIterable<Uint8Array>;
}

/** S3's names for what goes wrong. */
export type StoreErrorCode =
  | "AccessDenied"
  | "BadDigest"
  | "IncompleteBody"
  | "InvalidDigest"
  | "InvalidPart"
  | "MissingContentLength"
  | "NoSuchUpload";

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.name = "StoreError";
    this.code = code;
  }
}

export function isStoreError(error: unknown, code: StoreErrorCode): boolean {
  return error instanceof StoreError && error.code === code;
}
