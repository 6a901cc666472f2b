import { opendir, stat } from "node:fs/promises";
import path from "node:path";
import { deriveKey } from "../../keys.js";
import type {
  CallOptions,
  CompletedPart,
  GetOptions,
  ListOptions,
  ObjectFacts,
  ObjectList,
  ObjectStore,
  PartRequest,
  PartToSign,
  PutFileOptions,
  PutOptions,
  StoredObject,
  StoredPart,
  UploadLayout,
  UploadList,
  UploadListOptions,
  UploadToSign,
} from "../object-store.js";
import { ConditionalObjects } from "./conditional-objects.js";
import {
  createStoreFolders,
  locateFolders,
  removeEmptyFolders,
  type StoreFolders,
  syncFolderBelow,
} from "./durable-files.js";
import { explainFileError } from "./file-errors.js";
import { FreeSpace } from "./free-space.js";
import { plainPath, versionsPath } from "./keys.js";
import { removeLeftovers } from "./leftovers.js";
import { listObjects } from "./list-objects.js";
import { MultipartUploads } from "./multipart-uploads.js";
import { type OpenObjectFile, readObject } from "./object-file.js";
import { BodyError } from "./part-body.js";
import { signPartUrl, verifyPartUrl } from "./part-url.js";
import { PlainObjects } from "./plain-objects.js";

/** How many deletions are under way at once. */
const deletionsAtOnce = 16;

export interface FolderStoreOptions {
  /**
   * The time in milliseconds since 1970.
   *
   * @default Date.now
   */
  now?: () => number;
  /** Is told about each damaged upload that a call comes across, in a sentence for a log. */
  onDamage?: (what: string) => void;
}

/**
 * A store on a folder: objects in `objects/`, open uploads in `uploads/`, unfinished files in
 * `temporary/`. Several processes may use the folder at once. They may be killed at any time, and
 * the power may fail: what a call has reported as done is on disk. `objects/` is created by `open`
 * only; where it is missing later, every call ends with a `StoreUnavailableError`.
 *
 * @example
 * ```ts
 * const store = await FolderStore.open("clips", secret);
 * ```
 */
export class FolderStore implements ObjectStore {
  readonly capabilities = { conditionalPut: true, conditionalDelete: true };

  readonly #folders: StoreFolders;
  readonly #signingKey: Buffer;
  readonly #now: () => number;
  readonly #plain: PlainObjects;
  readonly #conditional: ConditionalObjects;
  readonly #freeSpace: FreeSpace;
  readonly #uploads: MultipartUploads;

  private constructor(folder: string, secret: string, options: FolderStoreOptions) {
    this.#folders = locateFolders(folder);
    this.#signingKey = deriveKey(secret, "part urls");
    this.#now = options.now ?? Date.now;
    this.#plain = new PlainObjects(this.#folders);
    this.#conditional = new ConditionalObjects(this.#folders, this.#now);
    this.#freeSpace = new FreeSpace(this.#folders);
    const onDamage = options.onDamage ?? (() => {});
    this.#uploads = new MultipartUploads(this.#folders, this.#freeSpace, onDamage);
  }

  /**
   * Opens the store and creates its folders. `secret` signs the part URLs: with another secret those
   * that were given out are refused.
   */
  static async open(
    folder: string,
    secret: string,
    options: FolderStoreOptions = {},
  ): Promise<FolderStore> {
    const store = new FolderStore(path.resolve(folder), secret, options);
    await store.#run(() => createStoreFolders(store.#folders));
    return store;
  }

  createMultipartUpload(key: string, layout: UploadLayout): Promise<string> {
    return this.#run(async () => {
      this.localPath(key);
      return this.#uploads.create(key, layout);
    });
  }

  async presignParts(upload: UploadToSign): Promise<(part: PartToSign) => string> {
    return (part) => signPartUrl(this.#signingKey, { ...upload, ...part });
  }

  async uploadPart(request: PartRequest): Promise<{ etag: string }> {
    const part = verifyPartUrl(this.#signingKey, request.url, this.#now());
    return { etag: await this.#run(() => this.#uploads.writePart(part, request)) };
  }

  listParts(key: string, uploadId: string, options: CallOptions = {}): Promise<StoredPart[]> {
    return this.#run(() => this.#uploads.listParts(key, uploadId), options.signal);
  }

  completeMultipartUpload(key: string, uploadId: string, parts: CompletedPart[]): Promise<void> {
    return this.#run(() => this.#uploads.complete(key, uploadId, parts, this.localPath(key)));
  }

  abortMultipartUpload(key: string, uploadId: string): Promise<void> {
    return this.#run(() => this.#uploads.abort(key, uploadId));
  }

  listMultipartUploads(prefix: string, options: UploadListOptions = {}): Promise<UploadList> {
    return this.#run(() => this.#uploads.list(prefix, options), options.signal);
  }

  getObject(key: string, options: GetOptions = {}): Promise<StoredObject | null> {
    return this.#run(async () => {
      const file = await this.#openObject(key);
      return file && readObject(file, options, this.#folders.root);
    }, options.signal);
  }

  headObject(key: string, options: CallOptions = {}): Promise<ObjectFacts | null> {
    return this.#run(async () => {
      const file = await this.#openObject(key);
      if (!file) return null;
      await file.handle.close();
      const { size, etag, lastModified } = file;
      return { size, etag, lastModified };
    }, options.signal);
  }

  putObject(
    key: string,
    content: Uint8Array | string,
    options: PutOptions = {},
  ): Promise<string | null> {
    const { ifMatch, ifNoneMatch } = options;
    const { objects } = this.#folders;
    if (ifMatch === undefined && ifNoneMatch === undefined) {
      return this.#run(() => this.#plain.put(this.localPath(key), content));
    }
    return this.#run(() =>
      this.#conditional.put(
        versionsPath(objects, key),
        content,
        (etag) =>
          (ifNoneMatch === undefined || etag === null) &&
          (ifMatch === undefined || etag === ifMatch),
      ),
    );
  }

  putFile(
    key: string,
    write: (path: string) => Promise<boolean>,
    { signal }: PutFileOptions = {},
  ): Promise<number | null> {
    return this.#run(() => this.#plain.putFile(this.localPath(key), write, signal), signal);
  }

  deleteObjects(keys: readonly string[]): Promise<void> {
    return this.#run(async () => {
      const parents = new Set<string>();
      for (let start = 0; start < keys.length; start += deletionsAtOnce) {
        const some = keys.slice(start, start + deletionsAtOnce);
        await Promise.all(some.map((key) => this.#deleteObject(key)));
        for (const key of some) parents.add(path.dirname(this.localPath(key)));
      }
      const { objects } = this.#folders;
      for (const parent of parents) await syncFolderBelow(objects, parent);
      for (const parent of parents) await removeEmptyFolders(objects, parent);
    });
  }

  deleteIfMatch(key: string, etag: string): Promise<boolean> {
    return this.#run(() =>
      this.#conditional.deleteIfMatch(versionsPath(this.#folders.objects, key), etag),
    );
  }

  listObjects(prefix: string, options: ListOptions = {}): Promise<ObjectList> {
    return this.#run(() => listObjects(this.#folders.objects, prefix, options), options.signal);
  }

  /** The path of an object's file. Only objects that are stored without a condition have one. */
  localPath(key: string): string {
    return plainPath(this.#folders.objects, key);
  }

  freeSpace(): Promise<number> {
    return this.#run(() => this.#freeSpace.read());
  }

  removeLeftovers(): Promise<void> {
    return this.#run(() => removeLeftovers(this.#folders, this.#now()));
  }

  check(): Promise<void> {
    return this.#run(async () => {
      const entries = await opendir(this.#folders.objects);
      try {
        await entries.read();
      } finally {
        await entries.close();
      }
    });
  }

  async #openObject(key: string): Promise<OpenObjectFile | null> {
    const { objects } = this.#folders;
    const file =
      (await this.#plain.open(this.localPath(key))) ??
      (await this.#conditional.open(versionsPath(objects, key)));
    // Nothing is there either when the disk is not mounted; that must not pass for a missing object.
    if (!file) await stat(objects);
    return file;
  }

  async #deleteObject(key: string): Promise<void> {
    const { objects } = this.#folders;
    await this.#plain.delete(this.localPath(key));
    await this.#conditional.delete(versionsPath(objects, key));
  }

  /** Runs a call of this store; an error of the file system comes out as one that names the folder. */
  async #run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (error instanceof BodyError) throw error.cause;
      throw explainFileError(error, this.#folders.root);
    }
  }
}
