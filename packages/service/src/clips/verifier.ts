import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { Media, MediaResult } from "../media/types.js";
import { withLocalFile } from "../store/local-file.js";
import type { Store } from "../store/store.js";
import { Background } from "./background.js";
import { type Clip, type Clips, clipKey } from "./clips.js";
import type { Locks } from "./locks.js";

const clipsAtOnce = 2;
// Milliseconds until a crashed verification is tried again; doubled after each attempt.
const firstDelay = 1_000;
const longestDelay = 300_000;

export interface VerifierOptions {
  store: Store;
  clips: Clips;
  locks: Locks;
  logger: Logger;
  media: Media | null;
}

type Verdict =
  | { isGood: false; reason: string }
  | { isGood: true; media: Exclude<MediaResult, { outcome: "not-media" }> };

/** Verifies pending clips after finalize was answered, and makes them `available` or `failed`. */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #background = new Background(clipsAtOnce);
  readonly #closing = new AbortController();

  constructor(options: VerifierOptions) {
    this.#options = options;
  }

  /** Starts the verification of a pending clip. */
  verify(clip: Clip): void {
    this.#options.logger.info({ clip: clip.id, status: "pending" }, "clip is pending");
    this.#attempt(clip, 1);
  }

  settled(): Promise<void> {
    return this.#background.settled();
  }

  /** Stops running verifications; their clips stay pending in the store. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.settled();
  }

  #attempt(clip: Clip, number: number): void {
    this.#background.add(async () => {
      try {
        await this.#run(clip);
      } catch (error) {
        if (!this.#closing.signal.aborted) this.#attemptLater(clip, number, error);
      }
    });
  }

  // A full disk or an unreachable storage may recover. If the service stops before the next attempt,
  // the next start verifies the clip, because the store has it marked as pending.
  #attemptLater(clip: Clip, number: number, error: unknown): void {
    const { logger } = this.#options;
    const delay = Math.min(firstDelay * 2 ** (number - 1), longestDelay);
    const again = `verification crashed, the clip stays pending; again in ${delay / 1000} s`;
    logger.error({ err: error, clip: clip.id }, again);
    const { signal } = this.#closing;
    sleep(delay, undefined, { signal, ref: false }).then(
      () => this.#attempt(clip, number + 1),
      () => {},
    );
  }

  async #run(clip: Clip): Promise<void> {
    const { clips, locks } = this.#options;
    const verdict = await this.#judge(clip);
    this.#closing.signal.throwIfAborted();
    await locks.run(clipKey(clip, "content"), async () => {
      const current = await clips.read(clip);
      // The clip was deleted meanwhile. If it was uploaded again, that upload is verified separately.
      if (current?.uploadId !== clip.uploadId || current.status !== "pending") return;
      await (verdict.isGood
        ? this.#release(clip, verdict.media)
        : this.#fail(clip, verdict.reason));
      await clips.unmarkPending(clip);
    });
  }

  async #judge(clip: Clip): Promise<Verdict> {
    const signal = this.#closing.signal;
    signal.throwIfAborted();
    const { store, media } = this.#options;
    const key = clipKey(clip, "content");
    const object = await store.getObject(key);
    if (!object) return { isGood: false, reason: "The stored bytes are gone. Upload them again." };
    const md5 = await hashBody(object.body, signal);
    if (md5 !== clip.checksum) {
      return {
        isGood: false,
        reason: `The stored bytes have the MD5 ${md5}, not the promised one. Upload them again.`,
      };
    }
    if (!media) return { isGood: true, media: { outcome: "unavailable", reason: "switched off" } };
    const result = await withLocalFile(store, key, (file) => media.inspect(file, signal));
    if (result.outcome === "not-media") return { isGood: false, reason: result.reason };
    return { isGood: true, media: result };
  }

  async #release(clip: Clip, media: Exclude<MediaResult, { outcome: "not-media" }>): Promise<void> {
    const { store, clips, logger } = this.#options;
    const isReady = media.outcome === "ready";
    if (isReady) {
      if (media.thumbnail) await store.putObject(clipKey(clip, "thumbnail.jpg"), media.thumbnail);
      if (media.preview) await store.putObject(clipKey(clip, "preview.gif"), media.preview);
    }
    await clips.write({
      ...clip,
      status: "available",
      facts: isReady ? media.facts : clip.facts,
      hasThumbnail: isReady && media.thumbnail !== null,
      hasPreview: isReady && media.preview !== null,
    });
    const note = isReady ? media.note : `no facts and pictures: ${media.reason}`;
    logger.info({ clip: clip.id, status: "available", note }, "clip is available");
  }

  async #fail(clip: Clip, reason: string): Promise<void> {
    const { store, clips, logger } = this.#options;
    // The bytes are deleted first: once the clip has failed, a new upload may use the same key.
    await store.deleteObject(clipKey(clip, "content"));
    await clips.write({ ...clip, status: "failed", reason });
    logger.info({ clip: clip.id, status: "failed", reason }, "clip has failed");
  }
}

async function hashBody(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of body) {
    signal.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest("hex");
}
