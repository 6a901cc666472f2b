import { isDeepStrictEqual } from "node:util";
import type { Chapter } from "@clipcourier/core/wire";
import PQueue from "p-queue";
import type { Catalog, ClipPage, NameRequest, PageRequest } from "../catalog/catalog.js";
import { type Clip, isPhoto, toClip } from "../catalog/clip-state.js";
import { HttpError } from "../http-error.js";
import type { CallOptions } from "../store/object-store.js";
import { isClipId } from "./clip-ids.js";
import type { Deletion } from "./deletion.js";

// More would take the store from other requests.
const clipsAtOnce = 8;

// How many comparisons with a clip end in the request that deletes it: about a second's worth.
const mostComparisons = 100;

/** The clips as clients see them. */
export class Clips {
  readonly #catalog: Catalog;
  readonly #deletion: Deletion;

  constructor(catalog: Catalog, deletion: Deletion) {
    this.#catalog = catalog;
    this.#deletion = deletion;
  }

  /**
   * A clip that was finalized; `null` when there is none with this id. Where somebody waits for it and
   * the work on it is lost, the work is recorded again.
   */
  async find(id: string, options?: CallOptions): Promise<Clip | null> {
    const clip = isClipId(id) ? toClip((await this.#catalog.read(id, options))?.state) : null;
    if (clip) await this.#catalog.restoreWork(clip);
    return clip;
  }

  /** A clip of an account. Another account's clip is treated as one that does not exist. */
  async findOf(account: string, id: string, options?: CallOptions): Promise<Clip | null> {
    const clip = await this.find(id, options);
    return clip?.account === account ? clip : null;
  }

  /**
   * How many clips are verified before this one, at least; `null` for one that is not pending, and
   * where that is not known.
   */
  async countBefore(clip: Clip): Promise<number | null> {
    return clip.status === "pending" ? this.#catalog.verifications.countBefore(clip) : null;
  }

  list(account: string, page: PageRequest, options?: CallOptions): Promise<ClipPage> {
    return this.#catalog.list(account, page, options);
  }

  search(account: string, request: NameRequest, options?: CallOptions): Promise<ClipPage> {
    return this.#catalog.search(account, request, options);
  }

  /**
   * The clips of an account that were entered into a group of runs; what their statements say counts.
   * In no useful order.
   */
  async listRecorded(
    account: string,
    group: string,
    page: { count: number; after: string | null },
    options?: CallOptions,
  ): Promise<{ clips: Clip[]; next: string | null }> {
    const { entries, next } = await this.#catalog.runs.list(account, group, page, options);
    const reading = new PQueue({ concurrency: clipsAtOnce });
    const found = await reading.addAll(
      entries.map(
        ({ id }) =>
          async () =>
            this.findOf(account, id, options),
      ),
    );
    return { clips: found.filter((clip) => clip !== null), next };
  }

  /**
   * Gives a clip of an account these chapters in place of those that it has. Returns the clip, or `null`.
   *
   * @throws HttpError 400 where it is a photo, which has no time
   */
  async setChapters(account: string, id: string, chapters: Chapter[]): Promise<Clip | null> {
    if (!isClipId(id)) return null;
    for (;;) {
      const record = await this.#catalog.read(id);
      const clip = toClip(record?.state);
      if (!record || clip?.account !== account) return null;
      if (isDeepStrictEqual(clip.chapters ?? [], chapters)) return clip;
      if (isPhoto(clip)) throw new HttpError(400, "chapters: a photo has none.");
      const next = { ...clip, chapters };
      if (await this.#catalog.replace(record, next)) return next;
    }
  }

  /**
   * Deletes a clip of an account with its open upload. Returns the clip as it was, or `null`.
   *
   * @param onDeleted called once nobody can see the clip any more, although its files are there still
   */
  async delete(account: string, id: string, onDeleted: () => void): Promise<Clip | null> {
    const clip = await this.findOf(account, id);
    return clip && this.#deletion.delete(clip.id, { mostComparisons, onDeleted });
  }
}
