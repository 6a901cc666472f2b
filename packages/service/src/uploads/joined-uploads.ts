import type { Logger } from "pino";
import type { Catalog, ClipRecord } from "../catalog/catalog.js";
import {
  type Clip,
  type ClipState,
  notSeen,
  type OpenUpload,
  toClip,
} from "../catalog/clip-state.js";
import { fileKey, fileKeys } from "../catalog/keys.js";
import type { VerifiedRun } from "../catalog/verified-run.js";
import type { Retention } from "../clips/retention.js";
import { addStatement, enterRun, leaveDropped } from "../clips/statements.js";
import type { ObjectStore } from "../store/object-store.js";

export interface JoinedUploadsOptions {
  store: ObjectStore;
  catalog: Catalog;
  logger: Logger;
  now: () => number;
  retention: Retention;
}

/** Makes pending clips out of uploads whose parts were joined. */
export class JoinedUploads {
  readonly #options: JoinedUploadsOptions;

  constructor(options: JoinedUploadsOptions) {
    this.#options = options;
  }

  /**
   * The pending clip of an upload that the store does not know any more, because its parts were
   * joined by a process that then ended, or by another one at the same moment. `null` when the bytes
   * are not there.
   */
  async recover(record: ClipRecord, upload: OpenUpload): Promise<ClipRecord | null> {
    const content = await this.#options.store.headObject(
      fileKey(record.state.id, upload.version, "content"),
    );
    if (content?.size !== upload.size) return null;
    return this.makePending(record, upload, this.#options.now());
  }

  /**
   * Records the clip of an upload whose parts are joined. When the state was changed meanwhile, the
   * result is what the others made of it; `null` when they have deleted it.
   *
   * @param createdAt when its work was added, in milliseconds since 1970: work that is lost is then
   *   restored under the same key
   * @param run that has finalized the upload
   */
  async makePending(
    record: ClipRecord,
    upload: OpenUpload,
    createdAt: number,
    run?: VerifiedRun,
  ): Promise<ClipRecord | null> {
    const { catalog, logger, retention, now } = this.#options;
    const pending = pendingState(record.state, upload, createdAt);
    if (run) await enterRun(catalog, pending, run);
    const next = run ? addStatement(pending, { run, how: "uploaded", now: now() }) : pending;
    const stored = await catalog.replace(record, next);
    if (!stored) return this.#readWinner(record.state.id, upload, createdAt, run);
    if (next !== pending) await leaveDropped(catalog, pending, next);
    await catalog.enter(next);
    const end = retention.endOf(next);
    if (end !== null) await catalog.remind(next.id, end);
    await this.#removeEarlier(record.state);
    logger.info({ clip: next.id, status: "pending" }, "clip is pending");
    return stored;
  }

  async #readWinner(
    id: string,
    upload: OpenUpload,
    createdAt: number,
    run: VerifiedRun | undefined,
  ): Promise<ClipRecord | null> {
    const current = await this.#options.catalog.read(id);
    // Only the name or the day of use was changed: the upload is still the one that was joined.
    if (current?.state.upload?.version === upload.version) {
      return this.makePending(current, current.state.upload, createdAt, run);
    }
    const clip = toClip(current?.state);
    if (current && clip && clip.status !== "failed") {
      // The one that won may have ended before it listed the clip.
      await this.#options.catalog.reenter(clip);
      return current;
    }
    await this.#options.store.deleteObjects(fileKeys(id, upload.version));
    return null;
  }

  /** What a failed clip has left that was uploaded before with the same content. */
  async #removeEarlier({ id, account, createdOn, version }: ClipState): Promise<void> {
    const { catalog, store } = this.#options;
    if (createdOn !== null) await catalog.strike({ id, account, createdOn });
    if (version !== null) await store.deleteObjects(fileKeys(id, version));
  }
}

// Comparisons are those of the bytes that were there before.
function pendingState(
  { comparisons: _, ...state }: ClipState,
  upload: OpenUpload,
  createdAt: number,
): Clip {
  const { version, size, mime, filename, thumbnailTime, preview } = upload;
  return {
    ...state,
    status: "pending",
    reason: null,
    upload: null,
    ...{ version, size, mime, filename, thumbnailTime, preview },
    createdOn: new Date(createdAt).toISOString(),
    ...notSeen,
  };
}
