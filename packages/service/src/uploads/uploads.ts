import type { WirePlan, WireStoredPart, WireUploadedPart } from "@clipcourier/core/wire";
import * as v from "valibot";
import { type Clip, type ClipAddress, type Clips, clipKey } from "../clips/clips.js";
import type { Locks } from "../clips/locks.js";
import type { Verifier } from "../clips/verifier.js";
import { HttpError } from "../http-error.js";
import { readJson, writeJson } from "../store/json-objects.js";
import { isStoreError, type Store, type StoredPart } from "../store/store.js";
import { checkParts, chunkSizeFor, partSizes } from "./upload-parts.js";

/** An open upload: the object `upload.json` beside the clip's content. */
const uploadSchema = v.object({
  uploadId: v.string(),
  size: v.number(),
  chunkSize: v.number(),
  mime: v.string(),
  filename: v.nullable(v.string()),
});
type Upload = v.InferOutput<typeof uploadSchema>;

/** What a client reports about its content before it sends any. */
export interface Announcement {
  /** Bytes. */
  size: number;
  mime: string;
  filename: string | null;
}

export type Planned = { clip: Clip } | { plan: WirePlan };

export interface UploadsOptions {
  store: Store;
  clips: Clips;
  locks: Locks;
  verifier: Verifier;
  /** Seconds that a part URL lives. */
  urlLifetime: number;
}

/** Plans, finalizes and deletes uploads. */
export class Uploads {
  readonly #options: UploadsOptions;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** The clip when its content is already stored, or else a plan; an open upload is continued. */
  plan(address: ClipAddress, announced: Announcement, baseUrl: URL): Promise<Planned> {
    return this.#locked(address, async () => {
      const clip = await this.#knownClip(address);
      if (clip) return { clip };
      const resumed = await this.#resume(address, announced);
      const { upload, stored } = resumed ?? (await this.#open(address, announced));
      return { plan: await this.#answerPlan(address, upload, stored, baseUrl) };
    });
  }

  /** Joins the parts and starts their verification. Called again, it returns the same clip. */
  finalize(address: ClipAddress, listed: WireUploadedPart[]): Promise<Clip> {
    return this.#locked(address, async () => {
      const known = await this.#knownClip(address);
      if (known) return known;
      const upload = await this.#readUpload(address);
      const stored = upload && (await this.#listParts(address, upload));
      if (!upload || !stored) return this.#failedClip(address);
      const parts = checkParts(listed, stored, upload);
      return this.#complete(address, upload, parts);
    });
  }

  /** Deletes a clip and its open upload. Returns the clip as it was, `null` when there was none. */
  delete(address: ClipAddress): Promise<Clip | null> {
    return this.#locked(address, async () => {
      const clip = await this.#options.clips.read(address);
      const upload = await this.#readUpload(address);
      if (upload) await this.#drop(address, upload);
      await this.#options.clips.delete(address);
      return clip;
    });
  }

  /** Continues with the clips that were pending when the service stopped. */
  async resumePending(): Promise<void> {
    const { clips, verifier } = this.#options;
    for (const address of await clips.listPending()) {
      await this.#locked(address, async () => {
        const clip = await clips.read(address);
        if (clip?.status === "pending") verifier.verify(clip);
        else if (!(await this.#recover(address))) await clips.unmarkPending(address);
      });
    }
  }

  /**
   * The clip of an upload whose parts were joined, but whose service stopped before it recorded the
   * clip; `null` when there is no such upload.
   */
  async #recover(address: ClipAddress): Promise<Clip | null> {
    const upload = await this.#readUpload(address);
    if (!upload || (await this.#listParts(address, upload))) return null;
    const content = await this.#options.store.headObject(clipKey(address, "content"));
    return content?.size === upload.size ? this.#recordPending(address, upload) : null;
  }

  /** The clip when its bytes are stored, whether verified yet or not. */
  async #knownClip(address: ClipAddress): Promise<Clip | null> {
    const clip = await this.#options.clips.read(address);
    return clip && clip.status !== "failed" ? clip : this.#recover(address);
  }

  async #failedClip(address: ClipAddress): Promise<Clip> {
    const clip = await this.#options.clips.read(address);
    if (clip) return clip;
    throw new HttpError(
      404,
      "There is no upload for this checksum. Ask for the upload URLs first.",
    );
  }

  async #complete(
    address: ClipAddress,
    upload: Upload,
    parts: { partNumber: number; etag: string }[],
  ): Promise<Clip> {
    const { store, clips } = this.#options;
    // Marked before the parts are joined: a service that stops right after finds them by this mark.
    await clips.markPending(address);
    try {
      await store.completeMultipartUpload(clipKey(address, "content"), upload.uploadId, parts);
    } catch (error) {
      if (isStoreError(error, "InvalidPart")) throw new HttpError(400, (error as Error).message);
      // Another process may have joined the same parts meanwhile.
      const known = isStoreError(error, "NoSuchUpload") ? await this.#knownClip(address) : null;
      if (known) return known;
      throw error;
    }
    return this.#recordPending(address, upload);
  }

  async #recordPending(address: ClipAddress, upload: Upload): Promise<Clip> {
    const { store, clips, verifier } = this.#options;
    const { uploadId, size, mime, filename } = upload;
    const clip: Clip = {
      id: clips.idOf(address),
      ...address,
      ...{ uploadId, status: "pending", reason: null, size, mime, filename },
      createdOn: new Date().toISOString(),
      facts: { duration: null, width: null, height: null, codec: null },
      hasThumbnail: false,
      hasPreview: false,
    };
    await clips.markPending(address);
    await clips.register(address);
    await clips.write(clip);
    await store.deleteObject(clipKey(address, "upload.json"));
    verifier.verify(clip);
    return clip;
  }

  async #resume(
    address: ClipAddress,
    announced: Announcement,
  ): Promise<{ upload: Upload; stored: StoredPart[] } | null> {
    const upload = await this.#readUpload(address);
    if (!upload) return null;
    const stored = await this.#listParts(address, upload);
    if (!stored || upload.size !== announced.size) {
      await this.#drop(address, upload);
      return null;
    }
    const { mime, filename } = announced;
    if (mime === upload.mime && filename === upload.filename) return { upload, stored };
    const renamed = { ...upload, mime, filename };
    await writeJson(this.#options.store, clipKey(address, "upload.json"), renamed);
    return { upload: renamed, stored };
  }

  async #open(
    address: ClipAddress,
    announced: Announcement,
  ): Promise<{ upload: Upload; stored: StoredPart[] }> {
    const { store } = this.#options;
    const content = clipKey(address, "content");
    const uploadId = await store.createMultipartUpload(content);
    const upload = { uploadId, chunkSize: chunkSizeFor(announced.size), ...announced };
    const text = `${JSON.stringify(upload)}\n`;
    const key = clipKey(address, "upload.json");
    if (await store.putObject(key, text, { ifNoneMatch: "*" })) return { upload, stored: [] };
    // Another process opened one for the same content at the same time: both clients use that one.
    await store.abortMultipartUpload(content, uploadId);
    const other = await this.#resume(address, announced);
    if (other) return other;
    throw new HttpError(503, "The upload was opened twice at once. Try again.");
  }

  async #drop(address: ClipAddress, upload: Upload): Promise<void> {
    const { store } = this.#options;
    await store.abortMultipartUpload(clipKey(address, "content"), upload.uploadId);
    await store.deleteObject(clipKey(address, "upload.json"));
  }

  async #answerPlan(
    address: ClipAddress,
    upload: Upload,
    stored: StoredPart[],
    baseUrl: URL,
  ): Promise<WirePlan> {
    const { store, urlLifetime } = this.#options;
    const { uploadId, size, chunkSize } = upload;
    const key = clipKey(address, "content");
    const expires = Math.floor(Date.now() / 1000) + urlLifetime;
    const urls: WirePlan["urls"] = [];
    for (const [index, contentLength] of partSizes(size, chunkSize).entries()) {
      const partNumber = index + 1;
      const part = { key, uploadId, partNumber, contentLength, expires };
      const url = await store.presignUploadPart(part);
      urls.push({ PartNumber: partNumber, url: new URL(url, baseUrl).href });
    }
    const parts: WireStoredPart[] = stored.map((part) => ({
      PartNumber: part.partNumber,
      ETag: part.etag,
      Size: part.size,
    }));
    const plan = { upload_id: uploadId, chunk_size: chunkSize, urls };
    return parts.length > 0 ? { ...plan, parts } : plan;
  }

  #readUpload(address: ClipAddress): Promise<Upload | null> {
    return readJson(this.#options.store, clipKey(address, "upload.json"), uploadSchema);
  }

  async #listParts(address: ClipAddress, upload: Upload): Promise<StoredPart[] | null> {
    try {
      return await this.#options.store.listParts(clipKey(address, "content"), upload.uploadId);
    } catch (error) {
      if (isStoreError(error, "NoSuchUpload")) return null;
      throw error;
    }
  }

  #locked<T>(address: ClipAddress, work: () => Promise<T>): Promise<T> {
    return this.#options.locks.run(clipKey(address, "content"), work);
  }
}
