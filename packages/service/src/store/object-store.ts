/**
 * Where the service keeps bytes and state; the words are S3's. Everything above this interface works
 * on any store: a folder, or a bucket of an S3-compatible engine.
 *
 * Keys are segments of `[A-Za-z0-9._-]`, joined by `/`; none begins with a dot. An object is stored
 * either always with a condition (`ifNoneMatch`, `ifMatch`) or never with one. What a call reports as
 * stored or deleted is still so after a power cut. Several processes may use a store at once.
 *
 * Errors that a client caused are a `StoreError` with S3's code; any other error means that the store
 * failed. Calls that take a `signal` end with its reason once it is aborted.
 */
export interface ObjectStore {
  readonly capabilities: Capabilities;

  /** Opens a multipart upload and returns its id. */
  createMultipartUpload(key: string, layout: UploadLayout): Promise<string>;
  /**
   * Prepares the part URLs of one upload. The function that it returns is cheap: 10,000 calls take
   * less than half a second. Each URL takes exactly `contentLength` bytes by PUT. It is absolute, or
   * relative to the service's root where the service itself takes the part (`uploadPart`).
   */
  presignParts(upload: UploadToSign): Promise<(part: PartToSign) => string>;
  /** The stored parts by ascending number. Throws `NoSuchUpload`. */
  listParts(key: string, uploadId: string, options?: CallOptions): Promise<StoredPart[]>;
  /**
   * Joins the parts into one object, which replaces none that was there before. Throws
   * `NoSuchUpload` and `InvalidPart` for a part that is not stored with this ETag. Where another call
   * has joined the same upload, engines differ: this one succeeds too, or throws `NoSuchUpload`.
   */
  completeMultipartUpload(key: string, uploadId: string, parts: CompletedPart[]): Promise<void>;
  /** Deletes an upload and its parts. Does nothing where there is none. */
  abortMultipartUpload(key: string, uploadId: string): Promise<void>;
  /** Open uploads below a prefix, in the order of their keys. */
  listMultipartUploads(prefix: string, options?: UploadListOptions): Promise<UploadList>;

  /** An object, or a range of its bytes; `null` where there is none. */
  getObject(key: string, options?: GetOptions): Promise<StoredObject | null>;
  /** What is known of an object without its bytes; `null` where there is none. */
  headObject(key: string, options?: CallOptions): Promise<ObjectFacts | null>;
  /**
   * Stores an object and returns its new ETag. `null` means that a condition did not hold: with
   * `ifNoneMatch: "*"` there is an object already, with `ifMatch` it is gone or has another ETag. Of
   * several writers with the same condition exactly one gets an ETag.
   */
  putObject(
    key: string,
    content: Uint8Array | string,
    options?: PutOptions,
  ): Promise<string | null>;
  /**
   * Stores what `write` writes to the path that it is given, which is then gone. `null` means that
   * nothing is stored, because `write` has resolved to `false`. Otherwise it resolves to the bytes of
   * the object, which is there as a whole or not at all.
   */
  putFile(
    key: string,
    write: (path: string) => Promise<boolean>,
    options?: PutFileOptions,
  ): Promise<number | null>;
  /** Deletes objects. A key where there is none counts as deleted. */
  deleteObjects(keys: readonly string[]): Promise<void>;
  /**
   * Deletes an object if it still has this ETag, and returns whether it did. Absent where the engine
   * ignores the condition (`capabilities.conditionalDelete`).
   */
  deleteIfMatch?(key: string, etag: string): Promise<boolean>;
  /** Objects below a prefix, in the order of their keys' bytes. */
  listObjects(prefix: string, options?: ListOptions): Promise<ObjectList>;

  /**
   * A URL from which anyone can read an object for a while. Absent where the service has to send the
   * bytes itself.
   */
  presignGet?(key: string, options: PresignGetOptions): Promise<string>;
  /** The path of an object's file. Absent where objects are not files of this machine. */
  localPath?(key: string): string;
  /**
   * Stores a part that was sent to a relative part URL. Absent where part URLs are absolute. Throws
   * `AccessDenied`, `MissingContentLength`, `IncompleteBody`, `InvalidDigest`, `BadDigest`,
   * `NoSuchUpload`, and `SlowDown` while another process is sent the same part.
   */
  uploadPart?(request: PartRequest): Promise<{ etag: string }>;
  /** Bytes that can still be stored. Absent where that is not known, as on S3. */
  freeSpace?(): Promise<number>;
  /** Deletes what killed processes left behind in the store's own temporary places. */
  removeLeftovers?(): Promise<void>;
  /** Closes its connections. Absent where there are none. */
  close?(): void;
  /** Reads something small. Rejects with the reason when the store is out of reach. */
  check(): Promise<void>;
}

/** What the engine behind a store was seen to do. */
export interface Capabilities {
  /** Whether `putObject` honours its conditions. Without them only one process may write. */
  conditionalPut: boolean;
  /** Whether `deleteIfMatch` is there. */
  conditionalDelete: boolean;
}

export interface CallOptions {
  signal?: AbortSignal;
}

/** What is known about an upload before its first part. */
export interface UploadLayout {
  /** Bytes of all parts. */
  size: number;
  /** Bytes of each part but the last. */
  partSize: number;
  /** The media type of the object. */
  contentType: string;
}

/** What the URLs of an upload's parts have in common. */
export interface UploadToSign {
  key: string;
  uploadId: string;
  /** Seconds since 1970. */
  expires: number;
}

/** What one part URL is signed for. */
export interface PartToSign {
  /** From 1. */
  partNumber: number;
  /** Bytes. */
  contentLength: number;
}

/** A part to join. */
export interface CompletedPart {
  /** From 1. */
  partNumber: number;
  /** With its quotes. */
  etag: string;
}

/** A part as S3 reports it. */
export interface StoredPart extends CompletedPart {
  /** Bytes. */
  size: number;
}

/** A range of bytes, counted from 0. */
export interface ByteRange {
  start: number;
  /** Inclusive. */
  end: number;
}

export interface ObjectFacts {
  /** Bytes of the whole object. */
  size: number;
  /** With its quotes. It is what `ifMatch` expects. */
  etag: string;
  lastModified: Date;
  /** CRC64NVME of the whole object in Base64, where the engine computes it. Only `headObject` has it. */
  crc64nvme?: string;
}

export interface GetOptions extends CallOptions {
  range?: ByteRange;
}

export interface StoredObject extends ObjectFacts {
  body: ReadableStream<Uint8Array>;
}

export interface PutOptions {
  /** Stores the object only where there is none. */
  ifNoneMatch?: "*";
  /** Stores the object only where the present one has this ETag. */
  ifMatch?: string;
  contentType?: string;
}

export interface PutFileOptions extends CallOptions {
  contentType?: string;
}

export interface ListOptions extends CallOptions {
  /** Only keys after this one; it need not exist. */
  startAfter?: string;
  /**
   * The most keys and prefixes together.
   *
   * @default 1_000, which is also the most
   */
  maxKeys?: number;
  /** With `/` keys below a further segment come as one prefix, and not as objects. */
  delimiter?: "/";
  /**
   * Leaves out what is more than the keys where it would cost time, as on a folder.
   *
   * @default false
   */
  keysOnly?: boolean;
}

export interface ListedObject {
  key: string;
  /** Bytes. May be absent with `keysOnly`. */
  size?: number;
  /** May be absent with `keysOnly`. */
  lastModified?: Date;
}

export interface ObjectList {
  objects: ListedObject[];
  /** Each with its closing `/`; empty without a delimiter. */
  prefixes: string[];
  /** The `startAfter` of the next page; `null` after the last. */
  next: string | null;
}

export interface UploadListOptions extends CallOptions {
  /** The `next` of the page before. */
  after?: string;
  /** @default 1_000, which is also the most */
  maxUploads?: number;
}

export interface OpenUpload {
  key: string;
  uploadId: string;
  initiated: Date;
}

export interface UploadList {
  uploads: OpenUpload[];
  next: string | null;
}

export interface PresignGetOptions {
  /** Seconds since 1970. */
  expires: number;
  /** Headers of the response. */
  contentType?: string;
  contentDisposition?: string;
  cacheControl?: string;
}

/** The PUT request of one part. */
export interface PartRequest {
  url: URL;
  /** The Content-Length header; `null` where it is missing. */
  contentLength: number | null;
  /** The Content-MD5 header; `null` where it is missing. */
  contentMd5: string | null;
  body: AsyncIterable<Uint8Array>;
  signal?: AbortSignal;
}
