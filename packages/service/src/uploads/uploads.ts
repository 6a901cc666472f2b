import type { WirePlan, WireUploadedPart } from "@clipcourier/core/wire";
import type { Catalog, ClipRecord } from "../catalog/catalog.js";
import {
  type Clip,
  type ClipAddress,
  lastUseOf,
  type OpenUpload,
  toClip,
} from "../catalog/clip-state.js";
import { fileKey } from "../catalog/keys.js";
import type { VerifiedRun } from "../catalog/verified-run.js";
import type { ClipIds } from "../clips/clip-ids.js";
import { keepFor, withKeptFor } from "../clips/kept-for.js";
import type { PullRequests } from "../clips/pull-requests.js";
import { addStatement, enterRun, hasStatement, leaveDropped } from "../clips/statements.js";
import { HttpError } from "../http-error.js";
import type { CompletedPart, ObjectStore } from "../store/object-store.js";
import { isStoreError } from "../store/store-error.js";
import type { Worker } from "../work/worker.js";
import type { JoinedUploads } from "./joined-uploads.js";
import type { Announcement, OpenedUpload, OpenUploads } from "./open-uploads.js";
import { answerPlan } from "./plan-answer.js";
import { checkParts } from "./upload-parts.js";

// How often a change is tried while others change the same clip. Each time one of them succeeds.
const rounds = 20;
// How often it is recorded that a clip was asked for.
const useInterval = 60 * 60 * 1000;

export type Planned = { clip: Clip } | { plan: WirePlan };

export interface UploadsOptions {
  store: ObjectStore;
  catalog: Catalog;
  ids: ClipIds;
  open: OpenUploads;
  joined: JoinedUploads;
  pullRequests: PullRequests;
  worker: Worker;
  /** Seconds that a part URL lives. */
  urlLifetime: number;
  now: () => number;
}

/** Plans, finalizes and drops uploads. Nothing is locked: whoever is too late reads what has won. */
export class Uploads {
  readonly #options: UploadsOptions;

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /** The clip when its content is already stored, or else a plan; an open upload is continued. */
  async plan(
    address: ClipAddress,
    announced: Announcement,
    baseUrl: URL,
    signal: AbortSignal,
  ): Promise<Planned> {
    const planned = await this.#plan(address, announced, baseUrl, signal);
    const { ids, pullRequests } = this.#options;
    const { keepFor: pullRequest } = announced;
    if (pullRequest) await pullRequests.settle(ids.of(address), address.account, pullRequest);
    return planned;
  }

  async #plan(
    address: ClipAddress,
    announced: Announcement,
    baseUrl: URL,
    signal: AbortSignal,
  ): Promise<Planned> {
    const { catalog, ids, store, urlLifetime, now } = this.#options;
    const id = ids.of(address);
    for (let round = 0; round < rounds; round += 1) {
      const record = await catalog.read(id, { signal });
      const clip = record && (await this.#findStored(record, announced.size));
      if (clip) {
        const used = await this.#recordUse(record, clip, announced.run, announced);
        if (used) return { clip: used };
        continue;
      }
      const opened = await this.#openOrResume(id, address, record, announced);
      // The clip that was found is one that is stored already: the next round records who asks.
      if (!opened || "clip" in opened) continue;
      return { plan: await answerPlan({ store, id, opened, baseUrl, urlLifetime, now, signal }) };
    }
    throw tooManyChanges();
  }

  /**
   * Joins the parts and begins their verification. Called again, it returns the same clip.
   *
   * @param run of the job that asks: by the time that the clip is returned it is recorded
   */
  async finalize(
    address: ClipAddress,
    listed: WireUploadedPart[],
    run?: VerifiedRun,
  ): Promise<Clip> {
    const { catalog, ids, open } = this.#options;
    const id = ids.of(address);
    for (let round = 0; round < rounds; round += 1) {
      const record = await catalog.read(id);
      const clip = toClip(record?.state);
      if (record && clip && clip.status !== "failed") {
        const used = await this.#recordUse(record, clip, run);
        if (used) return used;
        continue;
      }
      const upload = record?.state.upload;
      if (!record || !upload) return clip ?? noUpload();
      const stored = await open.listParts(id, upload);
      const pending = stored
        ? await this.#join(record, upload, checkParts(listed, stored, upload), run)
        : await this.#recover(record, upload);
      // Another process may have recorded the clip, and does not know of this run: the next round does.
      if (pending && run && !hasStatement(pending, { run, how: "announced" })) continue;
      if (pending) return pending;
      // The upload is gone with its bytes. A failed clip then stays what it was.
      if (!stored) await open.discard(record);
    }
    throw tooManyChanges();
  }

  /** Drops an open upload with its parts. Throws 404 when there is none. */
  async drop(address: ClipAddress): Promise<void> {
    const { catalog, ids, open } = this.#options;
    for (let round = 0; round < rounds; round += 1) {
      const record = await catalog.read(ids.of(address));
      if (!record?.state.upload) return noUpload();
      if (await open.discard(record)) return;
    }
    throw tooManyChanges();
  }

  /** The clip when its bytes are stored in full, whether they are verified yet or not. */
  async #findStored({ state }: ClipRecord, size: number): Promise<Clip | null> {
    const clip = toClip(state);
    if (!clip || clip.status === "failed") return null;
    if (clip.size !== size) {
      throw new HttpError(400, `size: the content with this checksum has ${clip.size} bytes.`);
    }
    const content = await this.#options.store.headObject(fileKey(clip.id, clip.version, "content"));
    return content?.size === clip.size ? clip : null;
  }

  /**
   * Begins the days anew that a clip is kept: whoever is told that it is stored may show it to others
   * from now on. `null` when the state was changed meanwhile, for instance by a deletion.
   */
  async #recordUse(
    record: ClipRecord,
    clip: Clip,
    run: VerifiedRun | undefined,
    announced?: Announcement,
  ): Promise<Clip | null> {
    const { catalog, now } = this.#options;
    const keptFor = announced
      ? await keepFor(catalog, clip, clip, announced.keepFor)
      : clip.keptFor;
    const isKept = keptFor === clip.keptFor;
    const stated = run ? addStatement(clip, { run, how: "announced", now: now() }) : clip;
    if (run && stated !== clip) await enterRun(catalog, clip, run);
    // Whoever works on the clip has to record the result again when the state was changed.
    const isWorkedOn = clip.status === "pending" || clip.playback.kind === "waiting";
    if (isKept && stated === clip && (isWorkedOn || now() - lastUseOf(clip) < useInterval))
      return clip;
    const used = withKeptFor({ ...stated, usedOn: new Date(now()).toISOString() }, keptFor);
    if (!(await catalog.replace(record, used))) return null;
    if (stated !== clip) await leaveDropped(catalog, clip, used);
    return used;
  }

  async #openOrResume(
    id: string,
    address: ClipAddress,
    record: ClipRecord | null,
    announced: Announcement,
  ): Promise<OpenedUpload | { clip: Clip } | null> {
    const { open } = this.#options;
    const upload = record?.state.upload;
    if (!record || upload?.size !== announced.size) {
      return open.create(id, address, record, announced);
    }
    const stored = await open.listParts(id, upload);
    if (stored) return open.resume(record, upload, stored, announced);
    const clip = await this.#recover(record, upload);
    return clip ? { clip } : open.create(id, address, record, announced);
  }

  async #join(
    record: ClipRecord,
    upload: OpenUpload,
    parts: CompletedPart[],
    run: VerifiedRun | undefined,
  ): Promise<Clip | null> {
    const { store, catalog, worker, joined } = this.#options;
    const key = fileKey(record.state.id, upload.version, "content");
    // Before the parts are joined: when this process ends right after, the work leads to them.
    const work = await worker.add(record.state);
    let pending: ClipRecord | null;
    try {
      await store.completeMultipartUpload(key, upload.uploadId, parts);
      pending = await joined.makePending(record, upload, work.lease.addedAt, run);
    } catch (error) {
      if (isStoreError(error, "InvalidPart")) {
        await catalog.verifications.finish(work.lease);
        throw new HttpError(400, `uploads: ${error.message}`);
      }
      if (!isStoreError(error, "NoSuchUpload")) throw error;
      // Another request has joined the same parts, or has dropped the upload.
      pending = await joined.recover(record, upload);
    }
    worker.begin(work);
    return toClip(pending?.state);
  }

  /** The clip of an upload that was joined by a process that ended before it recorded the clip. */
  async #recover(record: ClipRecord, upload: OpenUpload): Promise<Clip | null> {
    const { worker, joined } = this.#options;
    const pending = await joined.recover(record, upload);
    if (!pending) return null;
    worker.begin(await worker.add(record.state));
    return toClip(pending.state);
  }
}

function noUpload(): never {
  throw new HttpError(404, "There is no upload for this checksum. Ask for the upload URLs first.");
}

function tooManyChanges(): HttpError {
  return new HttpError(503, "Many requests change this clip at once. Try again.");
}
