import type { Logger } from "pino";
import type { Catalog, ClipRecord } from "../catalog/catalog.js";
import type { ClipState } from "../catalog/clip-state.js";
import { fileKey, fileKeys } from "../catalog/keys.js";
import type { Media, MediaResult, MediaSource } from "../media/types.js";
import type { ObjectStore } from "../store/object-store.js";
import { computeMd5 } from "./md5.js";

// Seconds.
const sourceLifetime = 60 * 60;

export interface VerifierOptions {
  store: ObjectStore;
  catalog: Catalog;
  logger: Logger;
  media: Media | null;
}

type Seen = Exclude<MediaResult, { outcome: "not-media" }>;
type Verdict = { isGood: false; reason: string } | { isGood: true; media: Seen };

/** Reads the bytes of pending clips, and makes the clips `available` or `failed`. */
export class Verifier {
  readonly #options: VerifierOptions;

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** Verifies a pending clip. Rejects when the store or the media work fails, not for bad bytes. */
  async verify(record: ClipRecord, signal: AbortSignal): Promise<void> {
    const { id, version } = record.state;
    if (version === null) throw new Error(`The pending clip ${id} has no content.`);
    const verdict = await this.#judge(record.state, fileKey(id, version, "content"), signal);
    signal.throwIfAborted();
    if (verdict.isGood) await this.#release(record, version, verdict.media);
    else await this.#fail(record, version, verdict.reason);
  }

  async #judge(state: ClipState, key: string, signal: AbortSignal): Promise<Verdict> {
    const { store, media } = this.#options;
    const md5 = await computeMd5(store, key, signal);
    if (md5 === null) {
      return { isGood: false, reason: "The stored bytes are gone. Upload them again." };
    }
    if (md5 !== state.checksum) {
      return {
        isGood: false,
        reason: `The stored bytes have the MD5 ${md5}, not the promised one. Upload them again.`,
      };
    }
    if (!media) return { isGood: true, media: { outcome: "unavailable", reason: "switched off" } };
    const result = await media.inspect(await this.#sourceOf(key, state.size), signal);
    if (result.outcome === "not-media") return { isGood: false, reason: result.reason };
    return { isGood: true, media: result };
  }

  /** A file of this machine, or a URL that is valid for longer than the media work may take. */
  async #sourceOf(key: string, size: number): Promise<MediaSource> {
    const { store } = this.#options;
    if (store.localPath) return store.localPath(key);
    if (!store.presignGet) throw new Error("The store has neither files nor addresses.");
    const expires = Math.floor(Date.now() / 1000) + sourceLifetime;
    return { url: await store.presignGet(key, { expires }), size };
  }

  async #release(record: ClipRecord, version: string, media: Seen): Promise<void> {
    const { store, logger } = this.#options;
    const { state } = record;
    const isReady = media.outcome === "ready";
    const thumbnail = isReady ? media.thumbnail : null;
    const preview = isReady ? media.preview : null;
    await Promise.all([
      thumbnail &&
        store.putObject(fileKey(state.id, version, "thumbnail.jpg"), thumbnail, {
          contentType: "image/jpeg",
        }),
      preview &&
        store.putObject(fileKey(state.id, version, "preview.gif"), preview, {
          contentType: "image/gif",
        }),
    ]);
    const isStored = await this.#replace(record, {
      ...state,
      status: "available",
      facts: isReady ? media.facts : state.facts,
      hasThumbnail: thumbnail !== null,
      hasPreview: preview !== null,
    });
    if (!isStored) return;
    const note = isReady ? media.note : `no facts and pictures: ${media.reason}`;
    logger.info({ clip: state.id, status: "available", note }, "clip is available");
  }

  async #fail(record: ClipRecord, version: string, reason: string): Promise<void> {
    const { store, logger } = this.#options;
    const { state } = record;
    if (!(await this.#replace(record, { ...state, status: "failed", reason }))) return;
    await store.deleteObjects(fileKeys(state.id, version));
    logger.info({ clip: state.id, status: "failed", reason }, "clip has failed");
  }

  /** Whether the state was stored. If not, the clip was deleted or verified meanwhile. */
  async #replace(record: ClipRecord, next: ClipState): Promise<boolean> {
    const { catalog, store } = this.#options;
    if (await catalog.replace(record, next)) return true;
    const current = await catalog.read(next.id);
    // A clip that was deleted meanwhile may have been deleted before its pictures were stored.
    const isDeleted = !current || current.state.version !== next.version || isGone(current.state);
    if (isDeleted && next.version !== null) {
      await store.deleteObjects(fileKeys(next.id, next.version));
    }
    return false;
  }
}

function isGone({ status }: ClipState): boolean {
  return status === "deleted" || status === "failed";
}
