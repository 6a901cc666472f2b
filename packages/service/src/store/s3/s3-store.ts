import type { Logger } from "pino";
import type {
  CallOptions,
  Capabilities,
  CompletedPart,
  GetOptions,
  ListOptions,
  ObjectFacts,
  ObjectList,
  ObjectStore,
  PartToSign,
  PresignGetOptions,
  PutOptions,
  StoredObject,
  StoredPart,
  UploadLayout,
  UploadList,
  UploadListOptions,
  UploadToSign,
} from "../object-store.js";
import { Bucket, type BucketOptions } from "./bucket.js";
import { type EngineHabits, probeEngine } from "./probe.js";
import { S3Objects } from "./s3-objects.js";
import { S3Uploads } from "./s3-uploads.js";
import { createUrlSigner, type RequestToSign } from "./sign-url.js";

export interface S3StoreOptions extends BucketOptions {
  /** Is told at the start, at level `warn`, what the engine cannot do. */
  logger?: Pick<Logger, "warn"> | undefined;
  /** The present moment, in milliseconds since 1970. */
  now?: (() => number) | undefined;
}

/** Seconds: what S3 takes at most. */
const longestExpiry = 7 * 24 * 3600;

/**
 * A store in a bucket of AWS or of another engine with S3's API. Clients send parts to the bucket
 * itself, by presigned URLs.
 *
 * @example
 * ```ts
 * const store = await S3Store.open({ bucket: "clips", region: "eu-central-1" });
 * ```
 */
export class S3Store implements ObjectStore {
  readonly capabilities: Capabilities;
  readonly deleteIfMatch?: (key: string, etag: string) => Promise<boolean>;
  readonly #bucket: Bucket;
  readonly #objects: S3Objects;
  readonly #uploads: S3Uploads;
  readonly #now: () => number;

  private constructor(bucket: Bucket, habits: EngineHabits, now: () => number) {
    this.#bucket = bucket;
    this.#objects = new S3Objects(bucket, habits);
    this.#uploads = new S3Uploads(bucket, habits);
    this.#now = now;
    const { conditionalPut, conditionalDelete } = habits;
    this.capabilities = { conditionalPut, conditionalDelete };
    if (conditionalDelete) {
      this.deleteIfMatch = (key, etag) => this.#objects.deleteIfMatch(key, etag);
    }
  }

  /**
   * Connects to the bucket and finds out what its engine can do, with objects below `probe/` that it
   * removes again.
   *
   * @throws StoreUnavailableError when the bucket cannot be used; it says what to do
   */
  static async open(options: S3StoreOptions): Promise<S3Store> {
    const bucket = await Bucket.connect(options);
    try {
      const habits = await probeEngine(bucket);
      if (!habits.conditionalPut) {
        options.logger?.warn(
          { bucket: bucket.name },
          "the engine of the bucket ignores conditions on writes: only one process may use it",
        );
      }
      return new S3Store(bucket, habits, options.now ?? Date.now);
    } catch (error) {
      bucket.client.destroy();
      throw error;
    }
  }

  /** Closes the connections to the bucket. */
  close(): void {
    this.#bucket.client.destroy();
  }

  createMultipartUpload(key: string, layout: UploadLayout): Promise<string> {
    return this.#uploads.create(key, layout);
  }

  /**
   * An ACL or a copy source that a client adds to such a request is refused by AWS, because it is not
   * signed. Ceph ignores the ACL: the access to an object is decided when its upload is opened.
   */
  async presignParts(upload: UploadToSign): Promise<(part: PartToSign) => string> {
    const sign = await this.#createSigner(upload.expires);
    const url = this.#bucket.publicUrl(upload.key);
    return ({ partNumber, contentLength }) =>
      sign({
        method: "PUT",
        url,
        query: { partNumber: String(partNumber), uploadId: upload.uploadId },
        headers: { "content-length": String(contentLength) },
      });
  }

  async presignGet(key: string, options: PresignGetOptions): Promise<string> {
    const sign = await this.#createSigner(options.expires);
    const { contentType, contentDisposition, cacheControl } = options;
    return sign({
      method: "GET",
      url: this.#bucket.publicUrl(key),
      query: {
        ...(contentType !== undefined && { "response-content-type": contentType }),
        ...(contentDisposition !== undefined && {
          "response-content-disposition": contentDisposition,
        }),
        ...(cacheControl !== undefined && { "response-cache-control": cacheControl }),
      },
    });
  }

  /** The credentials are asked for each time, because the SDK renews them. */
  async #createSigner(expires: number): Promise<(request: RequestToSign) => string> {
    const { credentials, systemClockOffset } = this.#bucket.client.config;
    const held = await this.#bucket.call(() => credentials());
    // The SDK learns from answers how wrong the clock of this machine is.
    const now = this.#now() + systemClockOffset;
    const last = Math.min(expires * 1000, held.expiration?.getTime() ?? Number.POSITIVE_INFINITY);
    const seconds = Math.floor((last - now) / 1000);
    return createUrlSigner({
      credentials: held,
      region: this.#bucket.region,
      signedAt: new Date(now),
      expiresIn: Math.min(Math.max(seconds, 1), longestExpiry),
    });
  }

  listParts(key: string, uploadId: string, options?: CallOptions): Promise<StoredPart[]> {
    return this.#uploads.listParts(key, uploadId, options);
  }

  completeMultipartUpload(key: string, uploadId: string, parts: CompletedPart[]): Promise<void> {
    return this.#uploads.complete(key, uploadId, parts);
  }

  abortMultipartUpload(key: string, uploadId: string): Promise<void> {
    return this.#uploads.abort(key, uploadId);
  }

  listMultipartUploads(prefix: string, options?: UploadListOptions): Promise<UploadList> {
    return this.#uploads.list(prefix, options);
  }

  getObject(key: string, options?: GetOptions): Promise<StoredObject | null> {
    return this.#objects.get(key, options);
  }

  headObject(key: string, options?: CallOptions): Promise<ObjectFacts | null> {
    return this.#objects.head(key, options);
  }

  putObject(key: string, content: Uint8Array | string, options?: PutOptions) {
    return this.#objects.put(key, content, options);
  }

  deleteObjects(keys: readonly string[]): Promise<void> {
    return this.#objects.deleteMany(keys);
  }

  listObjects(prefix: string, options?: ListOptions): Promise<ObjectList> {
    return this.#objects.list(prefix, options);
  }

  async check(): Promise<void> {
    await this.#objects.list("", { maxKeys: 1 });
  }
}
