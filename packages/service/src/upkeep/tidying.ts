import type { Logger } from "pino";
import type { Catalog, ClipRecord } from "../catalog/catalog.js";
import { type Clip, type ClipState, toClip } from "../catalog/clip-state.js";
import type { ComparisonState } from "../catalog/comparison-state.js";
import { clipOf, clipPrefix, comparisonOf, versionOf } from "../catalog/keys.js";
import type { Deletion } from "../clips/deletion.js";
import { forgetComparisonsWith } from "../clips/forget-comparisons.js";
import type { Retention } from "../clips/retention.js";
import type { ObjectStore, OpenUpload } from "../store/object-store.js";
import type { JoinedUploads } from "../uploads/joined-uploads.js";
import type { OpenUploads } from "../uploads/open-uploads.js";
import type { Worker } from "../work/worker.js";

const hour = 60 * 60 * 1000;
/** Milliseconds after which an upload that nobody has asked about is abandoned. */
const abandonedAge = 7 * 24 * hour;
// A request may be about to record what is younger.
const leftoverAge = hour;

export interface TidyingOptions {
  store: ObjectStore;
  catalog: Catalog;
  open: OpenUploads;
  joined: JoinedUploads;
  deletion: Deletion;
  worker: Worker;
  retention: Retention;
  logger: Logger;
  /** Where it is written who has done what; `null` for nowhere. */
  audit: Logger | null;
  now: () => number;
}

/** Brings what is stored of one clip in line with its state. Doing it again changes nothing. */
export class Tidying {
  readonly #options: TidyingOptions;

  constructor(options: TidyingOptions) {
    this.#options = options;
  }

  /** Resolves to the time at which the clip has to be looked at again, or `null`. */
  async tidy(id: string): Promise<number | null> {
    const { catalog, deletion, retention, now } = this.#options;
    let record = await catalog.read(id);
    if (record?.state.upload && this.#isAbandoned(record.state.upload.usedOn)) {
      record = await this.#endUpload(record);
    }
    if (record?.state.status === "deleted") await deletion.complete(record);
    let clip = toClip(record?.state);
    if (clip && (await this.#deleteAtEnd(clip))) {
      record = await catalog.read(id);
      clip = toClip(record?.state);
    }
    if (clip) {
      await catalog.reenter(clip);
      // The same content may have been uploaded again before all comparisons with it had ended.
      await forgetComparisonsWith(this.#options, clip);
    }
    const state = record?.state ?? null;
    await this.#deleteLeftovers(id, state);
    if (state?.upload) return now() + abandonedAge;
    return clip && retention.endOf(clip);
  }

  /**
   * Makes again what a clip has lost: its place in the list, and the work that it waits for. One that
   * was kept for as long as its account says is deleted: it may be older than what the account says,
   * and nothing reminds of its end then. So is what is left of a deletion or of an abandoned upload whose
   * reminder is lost.
   */
  async restore(id: string): Promise<void> {
    const { catalog, retention } = this.#options;
    const state = (await catalog.read(id))?.state;
    if (state && this.#isLeftBehind(state)) {
      const again = await this.tidy(id);
      if (again !== null) await catalog.remind(id, again);
      return;
    }
    const clip = toClip(state);
    if (!clip || (await this.#deleteAtEnd(clip))) return;
    const end = retention.endOf(clip);
    if (end !== null) await catalog.remind(id, end);
    await catalog.reenter(clip);
    await catalog.restoreWork(clip);
    for (const each of clip.comparisons ?? []) await catalog.restoreComparison(clip, each);
  }

  /** Deletes a clip that has been kept for as long as its account or its pull request says. */
  async #deleteAtEnd(found: Clip): Promise<boolean> {
    const { deletion, retention, logger, audit } = this.#options;
    let cause = retention.causeToDelete(found);
    if (cause === null) return false;
    const { id, account } = found;
    const deleted = await deletion.delete(id, {
      isWanted(clip) {
        cause = clip && retention.causeToDelete(clip);
        return cause !== null;
      },
      onDeleted() {
        audit?.info({ account, clip: id, ...cause }, "audit");
        const facts = { clip: id, account, status: "deleted", ...cause };
        logger.info(facts, "clip was kept for as long as it should be");
      },
    });
    return deleted !== null;
  }

  /** The state after the upload was dropped, or after its clip was recorded. */
  async #endUpload(record: ClipRecord): Promise<ClipRecord | null> {
    const { catalog, open, joined, worker } = this.#options;
    const { id, upload } = record.state;
    if (!upload) return record;
    if (!(await open.listParts(id, upload))) {
      const pending = await joined.recover(record, upload);
      if (pending) {
        worker.begin(await worker.add(record.state));
        return pending;
      }
    }
    await open.discard(record);
    return catalog.read(id);
  }

  async #deleteLeftovers(id: string, state: ClipState | null): Promise<void> {
    const { store } = this.#options;
    let startAfter: string | undefined;
    do {
      const { objects, next } = await store.listObjects(clipPrefix(id), {
        ...(startAfter !== undefined && { startAfter }),
      });
      const leftovers = objects.filter(({ key, lastModified }) => {
        const version = versionOf(id, key);
        return version !== null && !isUsed(state, version, key) && this.#isLeftover(lastModified);
      });
      if (leftovers.length > 0) await store.deleteObjects(leftovers.map(({ key }) => key));
      startAfter = next ?? undefined;
    } while (startAfter !== undefined);
  }

  /** Aborts an open upload that no clip has, because a request was interrupted. */
  async endOrphan({ key, uploadId, initiated }: OpenUpload): Promise<void> {
    const { catalog, store } = this.#options;
    const id = clipOf(key);
    if (id === null || !this.#isLeftover(initiated)) return;
    if ((await catalog.read(id))?.state.upload?.uploadId === uploadId) return;
    await store.abortMultipartUpload(key, uploadId);
  }

  #isLeftBehind({ status, upload }: ClipState): boolean {
    return status === "deleted" || (upload !== null && this.#isAbandoned(upload.usedOn));
  }

  #isAbandoned(usedOn: string): boolean {
    return this.#options.now() - Date.parse(usedOn) > abandonedAge;
  }

  #isLeftover(time: Date | undefined): boolean {
    return time !== undefined && this.#options.now() - time.getTime() > leftoverAge;
  }
}

/** Whether a file of a version belongs to the clip. A failed clip has none. */
function isUsed(state: ClipState | null, version: string, key: string): boolean {
  if (!state || state.status === "deleted") return false;
  if (version === state.upload?.version) return true;
  if (version !== state.version || state.status === "failed") return false;
  const comparison = comparisonOf(key);
  // What was dropped to make room, or has failed, by a process that has ended before it deleted the files.
  return comparison === null || (state.comparisons ?? []).some(mayHaveFiles(comparison));
}

/** Whether a comparison that was asked for at this time has files, or may have some soon. */
function mayHaveFiles(time: number): (comparison: ComparisonState) => boolean {
  return ({ askedOn, status }) => Date.parse(askedOn) === time && status !== "failed";
}
