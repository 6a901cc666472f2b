import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type { CompletedPart, ObjectStore, StoredPart } from "../../src/store/object-store.js";
import type { ContractContext, PartResponse } from "./context.js";

/** The least that S3 takes for a part that is not the last. */
const partSize = 5 * 1024 * 1024;

/** An upload of random bytes; by default in two whole parts and a short one. */
export class UploadUnderTest {
  readonly store: ObjectStore;
  readonly key: string;
  readonly uploadId: string;
  readonly content: Buffer;
  readonly #sendPart: ContractContext["sendPart"];

  private constructor(context: ContractContext, key: string, uploadId: string, content: Buffer) {
    this.store = context.store;
    this.#sendPart = context.sendPart;
    this.key = key;
    this.uploadId = uploadId;
    this.content = content;
  }

  static async create(
    context: ContractContext,
    size = 2 * partSize + 1_234,
    key = `${context.makePrefix()}video`,
  ): Promise<UploadUnderTest> {
    const layout = { size, partSize, contentType: "video/mp4" };
    const uploadId = await context.store.createMultipartUpload(key, layout);
    return new UploadUnderTest(context, key, uploadId, randomBytes(size));
  }

  /** The bytes of a part. */
  part(partNumber: number): Buffer {
    return this.content.subarray((partNumber - 1) * partSize, partNumber * partSize);
  }

  /** The URL of a part. `expires` is in seconds since 1970. */
  async urlOf(
    partNumber: number,
    expires = Math.floor(Date.now() / 1000) + 3_600,
  ): Promise<string> {
    const { key, uploadId } = this;
    const sign = await this.store.presignParts({ key, uploadId, expires });
    return sign({ partNumber, contentLength: this.part(partNumber).length });
  }

  /** Sends a part, which must be accepted. */
  async send(partNumber: number, content: Uint8Array = this.part(partNumber)) {
    const response = await this.sendRaw(partNumber, content);
    expect(response.status).toBe(200);
    return response;
  }

  async sendRaw(
    partNumber: number,
    content: Uint8Array = this.part(partNumber),
  ): Promise<PartResponse> {
    return this.#sendPart(await this.urlOf(partNumber), content);
  }

  list(): Promise<StoredPart[]> {
    return this.store.listParts(this.key, this.uploadId);
  }

  complete(parts: CompletedPart[]): Promise<void> {
    const chosen = parts.map(({ partNumber, etag }) => ({ partNumber, etag }));
    return this.store.completeMultipartUpload(this.key, this.uploadId, chosen);
  }

  abort(): Promise<void> {
    return this.store.abortMultipartUpload(this.key, this.uploadId);
  }
}
