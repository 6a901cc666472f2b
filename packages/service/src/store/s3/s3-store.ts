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
  PutFileOptions,
  PutOptions,
  StoredObject,
  StoredPart,
  UploadLayout,
  UploadList,
  UploadListOptions,
  UploadToSign,
} from "../object-store.js";
import { Bucket, type BucketOptions } from "./bucket.js";
import { Presigner } from "./presigner.js";
import { type EngineHabits, probeEngine } from "./probe.js";
import { S3Files } from "./s3-files.js";
import { S3Objects } from "./s3-objects.js";
import { S3Uploads } from "./s3-uploads.js";
import { removeTemporaryFiles, withTemporaryFile } from "./temporary-files.js";

export interface S3StoreOptions extends BucketOptions {
  /** Is told at the start, at level `warn`, what the engine cannot do. */
  logger?: Pick<Logger, "warn"> | undefined;
}

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
  readonly #files: S3Files;
  readonly #presigner: Presigner;

  private constructor(bucket: Bucket, habits: EngineHabits) {
    this.#bucket = bucket;
    this.#objects = new S3Objects(bucket, habits);
    this.#uploads = new S3Uploads(bucket, habits);
    this.#files = new S3Files(bucket, this.#objects, this.#uploads);
    const { conditionalPut, conditionalDelete, sealsHeaders } = habits;
    const locate = bucket.publicUrl;
    this.#presigner = new Presigner({ bucket, locate, sealsHeaders });
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
      return new S3Store(bucket, habits);
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

  presignParts(upload: UploadToSign): Promise<(part: PartToSign) => string> {
    return this.#presigner.signParts(upload);
  }

  presignGet(key: string, options: PresignGetOptions): Promise<string> {
    return this.#presigner.signGet(key, options);
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

  putFile(key: string, write: (path: string) => Promise<boolean>, options: PutFileOptions = {}) {
    return withTemporaryFile(async (path) => {
      if (!(await write(path))) return null;
      return this.#files.send(key, path, options);
    });
  }

  removeLeftovers(): Promise<void> {
    return removeTemporaryFiles(Date.now());
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
