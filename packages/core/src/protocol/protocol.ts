import type { Asset, Chapter, Clip, ClipLink } from "../clip.js";
import { DirectUploadError, isDirectUploadError } from "../errors.js";
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
import { hasInName } from "./has-in-name.js";
import { clipPath, uploadPath } from "./paths.js";
import { listRecordings, mostPages } from "./recordings.js";
import { requirePullRequest } from "./require-pull-request.js";
import {
  toAnsweredClip,
  toClipLink,
  toClipPage,
  toUploadPlan,
  toUploadsParameter,
  type WireClipAnswer,
  wireClipAnswer,
  wireClipsAnswer,
  wirePlanAnswer,
  wirePullRequestAnswer,
} from "./wire.js";

export type { CallOptions } from "./api.js";

/** The content that a service is asked for upload URLs for. */
export interface UploadRequest {
  /** Lower-case hex MD5 of the whole content. */
  checksum: string;
  /** Bytes. */
  size: number;
  filename?: string | undefined;
  /** Sent when it is not `video/mp4`, the protocol's default. A type of `image/` asks for a photo. */
  mime?: string | undefined;
  /** Seconds of the frame that becomes the thumbnail; an extension. Not sent when it is `auto`. */
  thumbnailTime?: number | "auto" | undefined;
  /** Which part the preview shows; an extension. Not sent when it is `auto`. */
  preview?: "auto" | "start" | "end" | undefined;
  /** The address of the pull request that the clip is kept for; an extension. */
  keepFor?: string | undefined;
}

/** How long a link opens a private clip. */
export interface LinkOptions {
  /**
   * Milliseconds; a fraction of a second is left out. A service has a longest time, and refuses more.
   *
   * @default as the service says: Clipcourier's gives 7 days, and 30 at most
   */
  expiresIn?: number | undefined;
}

/** How an upload is finalized. */
export interface FinalizeOptions {
  /**
   * What its URLs were asked for: `photo` where `mime` was that of a picture.
   *
   * @default "videoclip"
   */
  asset?: Asset | undefined;
}

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
  async reportPullRequest(
    address: string,
    state: PullRequestState,
    options: ProtocolCallOptions,
  ): Promise<PullRequestClips> {
    const pullRequest = requirePullRequest("address", address);
    let clips = 0;
    let after: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const answer = await this.#authorization.call({
        ...options,
        what: "reporting the pull request",
        method: "POST",
        path: "me/pullrequests",
        form: { address: pullRequest, state, after },
        answer: wirePullRequestAnswer,
      });
      const [row] = answer.data;
      clips += row.clips;
      after = answer._next;
      if (after === undefined) return { clips, days: row.days };
    }
    throw new DirectUploadError(
      "bad_answer",
      `Reporting the pull request had no end after ${mostPages} answers. Tell whoever runs the service.`,
    );
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
      return await this.#requestLink(id, expiresIn, options);
    } catch (error) {
      const clip = await this.#getClipWithout(error, id, options);
      if (clip.isPrivate) throw error;
      return { ...clip, expiresOn: null };
    }
  }

  /** The clip, where the failure may be one of a service that does not know the call. */
  async #getClipWithout(error: unknown, id: string, options: ProtocolCallOptions): Promise<Clip> {
    const isUnknown = isDirectUploadError(error) && (error.status === 404 || error.status === 405);
    if (!isUnknown) throw error;
    return await this.getClip(id, options);
  }

  async #requestLink(
    id: string,
    expiresIn: number | undefined,
    options: ProtocolCallOptions,
  ): Promise<ClipLink> {
    if (expiresIn !== undefined) requirePositive("expiresIn", expiresIn);
    const seconds = expiresIn === undefined ? undefined : Math.max(1, Math.floor(expiresIn / 1000));
    const answer = await this.#authorization.call({
      ...options,
      what: `asking for a link to clip ${id}`,
      method: "POST",
      path: `${clipPath(id)}/link`,
      form: { expires_in: seconds?.toString() },
      answer: wireClipAnswer,
    });
    return this.#redact(toClipLink(answer));
  }

  #readClip(answer: WireClipAnswer): Clip {
    return this.#redact(toAnsweredClip(answer));
  }

  // The sentences may repeat a secret that the service was sent.
  #redact<T extends Clip>(clip: T): T {
    const { reason, notes } = clip;
    return {
      ...clip,
      ...(reason !== undefined && { reason: this.#secrets.redact(reason) }),
      ...(notes && { notes: notes.map((note) => this.#secrets.redact(note)) }),
    };
  }
}

/** Whether a clip has a text in its name; any clip has none. */
function hasName(name = ""): (clip: Clip) => boolean {
  return ({ filename = "" }) => hasInName(filename, name);
}
