import type { Logger } from "pino";
import type { Catalog, Lease } from "../catalog/catalog.js";
import { type Clip, isPhoto, toClip } from "../catalog/clip-state.js";
import { comparisonPicture } from "../catalog/comparison-picture.js";
import type { ComparisonState } from "../catalog/comparison-state.js";
import type { JsonObjects } from "../catalog/json-objects.js";
import { comparisonKeys, fileKey } from "../catalog/keys.js";
import { locateSource } from "../clips/clip-source.js";
import { deleteComparisonFiles, olderIsGone } from "../clips/forget-comparisons.js";
import { toSentence } from "../media/sentence.js";
import type { CompareResult, Media, MediaSource } from "../media/types.js";
import type { Measure } from "../metrics/measure.js";
import type { ObjectStore } from "../store/object-store.js";
import type { Wait } from "../work/worker.js";
import { isOf } from "./comparisons.js";

// Milliseconds until it is tried again, doubled after each attempt: a quarter of an hour in all.
const firstDelay = 60_000;
const mostAttempts = 5;

// How often the process may end while two clips are compared.
const mostEnds = 5;

// Milliseconds between two looks at a clip that is pending, at first and at most.
const shortestWait = 2_000;
const longestWait = 60_000;

// Milliseconds. Whoever has added work records its comparison right after that. Where it is not there by
// then, the process has ended in between, and there will be none.
const recordTime = 60_000;

export interface ComparerOptions {
  store: ObjectStore;
  objects: JsonObjects;
  catalog: Catalog;
  logger: Logger;
  measure: Measure;
  media: Media | null;
  now: () => number;
}

type ReadyResult = Extract<CompareResult, { outcome: "ready" }>;

type Result =
  | ReadyResult
  | Extract<CompareResult, { outcome: "unavailable" }>
  | { outcome: "failed"; reason: string };

/** Compares clips with older ones. */
export class Comparer {
  readonly #options: ComparerOptions;

  constructor(options: ComparerOptions) {
    this.#options = options;
  }

  /**
   * Makes the comparison that was asked for when the work was added. Resolves to the milliseconds after
   * which it has to be tried again, or `null`.
   *
   * @param begin to be awaited before what can end the process
   */
  async compare(
    lease: Lease,
    signal: AbortSignal,
    begin: () => Promise<void>,
  ): Promise<number | Wait | null> {
    const { catalog, now, logger } = this.#options;
    const clip = toClip((await catalog.read(lease.id, { signal }))?.state);
    const comparison = clip?.comparisons?.find(isAskedAt(lease.addedAt));
    if (!clip || !comparison) {
      return clip && now() - lease.addedAt < recordTime ? this.#waitFor(lease) : null;
    }
    if (comparison.status !== "pending") return null;
    const old = toClip((await catalog.read(comparison.old, { signal }))?.state);
    const result = await this.#make({ clip, old, comparison, lease }, signal, begin);
    signal.throwIfAborted();
    if (result === "wait") return this.#waitFor(lease);
    if (result.outcome === "unavailable" && lease.attempts + 1 < mostAttempts) {
      const { reason, detail = reason } = result;
      logger.warn({ clip: clip.id, old: comparison.old, reason: detail }, "no comparison yet");
      return firstDelay * 2 ** lease.attempts;
    }
    await this.#record(clip, comparison, result);
    return null;
  }

  /**
   * Half of the time that it has waited by now: what waits for long is looked at less and less often. When
   * the work was added is part of its key, so this goes on where it was after a restart.
   */
  #waitFor({ addedAt }: Lease): Wait {
    const age = this.#options.now() - addedAt;
    return { wait: Math.min(longestWait, Math.max(shortestWait, age / 2)) };
  }

  async #make(
    { clip, old, comparison, lease }: Work,
    signal: AbortSignal,
    begin: () => Promise<void>,
  ): Promise<Result | "wait"> {
    const { media } = this.#options;
    if (!old || !isOf(comparison, old)) return failed(olderIsGone);
    const obstacle = findObstacle(clip, old);
    if (obstacle !== null) return failed(obstacle);
    if (clip.status === "pending" || old.status === "pending") return "wait";
    // One that ends the service each time must not be tried for ever.
    if (lease.ends >= mostEnds) {
      return failed(`The service ended ${mostEnds} times while the two were compared.`);
    }
    if (!media?.compare) return failed("This service compares no clips.");
    const { account } = clip;
    const { ignore, tolerance } = comparison;
    const [before, after] = [await this.#locate(old), await this.#locate(clip)];
    const options = { account, ignore, tolerance, picture: true };
    const result = await media.compare(before, after, options, signal, begin);
    return result.outcome === "not-media" ? failed(toSentence(result.reason)) : result;
  }

  #locate({ id, version, size }: Clip): Promise<MediaSource> {
    return locateSource(this.#options.store, fileKey(id, version, "content"), size);
  }

  /** Stores the result, and then says that it is there. */
  async #record(clip: Clip, comparison: ComparisonState, result: Result): Promise<void> {
    const { catalog, store, logger, measure } = this.#options;
    const next = { ...comparison, ...toState(result) };
    const isAsked = isAskedAt(Date.parse(comparison.askedOn));
    for (let isStored = false; ; isStored = true) {
      const record = await catalog.read(clip.id);
      const { comparisons = [], version } = toClip(record?.state) ?? {};
      const current = version === clip.version ? comparisons.find(isAsked) : undefined;
      // It was deleted, was dropped for later ones, is asked for again, or another process has made it.
      if (!record || current?.status !== "pending") {
        if (current?.status !== "ready") await deleteComparisonFiles(store, clip, [comparison]);
        return;
      }
      if (result.outcome === "ready" && !isStored) {
        await this.#storeFiles(clip, comparison, result);
        continue;
      }
      const all = comparisons.map((each) => (isAsked(each) ? next : each));
      if (await catalog.replace(record, { ...record.state, comparisons: all })) break;
    }
    measure({ event: "comparison", outcome: next.status });
    const facts = { clip: clip.id, old: comparison.old };
    if (result.outcome === "ready") {
      logger.info({ ...facts, verdict: result.diff.verdict }, "clips are compared");
    } else logger.info({ ...facts, reason: result.reason }, "clips could not be compared");
  }

  /** Both take the place of what an attempt has left that ended before it was recorded. */
  async #storeFiles(clip: Clip, comparison: ComparisonState, made: ReadyResult): Promise<void> {
    const { store, objects } = this.#options;
    const keys = comparisonKeys(clip.id, clip.version, comparison);
    const { contentType } = comparisonPicture(clip);
    if (made.picture) await store.putObject(keys.picture, made.picture, { contentType });
    await objects.write(keys.result, made.diff);
  }
}

interface Work {
  clip: Clip;
  old: Clip | null;
  comparison: ComparisonState;
  lease: Lease;
}

/** What the state of the newer clip says of it. */
function toState(result: Result) {
  if (result.outcome !== "ready") {
    return { status: "failed", hasPicture: false, reason: result.reason } as const;
  }
  const { picture, isOverLimit } = result;
  const facts = { hasPicture: picture !== null, reason: null };
  return { status: "ready", ...facts, ...(isOverLimit && { isOverLimit }) } as const;
}

/** Why two clips are never compared, as a sentence; `null` where nothing stands in the way. */
function findObstacle(clip: Clip, old: Clip): string | null {
  if (clip.status === "failed") return `The newer clip has failed: ${clip.reason}`;
  if (old.status === "failed") return `The older clip has failed: ${old.reason}`;
  if (isPhoto(clip) !== isPhoto(old)) {
    return "One of the two is a photo, and the other a video: they cannot be compared.";
  }
  return null;
}

function isAskedAt(time: number): (comparison: ComparisonState) => boolean {
  return ({ askedOn }) => Date.parse(askedOn) === time;
}

function failed(reason: string): Result {
  return { outcome: "failed", reason };
}
