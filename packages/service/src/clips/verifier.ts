import PQueue from "p-queue";
import type { Logger } from "pino";
import type { Catalog, ClipRecord } from "../catalog/catalog.js";
import { type ClipPlayback, type ClipState, isPhoto, toClip } from "../catalog/clip-state.js";
import { fileKey, fileKeys } from "../catalog/keys.js";
import { explainOtherType, signatureSize } from "../media/photo/photo-type.js";
import type { Media, MediaResult, MediaSource, Playback } from "../media/types.js";
import type { Measure } from "../metrics/measure.js";
import type { ObjectStore } from "../store/object-store.js";
import type { Announcer } from "../webhooks/announcer.js";
import { isSameButUse, recordChange } from "./clip-change.js";
import { storePictures } from "./clip-pictures.js";
import { locateSource } from "./clip-source.js";
import { computeDigests } from "./digests.js";
import { settleStatements } from "./statements.js";

// More would take the disk and the cores from requests, and end no sooner.
const digestsAtOnce = 2;

export interface VerifierOptions {
  store: ObjectStore;
  catalog: Catalog;
  logger: Logger;
  measure: Measure;
  announcer: Pick<Announcer, "announce" | "wake">;
  media: Media | null;
  /** Told that a clip is recorded that waits for a rendition. */
  onRenditionDue(): void;
}

type Seen = Exclude<MediaResult, { outcome: "not-media" }>;
type Verdict = { isGood: false; reason: string } | { isGood: true; media: Seen; sha256: string };

/** Reads the bytes of pending clips, and makes the clips `available` or `failed`. */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #digests = new PQueue({ concurrency: digestsAtOnce });

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** Verifies a pending clip. Rejects when the store or the media work fails, not for bad bytes. */
  async verify(record: ClipRecord, signal: AbortSignal): Promise<void> {
    const { id, version } = record.state;
    if (version === null) throw new Error(`The pending clip ${id} has no content.`);
    const verdict = await this.#judge(record.state, fileKey(id, version, "content"), signal);
    signal.throwIfAborted();
    if (verdict.isGood) await this.#release(record, version, verdict);
    else await this.#fail(record, version, verdict.reason);
  }

  async #judge(state: ClipState, key: string, signal: AbortSignal): Promise<Verdict> {
    const { store, media } = this.#options;
    const digests = await this.#digests.add(() => computeDigests(store, key, signal));
    signal.throwIfAborted();
    if (digests === null) {
      return { isGood: false, reason: "The stored bytes are gone. Upload them again." };
    }
    const { md5, sha256 } = digests;
    if (md5 !== state.checksum) {
      return {
        isGood: false,
        reason: `The stored bytes have the MD5 ${md5}, not the promised one. Upload them again.`,
      };
    }
    const otherType = isPhoto(state) ? await this.#explainOtherType(state, key, signal) : null;
    if (otherType !== null) return { isGood: false, reason: otherType };
    if (!media) {
      return { isGood: true, sha256, media: { outcome: "unavailable", reason: "switched off" } };
    }
    const result = await inspect(media, state, await locateSource(store, key, state.size), signal);
    if (result.outcome === "not-media") return { isGood: false, reason: result.reason };
    return { isGood: true, sha256, media: result };
  }

  /** What is not the picture that it is called is never served, also where nobody decodes it. */
  async #explainOtherType(
    { mime }: ClipState,
    key: string,
    signal: AbortSignal,
  ): Promise<string | null> {
    const range = { start: 0, end: signatureSize - 1 };
    const object = await this.#options.store.getObject(key, { range, signal });
    return explainOtherType(await new Response(object?.body).bytes(), mime);
  }

  async #release(
    record: ClipRecord,
    version: string,
    { media: seen, sha256 }: { media: Seen; sha256: string },
  ): Promise<void> {
    const { catalog, logger, measure, announcer, onRenditionDue } = this.#options;
    const { id } = record.state;
    // Where somebody else was faster, the pictures are being read by now and must not be replaced.
    const hasPictures = seen.outcome === "ready";
    const current = hasPictures ? await catalog.read(id) : record;
    if (!current || !isSameButUse(current.state, record.state)) return;
    const described = await this.#describe({ ...record.state, sha256 }, version, seen);
    // Receivers of webhooks are told of this state, whatever is added to it before it is recorded.
    const next = { ...described, ...settleStatements(described) };
    const clip = toClip(next);
    const withdraw = clip && (await announcer.announce("clip.available", clip));
    if (!(await recordChange(this.#options, record, next))) return withdraw?.();
    announcer.wake();
    measure({ event: "clip", outcome: "available" });
    const notes =
      seen.outcome === "ready"
        ? seen.notes
        : [`no facts and pictures: ${seen.detail ?? seen.reason}`];
    const note = notes.length > 0 ? notes.join(" ") : undefined;
    logger.info({ clip: id, status: "available", note }, "clip is available");
    if (clip?.playback.kind !== "waiting") return;
    await catalog.restoreWork(clip);
    onRenditionDue();
  }

  /** The state of a clip whose bytes are good. Its pictures are stored by then. */
  async #describe(state: ClipState, version: string, seen: Seen): Promise<ClipState> {
    const available: ClipState = { ...state, status: "available" };
    const { store, media } = this.#options;
    // Who has switched the media work off need not be told with each clip.
    if (!media) return available;
    if (seen.outcome !== "ready") {
      return { ...available, notes: [`There are no facts and pictures: ${seen.reason}.`] };
    }
    const { mime, ...facts } = seen.facts;
    return {
      ...available,
      ...(await storePictures(store, { id: state.id, version }, seen.pictures)),
      mime: mime ?? state.mime,
      facts,
      notes: seen.notes,
      playback: planPlayback(seen.playback, media.render !== null),
    };
  }

  async #fail(record: ClipRecord, version: string, reason: string): Promise<void> {
    const { store, logger, measure, announcer } = this.#options;
    const { state } = record;
    const next: ClipState = { ...state, status: "failed", reason };
    const clip = toClip(next);
    const withdraw = clip && (await announcer.announce("clip.failed", clip));
    if (!(await recordChange(this.#options, record, next))) return withdraw?.();
    announcer.wake();
    measure({ event: "clip", outcome: "failed" });
    await store.deleteObjects(fileKeys(state.id, version));
    logger.info({ clip: state.id, status: "failed", reason }, "clip has failed");
  }
}

async function inspect(
  media: Media,
  state: ClipState,
  source: MediaSource,
  signal: AbortSignal,
): Promise<MediaResult> {
  const { account, mime, thumbnailTime, preview } = state;
  if (!isPhoto(state)) return media.inspect(source, { account, thumbnailTime, preview }, signal);
  const result = await media.inspectPhoto?.(source, { account, type: mime }, signal);
  return result ?? { outcome: "unavailable", reason: "this service looks at no pictures" };
}

function planPlayback(playback: Playback, canRender: boolean): ClipPlayback {
  switch (playback.kind) {
    case "as-is":
    case "never":
      return playback;
    case "remux":
    case "transcode": {
      const { kind: how, reason } = playback;
      if (canRender) return { kind: "waiting", how, reason };
      return { kind: "never", reason: `${reason} This service makes no renditions.` };
    }
  }
}
