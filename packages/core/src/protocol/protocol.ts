import type { Chapter, Clip, ClipLink } from "../clip.js";
import type { Peer, RetryBudget } from "../http/retry-budget.js";
import type { RetryOptions } from "../http/retry-options.js";
import { requirePositive } from "../options.js";
import type { Secrets } from "../redact.js";
import { assetOf, defaultMediaType } from "../source/media-type.js";
import type {
  ClipPage,
  ClipPageRequest,
  PullRequestClips,
  PullRequestState,
  RecordedAt,
  Recording,
  Session,
  UploadedPart,
  UploadPlan,
} from "./answers.js";
import type { Api, CallOptions } from "./api.js";
import type { Authorization, UserCredentials } from "./authorization.js";
import {
  type ClipComparison,
  type ClipPair,
  type CompareClipsOptions,
  type ComparisonLink,
  describeUnknownCall,
  getComparison,
  isUnknownCall,
  requestComparison,
  requestComparisonLink,
} from "./comparisons.js";
import { hasInName } from "./has-in-name.js";
import { type LinkOptions, requestLink } from "./links.js";
import { clipPath, uploadPath } from "./paths.js";
import { reportPullRequest } from "./pull-requests.js";
import { listRecordings } from "./recordings.js";
import { requirePullRequest } from "./require-pull-request.js";
import type { FinalizeOptions, UploadRequest } from "./upload-request.js";
import {
  toAnsweredClip,
  toClipPage,
  toUploadPlan,
  toUploadsParameter,
  type WireClipAnswer,
  wireClipAnswer,
  wireClipsAnswer,
  wirePlanAnswer,
} from "./wire.js";

export type { CallOptions } from "./api.js";

/** A call, and the budget of the work that it belongs to; without one it has its own. */
export type ProtocolCallOptions = CallOptions & { budget?: RetryBudget | undefined };

/** The documented calls of one service. */
export class Protocol {
  readonly #api: Api;
  readonly #authorization: Authorization;
  readonly #secrets: Secrets;

  constructor(api: Api, authorization: Authorization, secrets: Secrets) {
    this.#api = api;
    this.#authorization = authorization;
    this.#secrets = secrets;
  }

  /** The service, for a budget of retries. */
  get peer(): Peer {
    return this.#api.peer;
  }

  /**
   * A budget of retries: the client's options, and those of a call instead where they are given.
   */
  createBudget(options: RetryOptions | undefined): RetryBudget {
    return this.#api.createBudget(options);
  }

  signIn(user: UserCredentials | undefined, options: ProtocolCallOptions): Promise<Session> {
    return this.#authorization.signIn(user, options);
  }

  /** Signs in where there is no session yet. */
  async openSession(options: ProtocolCallOptions): Promise<void> {
    await this.#authorization.openSession(options);
  }

  async requestUpload(request: UploadRequest, options: ProtocolCallOptions): Promise<UploadPlan> {
    const { checksum, size, filename, mime, thumbnailTime, preview, keepFor } = request;
    const asset = assetOf(mime ?? defaultMediaType);
    // A picture has no times.
    const wishes = asset === "photo" ? {} : { thumbnailTime, preview };
    requirePositive("size", size, { isInteger: true });
    const answer = await this.#authorization.call({
      ...options,
      what: "asking for upload URLs",
      isEverywhere: true,
      method: "GET",
      path: uploadPath(asset, checksum),
      query: {
        size: String(size),
        filename,
        mime: mime === defaultMediaType ? undefined : mime,
        thumbnail_time:
          wishes.thumbnailTime === "auto" ? undefined : wishes.thumbnailTime?.toString(),
        preview: wishes.preview === "auto" ? undefined : wishes.preview,
        keep_for: keepFor && requirePullRequest("keepFor", keepFor),
      },
      answer: wirePlanAnswer,
    });
    const plan = toUploadPlan(answer);
    if (plan.isKnown) return { ...plan, clip: this.#redact(plan.clip) };
    this.#secrets.reportSignatures(plan.urls);
    return plan;
  }

  async finalize(
    checksum: string,
    parts: readonly UploadedPart[],
    { asset = "videoclip", ...options }: FinalizeOptions & ProtocolCallOptions,
  ): Promise<Clip> {
    const answer = await this.#authorization.call({
      ...options,
      what: "finalizing",
      method: "POST",
      path: uploadPath(asset, checksum),
      form: { uploads: toUploadsParameter(parts) },
      answer: wireClipAnswer,
    });
    return this.#readClip(answer);
  }

  async listClips(
    { count, page, after, name }: ClipPageRequest,
    options: ProtocolCallOptions,
  ): Promise<ClipPage> {
    const answer = await this.#authorization.call({
      ...options,
      what: "listing clips",
      isEverywhere: true,
      method: "GET",
      path: "me/videoclips",
      query: { count: count?.toString(), page: page?.toString(), after, name },
      answer: wireClipsAnswer,
    });
    const { total, ...found } = toClipPage(answer);
    return {
      ...found,
      clips: found.clips.filter(hasName(name)).map((clip) => this.#redact(clip)),
      // It is the number of all clips, with a name or without it.
      ...(name === undefined && total !== undefined && { total }),
    };
  }

  async getClip(id: string, options: ProtocolCallOptions): Promise<Clip> {
    const answer = await this.#authorization.call({
      ...options,
      what: `asking for clip ${id}`,
      method: "GET",
      path: clipPath(id),
      answer: wireClipAnswer,
    });
    return this.#readClip(answer);
  }

  async deleteClip(id: string, options: ProtocolCallOptions): Promise<Clip> {
    const answer = await this.#authorization.call({
      ...options,
      what: `deleting clip ${id}`,
      method: "DELETE",
      path: clipPath(id),
      answer: wireClipAnswer,
    });
    return this.#readClip(answer);
  }

  /** Of a service that does not know the call, the clip as it is: without chapters. */
  async setChapters(
    id: string,
    chapters: readonly Chapter[],
    options: ProtocolCallOptions,
  ): Promise<Clip> {
    const request = this.#authorization.call({
      ...options,
      what: `setting the chapters of clip ${id}`,
      method: "POST",
      path: `${clipPath(id)}/chapters`,
      form: { chapters: JSON.stringify(chapters) },
      answer: wireClipAnswer,
    });
    return request.then(
      (answer) => this.#readClip(answer),
      (error) => this.#getClipWithout(error, id, options),
    );
  }

  /** What runs of a commit, or of a pull request, have recorded. */
  async listRecordings(
    repository: string,
    at: RecordedAt,
    options: ProtocolCallOptions,
  ): Promise<Recording[]> {
    const found = await listRecordings(this.#authorization, { repository, at }, options);
    return found.map(({ clip, run }) => ({ clip: this.#redact(clip), run }));
  }

  /** Tells the service that a pull request is closed or open; it goes through its clips page by page. */
  reportPullRequest(
    address: string,
    state: PullRequestState,
    options: ProtocolCallOptions,
  ): Promise<PullRequestClips> {
    return reportPullRequest(this.#authorization, { address, state }, options);
  }

  /**
   * A service without private clips may not know the call: there the clip's own addresses are the
   * link.
   */
  async createLink(
    id: string,
    { expiresIn, ...options }: LinkOptions & ProtocolCallOptions,
  ): Promise<ClipLink> {
    try {
      return this.#redact(await requestLink(this.#authorization, id, expiresIn, options));
    } catch (error) {
      const clip = await this.#getClipWithout(error, id, options);
      if (clip.isPrivate) throw error;
      return { ...clip, expiresOn: null };
    }
  }

  /** The clip, where the failure may be one of a service that does not know the call. */
  async #getClipWithout(error: unknown, id: string, options: ProtocolCallOptions): Promise<Clip> {
    if (!isUnknownCall(error)) throw error;
    return await this.getClip(id, options);
  }

  /** A refusal of a service that does not know the call says so, where both clips are there. */
  async compareClips(
    pair: ClipPair,
    options: CompareClipsOptions & ProtocolCallOptions,
  ): Promise<ClipComparison> {
    try {
      return this.#redact(await requestComparison(this.#authorization, pair, options));
    } catch (error) {
      if (!isUnknownCall(error)) throw error;
      await this.getClip(pair.newId, options);
      await this.getClip(pair.oldId, options);
      throw describeUnknownCall(error);
    }
  }

  async getComparison(pair: ClipPair, options: ProtocolCallOptions): Promise<ClipComparison> {
    return this.#redact(await getComparison(this.#authorization, pair, options));
  }

  async createComparisonLink(
    pair: ClipPair,
    { expiresIn, ...options }: LinkOptions & ProtocolCallOptions,
  ): Promise<ComparisonLink> {
    return this.#redact(await requestComparisonLink(this.#authorization, pair, expiresIn, options));
  }

  #readClip(answer: WireClipAnswer): Clip {
    return this.#redact(toAnsweredClip(answer));
  }

  // The sentences may repeat a secret that the service was sent.
  #redact<T extends Clip | ClipComparison>(answer: T): T {
    const { reason, notes } = { notes: undefined, ...answer };
    return {
      ...answer,
      ...(typeof reason === "string" && { reason: this.#secrets.redact(reason) }),
      ...(notes && { notes: notes.map((note) => this.#secrets.redact(note)) }),
    };
  }
}

/** Whether a clip has a text in its name; any clip has none. */
function hasName(name = ""): (clip: Clip) => boolean {
  return ({ filename = "" }) => hasInName(filename, name);
}
