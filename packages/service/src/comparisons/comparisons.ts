import { isDeepStrictEqual } from "node:util";
import { type VideoDiff, wireVideoDiff } from "@clipcourier/core/wire";
import type { Logger } from "pino";
import type { Catalog } from "../catalog/catalog.js";
import { type Clip, toClip } from "../catalog/clip-state.js";
import {
  type ComparisonState,
  type ComparisonWishes,
  mostComparisons,
} from "../catalog/comparison-state.js";
import type { JsonObjects } from "../catalog/json-objects.js";
import { comparisonKeys } from "../catalog/keys.js";
import type { Clips } from "../clips/clips.js";
import { deleteComparisonFiles, enterAgain } from "../clips/forget-comparisons.js";
import { HttpError } from "../http-error.js";
import type { CallOptions, ObjectStore } from "../store/object-store.js";
import type { AddedWork, Worker } from "../work/worker.js";

/** The most comparisons of one account that wait. */
const mostWaiting = 100;

// Seconds after which a client that was refused may ask again.
const retryAfter = 60;

export interface ComparisonsOptions {
  store: ObjectStore;
  objects: JsonObjects;
  catalog: Catalog;
  clips: Clips;
  worker: Worker;
  logger: Logger;
}

/** Two clips of one account, by their ids. */
export interface PairIds {
  account: string;
  newId: string;
  oldId: string;
}

/** A comparison as it is now. */
export interface FoundComparison {
  clip: Clip;
  /** `null` where it is gone. */
  old: Clip | null;
  comparison: ComparisonState;
}

/** The comparisons of clips, as those who ask for them see them. */
export class Comparisons {
  readonly #options: ComparisonsOptions;

  constructor(options: ComparisonsOptions) {
    this.#options = options;
  }

  /**
   * Has two clips compared, unless they were compared in this way. `dropped` are comparisons that have
   * made room.
   *
   * @throws HttpError 404, and 429 or 503 where too many wait
   */
  async request(
    pair: PairIds,
    wishes: ComparisonWishes,
    options: CallOptions = {},
  ): Promise<FoundComparison & { dropped: ComparisonState[] }> {
    const { catalog, store, worker, logger } = this.#options;
    let added: AddedWork | null = null;
    for (;;) {
      const old = await this.#require(pair.account, pair.oldId, options);
      const record = await catalog.read(pair.newId, options);
      const clip = toClip(record?.state);
      if (!record || clip?.account !== pair.account) throw noClip(pair.newId);
      const { comparisons = [] } = clip;
      const known = await this.findIn(
        clip,
        (each) => isOf(each, old) && isDeepStrictEqual(pick(each), wishes),
      );
      if (known && (await this.#isThere(clip, known))) {
        // Somebody else has asked for the same at this moment.
        if (added) await worker.withdraw(added);
        return { clip, old, comparison: known, dropped: [] };
      }
      added ??= await this.#addWork(clip);
      await catalog.compared.enter(pair.account, old.id, clip.id);
      const comparison = newComparison(old, wishes, added.lease.addedAt);
      const others = comparisons.filter((each) => each.old !== old.id);
      const dropped = others.slice(0, Math.max(0, others.length + 1 - mostComparisons));
      const next = { ...clip, comparisons: [...others.slice(dropped.length), comparison] };
      if (!(await catalog.replace(record, next))) continue;
      worker.begin(added);
      // A sweep that saw none yet may have struck the entry, and looks again after that.
      await catalog.compared.enter(pair.account, old.id, clip.id);
      const replaced = comparisons.filter((each) => each.old === old.id);
      await deleteComparisonFiles(store, clip, [...dropped, ...replaced]);
      const droppedIds = dropped.map((each) => each.old);
      for (const oldId of droppedIds) {
        await catalog.compared.strike(pair.account, oldId, [clip.id]);
      }
      if (droppedIds.length > 0) await enterAgain(catalog, clip.id, droppedIds);
      logger.info(
        { clip: clip.id, old: old.id, dropped: droppedIds },
        "a comparison was asked for",
      );
      return { clip: next, old, comparison, dropped };
    }
  }

  /** A comparison that somebody has asked for. Throws HttpError 404. */
  async find(
    { account, newId, oldId }: PairIds,
    options: CallOptions = {},
  ): Promise<FoundComparison> {
    const clip = await this.#require(account, newId, options);
    const comparison = await this.findIn(clip, ({ old }) => old === oldId);
    if (!comparison) {
      throw new HttpError(
        404,
        "Nobody has asked for this comparison, or it has made room for later ones.",
      );
    }
    const old = await this.#options.clips.findOf(account, oldId, options);
    return { clip, old: old && isOf(comparison, old) ? old : null, comparison };
  }

  /**
   * A comparison of a clip; `null` where nobody has asked for it. Where somebody waits for it and the work
   * on it is lost, the work is recorded again.
   */
  async findIn(
    clip: Clip,
    isIt: (comparison: ComparisonState) => boolean,
  ): Promise<ComparisonState | null> {
    const comparison = clip.comparisons?.find(isIt) ?? null;
    if (comparison) await this.#options.catalog.restoreComparison(clip, comparison);
    return comparison;
  }

  /** How two clips differ; `null` where that is not known, or the stored result was damaged. */
  async readDiff(
    clip: Clip,
    comparison: ComparisonState,
    options: CallOptions = {},
  ): Promise<VideoDiff | null> {
    if (comparison.status !== "ready") return null;
    const key = comparisonKeys(clip.id, clip.version, comparison).result;
    return (await this.#options.objects.read(key, wireVideoDiff, options))?.value ?? null;
  }

  async #require(account: string, id: string, options: CallOptions): Promise<Clip> {
    const clip = await this.#options.clips.findOf(account, id, options);
    if (!clip) throw noClip(id);
    return clip;
  }

  /** One that has failed is made anew, and one that was over a limit: what it lacked may be there now. */
  async #isThere(clip: Clip, comparison: ComparisonState): Promise<boolean> {
    if (comparison.status !== "ready") return comparison.status === "pending";
    if (comparison.isOverLimit) return false;
    const { result } = comparisonKeys(clip.id, clip.version, comparison);
    return (await this.#options.store.headObject(result)) !== null;
  }

  /** Records the work, before the state says that there is some. */
  async #addWork(clip: Clip): Promise<AddedWork> {
    const { catalog, worker } = this.#options;
    const { account } = clip;
    const { count, isAll } = await catalog.comparisons.countOf(account);
    const headers = { "Retry-After": String(retryAfter) };
    if (count >= mostWaiting) {
      const message = `This account has ${count} comparisons that wait. Try again in ${retryAfter} s.`;
      throw new HttpError(429, message, headers);
    }
    if (!isAll) {
      const message = `The service has too many comparisons that wait. Try again in ${retryAfter} s.`;
      throw new HttpError(503, message, headers);
    }
    return worker.add(clip);
  }
}

/** Whether it is a comparison with the bytes that this clip has now. */
export function isOf({ old, oldVersion }: ComparisonState, clip: Clip): boolean {
  return old === clip.id && oldVersion === clip.version;
}

function pick({ ignore, tolerance }: ComparisonState): ComparisonWishes {
  return { ignore, tolerance };
}

function newComparison(old: Clip, wishes: ComparisonWishes, askedAt: number): ComparisonState {
  return {
    ...{ old: old.id, oldVersion: old.version, askedOn: new Date(askedAt).toISOString() },
    ...{ ...wishes, status: "pending", reason: null, hasPicture: false },
  };
}

function noClip(id: string): HttpError {
  return new HttpError(404, `There is no clip ${id}.`);
}
