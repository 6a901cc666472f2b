import type { Catalog, ClipRecord } from "../catalog/catalog.js";
import { type Clip, toClip } from "../catalog/clip-state.js";
import { fileKey, fileKeys } from "../catalog/keys.js";
import type { Measure } from "../metrics/measure.js";
import type { ObjectStore } from "../store/object-store.js";
import type { Announcer } from "../webhooks/announcer.js";
import { deleteComparisonFiles, enterAgain, forgetComparisonsWith } from "./forget-comparisons.js";
import { groupsOf } from "./statements.js";

const day = 24 * 60 * 60 * 1000;

export interface DeletionOptions {
  store: ObjectStore;
  catalog: Catalog;
  measure: Measure;
  announcer: Pick<Announcer, "announce" | "wake">;
  now: () => number;
}

export interface DeleteOptions {
  /**
   * Whether it is still to be deleted, asked of each state that it is found in.
   *
   * @default always
   */
  isWanted?: (clip: Clip | null) => boolean;
  /**
   * Of how many newer clips the comparisons with it end before this resolves. The next sweep does the rest.
   *
   * @default all
   */
  mostComparisons?: number;
  /** Called once the state says that it is deleted: what fails after that is completed by a sweep. */
  onDeleted: () => void;
}

/** Deletes clips: the state says so first, so that an interrupted deletion is completed by a sweep. */
export class Deletion {
  readonly #options: DeletionOptions;

  constructor(options: DeletionOptions) {
    this.#options = options;
  }

  /** Deletes a clip with its open upload. Returns the clip as it was, `null` when there was none. */
  async delete(
    id: string,
    { isWanted = () => true, mostComparisons, onDeleted }: DeleteOptions,
  ): Promise<Clip | null> {
    const { catalog, measure, announcer, now } = this.#options;
    for (;;) {
      const record = await catalog.read(id);
      if (!record || record.state.status === "deleted") return null;
      const clip = toClip(record.state);
      if (!isWanted(clip)) return null;
      const withdraw = clip && (await announcer.announce("clip.deleted", clip));
      await catalog.remind(id, now() + day);
      const deleted = await catalog.replace(record, {
        ...record.state,
        status: "deleted",
        upload: null,
      });
      if (!deleted) {
        await withdraw?.();
        continue;
      }
      onDeleted();
      if (clip) measure({ event: "clip", outcome: "deleted" });
      announcer.wake();
      await this.#deleteUpload(record);
      await this.complete(deleted, mostComparisons);
      return clip;
    }
  }

  /** Deletes what is left of a clip whose state says `deleted`. */
  async complete(deleted: ClipRecord, mostComparisons?: number): Promise<void> {
    const { catalog, store, now } = this.#options;
    const { id, account, version, createdOn, keptFor = [], statements } = deleted.state;
    const { comparisons = [] } = deleted.state;
    for (const { address } of keptFor) await catalog.pullRequests.strike(account, address, [id]);
    for (const group of new Set(statements.flatMap(groupsOf))) {
      await catalog.runs.strike(account, group, [id]);
    }
    for (const { old } of comparisons) await catalog.compared.strike(account, old, [id]);
    const isAll = await forgetComparisonsWith(this.#options, deleted.state, mostComparisons);
    if (createdOn !== null) await catalog.strike({ id, account, createdOn });
    await deleteComparisonFiles(store, deleted.state, comparisons);
    if (version !== null) await store.deleteObjects(fileKeys(id, version));
    if (isAll) await catalog.forget(deleted);
    // A reminder of the day before is due in the next sweep.
    else await catalog.remind(id, now() - day);
    if (keptFor.length > 0 || statements.length > 0) await this.#reenter(id);
    const oldIds = comparisons.map(({ old }) => old);
    if (oldIds.length > 0) await enterAgain(catalog, id, oldIds);
  }

  /**
   * Enters a clip again for its pull requests and runs: whoever has announced its content meanwhile may have
   * entered it before it was struck.
   */
  async #reenter(id: string): Promise<void> {
    const { catalog } = this.#options;
    const state = (await catalog.read(id))?.state;
    if (!state || state.status === "deleted") return;
    for (const { address } of state.keptFor ?? []) {
      await catalog.pullRequests.enter(state.account, address, id);
    }
    for (const group of new Set(state.statements.flatMap(groupsOf))) {
      await catalog.runs.enter(state.account, group, id);
    }
  }

  async #deleteUpload({ state: { id, upload } }: ClipRecord): Promise<void> {
    if (!upload) return;
    const { store } = this.#options;
    await store.abortMultipartUpload(fileKey(id, upload.version, "content"), upload.uploadId);
    // It may have been joined at the same moment.
    await store.deleteObjects(fileKeys(id, upload.version));
  }
}
