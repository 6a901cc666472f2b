import { setTimeout as sleep } from "node:timers/promises";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
} from "@aws-sdk/client-s3";
import type {
  CallOptions,
  CompletedPart,
  StoredPart,
  UploadLayout,
  UploadList,
  UploadListOptions,
} from "../object-store.js";
import { StoreError, StoreUnavailableError } from "../store-error.js";
import type { Bucket } from "./bucket.js";
import { crc64nvmeOfObject, type EngineHabits } from "./probe.js";
import { hasCode, statusOf } from "./s3-failure.js";

/** How often Complete is asked again, and the milliseconds before the first time; then double. */
const completeRetries = { count: 5, delay: 200 };

/** The multipart uploads of a bucket. */
export class S3Uploads {
  readonly #bucket: Bucket;
  readonly #habits: EngineHabits;

  constructor(bucket: Bucket, habits: EngineHabits) {
    this.#bucket = bucket;
    this.#habits = habits;
  }

  async create(key: string, { contentType }: UploadLayout): Promise<string> {
    const { UploadId } = await this.#bucket.call((client) =>
      client.send(
        new CreateMultipartUploadCommand({
          ...this.#object(key),
          ContentType: contentType,
          ...(this.#habits.crc64nvme && crc64nvmeOfObject),
        }),
      ),
    );
    if (!UploadId) throw this.#bucket.unavailable("it opened an upload without an id.");
    return UploadId;
  }

  async listParts(key: string, uploadId: string, options: CallOptions = {}) {
    const parts: StoredPart[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#listPartsPage(key, uploadId, marker, options.signal);
      for (const { PartNumber = 0, ETag = "", Size = 0 } of page.Parts ?? []) {
        parts.push({ partNumber: PartNumber, etag: ETag, size: Size });
      }
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    } while (marker !== undefined);
    return parts;
  }

  async #listPartsPage(
    key: string,
    UploadId: string,
    PartNumberMarker: string | undefined,
    signal: AbortSignal | undefined,
  ) {
    const command = new ListPartsCommand({ ...this.#object(key), UploadId, PartNumberMarker });
    try {
      return await this.#bucket.call((client, call) => client.send(command, call), signal);
    } catch (error) {
      throw isUploadMissing(error) ? noSuchUpload() : error;
    }
  }

  async complete(key: string, uploadId: string, parts: CompletedPart[]): Promise<void> {
    const Parts = parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: etag }));
    const input = { ...this.#object(key), UploadId: uploadId, MultipartUpload: { Parts } };
    for (let retry = 0; ; retry += 1) {
      const failure = await this.#tryToComplete(input);
      if (failure === null) return;
      // Ceph answers 500 where an upload is unknown, was aborted, is being joined or was joined.
      await this.listParts(key, uploadId);
      if (retry === completeRetries.count) throw failure;
      await sleep(completeRetries.delay * 2 ** retry);
    }
  }

  /** Returns a failure of the engine, after which the upload may be joined or not. */
  async #tryToComplete(
    input: CompleteMultipartUploadCommandInput,
  ): Promise<StoreUnavailableError | null> {
    const { conditionalComplete } = this.#habits;
    const command = new CompleteMultipartUploadCommand({
      ...input,
      ...(conditionalComplete && { IfNoneMatch: "*" }),
    });
    try {
      await this.#bucket.call((client) => client.send(command));
      return null;
    } catch (error) {
      if (isUploadMissing(error) || statusOf(error) === 412) throw noSuchUpload();
      if (hasCode(error, "ConditionalRequestConflict")) {
        return this.#bucket.unavailable("another call stores the same object.", error);
      }
      if (isPartWrong(error)) {
        const message = "A part is not stored with this ETag, or is too small.";
        throw new StoreError("InvalidPart", message);
      }
      if (error instanceof StoreUnavailableError && (statusOf(error.cause) ?? 0) >= 500) {
        return error;
      }
      throw error;
    }
  }

  async abort(key: string, UploadId: string): Promise<void> {
    try {
      await this.#bucket.call((client) =>
        client.send(new AbortMultipartUploadCommand({ ...this.#object(key), UploadId })),
      );
    } catch (error) {
      if (!isUploadMissing(error)) throw error;
    }
  }

  async list(prefix: string, options: UploadListOptions = {}): Promise<UploadList> {
    const { after, maxUploads, signal } = options;
    const [KeyMarker, UploadIdMarker] = after?.split(" ") ?? [];
    const command = new ListMultipartUploadsCommand({
      Bucket: this.#bucket.name,
      Prefix: this.#bucket.prefix + prefix,
      ...{ KeyMarker, UploadIdMarker, MaxUploads: maxUploads },
    });
    const page = await this.#bucket.call((client, call) => client.send(command, call), signal);
    const uploads = (page.Uploads ?? []).map(({ Key = "", UploadId = "", Initiated }) => ({
      key: Key.slice(this.#bucket.prefix.length),
      uploadId: UploadId,
      initiated: Initiated ?? new Date(0),
    }));
    const next = page.IsTruncated ? `${page.NextKeyMarker} ${page.NextUploadIdMarker}` : null;
    return { uploads, next };
  }

  #object(key: string) {
    return { Bucket: this.#bucket.name, Key: this.#bucket.prefix + key };
  }
}

/** Ceph says NoSuchKey where it should say NoSuchUpload. */
function isUploadMissing(error: unknown): boolean {
  return hasCode(error, "NoSuchUpload", "NoSuchKey") || statusOf(error) === 404;
}

/** MalformedXML is what a list without parts, or with one twice, leads to. */
function isPartWrong(error: unknown): boolean {
  return hasCode(error, "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "MalformedXML");
}

function noSuchUpload(): StoreError {
  return new StoreError("NoSuchUpload", "There is no such upload: it was finished or dropped.");
}
