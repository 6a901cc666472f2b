import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Catalog, ClipRecord } from "../catalog/catalog.js";
import {
  type ClipAddress,
  type ClipState,
  noStatements,
  notSeen,
  type OpenUpload,
  type PictureWishes,
  toClip,
} from "../catalog/clip-state.js";
import { fileKey, fileKeys } from "../catalog/keys.js";
import type { VerifiedRun } from "../catalog/verified-run.js";
import { keepFor, withKeptFor } from "../clips/kept-for.js";
import { settleStatements } from "../clips/statements.js";
import type { ObjectStore, StoredPart } from "../store/object-store.js";
import { isStoreError } from "../store/store-error.js";
import type { DayQuota } from "./day-quota.js";
import type { Room } from "./room.js";
import { chunkSizeFor } from "./upload-parts.js";

const day = 24 * 60 * 60 * 1000;
// Longer than an upload stays open, so that the sweep that it leads to finds it abandoned.
const reminderDelay = 8 * day;

/** What a client reports about its content before it sends any. */
export interface Announcement extends PictureWishes {
  /** Bytes. */
  size: number;
  mime: string;
  filename: string | null;
  /** The address of the pull request that the clip is kept for; absent where it is kept anyway. */
  keepFor?: string | undefined;
  /** Of the job that announces it, where it has signed in with an ID token. */
  run?: VerifiedRun | undefined;
}

/** An upload that a plan is made for, and the parts that are stored already. */
export interface OpenedUpload {
  upload: OpenUpload;
  stored: StoredPart[];
}

export interface OpenUploadsOptions {
  store: ObjectStore;
  catalog: Catalog;
  room: Room;
  quota: DayQuota;
  now: () => number;
}

/** Opens and continues uploads. Each is recorded in the state of its clip. */
export class OpenUploads {
  readonly #options: OpenUploadsOptions;
  /** By clip: what requests of this process open at this moment. */
  readonly #opening = new Map<string, Promise<unknown>>();

  constructor(options: OpenUploadsOptions) {
    this.#options = options;
  }

  /** The stored parts of an upload; `null` when the store has no such upload any more. */
  async listParts(id: string, upload: OpenUpload): Promise<StoredPart[] | null> {
    try {
      const key = fileKey(id, upload.version, "content");
      return await this.#options.store.listParts(key, upload.uploadId);
    } catch (error) {
      if (isStoreError(error, "NoSuchUpload")) return null;
      throw error;
    }
  }

  /**
   * Opens an upload in place of what the record says. `null` when the state was changed meanwhile,
   * for instance by another client with the same content.
   */
  async create(
    id: string,
    address: ClipAddress,
    record: ClipRecord | null,
    announced: Announcement,
  ): Promise<OpenedUpload | null> {
    const before = this.#opening.get(id) ?? Promise.resolve();
    // In turn: one of two at once would find the last place taken by the other, and nothing open yet.
    const opening = before.then(() => this.#create(id, address, record, announced));
    const ended = opening.catch(() => {});
    this.#opening.set(id, ended);
    try {
      return await opening;
    } finally {
      if (this.#opening.get(id) === ended) this.#opening.delete(id);
    }
  }

  async #create(
    id: string,
    address: ClipAddress,
    record: ClipRecord | null,
    announced: Announcement,
  ): Promise<OpenedUpload | null> {
    const { room, quota, catalog } = this.#options;
    await room.require(announced.size);
    let takeBack: () => Promise<void>;
    try {
      takeBack = await quota.take(address.account, announced.size);
    } catch (error) {
      // Another request with the same content may have taken the last place and opened the upload.
      if ((await catalog.read(id))?.etag !== record?.etag) return null;
      throw error;
    }
    let opened: OpenedUpload | null = null;
    try {
      opened = await this.#open(id, address, record, announced);
    } finally {
      if (!opened) await takeBack();
    }
    if (opened && record) await this.#remove(record.state);
    return opened;
  }

  async #open(
    id: string,
    address: ClipAddress,
    record: ClipRecord | null,
    announced: Announcement,
  ): Promise<OpenedUpload | null> {
    const { store, catalog, now } = this.#options;
    const { keepFor: pullRequest, run: _, ...described } = announced;
    const version = randomBytes(8).toString("hex");
    const chunkSize = chunkSizeFor(announced.size);
    // Before the upload is opened: what a process leaves behind that ends here must be found.
    await catalog.remind(id, now() + reminderDelay);
    const key = fileKey(id, version, "content");
    const layout = { size: announced.size, partSize: chunkSize, contentType: announced.mime };
    const uploadId = await store.createMultipartUpload(key, layout);
    const usedOn = new Date(now()).toISOString();
    const upload: OpenUpload = { uploadId, version, chunkSize, ...described, usedOn };
    const found = record?.state ?? null;
    const keptFor = await keepFor(catalog, { ...address, id }, found, pullRequest);
    const empty = { ...emptyState(id, address, announced), upload };
    const next = withKeptFor(found ? reopen(found, upload) : empty, keptFor);
    const stored = record ? await catalog.replace(record, next) : await catalog.create(next);
    if (!stored) {
      await store.abortMultipartUpload(key, uploadId);
      return null;
    }
    return { upload, stored: [] };
  }

  /** Continues an upload. `null` when the state was changed meanwhile. */
  async resume(
    record: ClipRecord,
    upload: OpenUpload,
    stored: StoredPart[],
    announced: Announcement,
  ): Promise<OpenedUpload | null> {
    const { catalog, now } = this.#options;
    const { state } = record;
    const { size: _, keepFor: pullRequest, run: __, ...described } = announced;
    const keptFor = await keepFor(catalog, state, state, pullRequest);
    const isDescribed = isDeepStrictEqual({ ...upload, ...described }, upload);
    const isFresh = now() - Date.parse(upload.usedOn) < day;
    const isKept = keptFor === state.keptFor;
    if (isDescribed && isFresh && isKept) return { upload, stored };
    const next = { ...upload, ...described, usedOn: new Date(now()).toISOString() };
    if (!isFresh) await catalog.remind(state.id, now() + reminderDelay);
    const isStored = await catalog.replace(
      record,
      withKeptFor({ ...state, upload: next }, keptFor),
    );
    return isStored ? { upload: next, stored } : null;
  }

  /** Drops the open upload of a clip with its parts. `false` when the state was changed meanwhile. */
  async discard(record: ClipRecord): Promise<boolean> {
    const { catalog } = this.#options;
    const { state } = record;
    const status = state.status === "uploading" ? "deleted" : state.status;
    const stored = await catalog.replace(record, { ...state, status, upload: null });
    if (!stored) return false;
    await this.#remove(state);
    if (status === "deleted") await catalog.forget(stored);
    return true;
  }

  async #remove({ id, upload }: ClipState): Promise<void> {
    if (!upload) return;
    const { store } = this.#options;
    await store.abortMultipartUpload(fileKey(id, upload.version, "content"), upload.uploadId);
    // Its parts may have been joined at the same moment.
    await store.deleteObjects(fileKeys(id, upload.version));
  }
}

/** A clip that was shown before is shown as failed until the new upload is finalized. */
function reopen(state: ClipState, upload: OpenUpload): ClipState {
  const clip = toClip(state);
  if (!clip) return { ...emptyState(state.id, state, upload), upload };
  const reason = clip.reason ?? "The stored bytes are damaged. Upload them again.";
  const failed: ClipState = { ...clip, status: "failed", reason, upload };
  return { ...failed, ...settleStatements(failed) };
}

function emptyState(
  id: string,
  { account, asset, checksum }: ClipAddress,
  { size, mime, filename, thumbnailTime, preview }: Announcement,
): ClipState {
  return {
    ...{ id, account, asset, checksum, size, mime, filename, thumbnailTime, preview },
    status: "uploading",
    reason: null,
    version: null,
    upload: null,
    createdOn: null,
    ...notSeen,
    ...noStatements,
  };
}
