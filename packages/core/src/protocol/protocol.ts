import { DirectUploadError } from "../errors.js";
import type { Peer, RetryBudget } from "../http/retry-budget.js";
import type { RetryOptions } from "../http/retry-options.js";
import { requirePositive } from "../options.js";
import type { Secrets } from "../redact.js";
import { defaultMediaType } from "../source/media-type.js";
import type { Api, CallOptions } from "./api.js";
import type { Authorization, UserCredentials } from "./authorization.js";
import type { Clip, ClipPage, ClipPageRequest, Session, UploadedPart, UploadPlan } from "./clip.js";
import {
  checksumPattern,
  toClip,
  toClipPage,
  toUploadPlan,
  toUploadsParameter,
  type WireClipAnswer,
  wireClipAnswer,
  wireClipsAnswer,
  wirePlanAnswer,
} from "./wire.js";

export type { CallOptions } from "./api.js";

/** The content that a service is asked for upload URLs for. */
export interface UploadRequest {
  /** Lower-case hex MD5 of the whole content. */
  checksum: string;
  /** Bytes. */
  size: number;
  filename?: string | undefined;
  /** Sent when it is not `video/mp4`, the protocol's default. */
  mime?: string | undefined;
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
    const { checksum, size, filename, mime } = request;
    requirePositive("size", size, { isInteger: true });
    const answer = await this.#authorization.call({
      ...options,
      what: "asking for upload URLs",
      method: "GET",
      path: uploadPath(checksum),
      query: {
        size: String(size),
        filename,
        mime: mime === defaultMediaType ? undefined : mime,
      },
      answer: wirePlanAnswer,
    });
    const plan = toUploadPlan(answer);
    if (plan.isKnown) return { ...plan, clip: this.#redactReason(plan.clip) };
    this.#secrets.reportSignatures(plan.urls);
    return plan;
  }

  async finalize(
    checksum: string,
    parts: readonly UploadedPart[],
    options: ProtocolCallOptions,
  ): Promise<Clip> {
    const answer = await this.#authorization.call({
      ...options,
      what: "finalizing",
      method: "POST",
      path: uploadPath(checksum),
      form: { uploads: toUploadsParameter(parts) },
      answer: wireClipAnswer,
    });
    return this.#readClip(answer);
  }

  async listClips(
    { count, page, after }: ClipPageRequest,
    options: ProtocolCallOptions,
  ): Promise<ClipPage> {
    const answer = await this.#authorization.call({
      ...options,
      what: "listing clips",
      method: "GET",
      path: "me/videoclips",
      query: { count: count?.toString(), page: page?.toString(), after },
      answer: wireClipsAnswer,
    });
    const found = toClipPage(answer);
    return { ...found, clips: found.clips.map((clip) => this.#redactReason(clip)) };
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

  #readClip(answer: WireClipAnswer): Clip {
    return this.#redactReason(toClip(answer.data[0]));
  }

  // The reason may repeat a secret that the service was sent.
  #redactReason(clip: Clip): Clip {
    return clip.reason === undefined
      ? clip
      : { ...clip, reason: this.#secrets.redact(clip.reason) };
  }
}

function uploadPath(checksum: string): string {
  if (checksumPattern.test(checksum)) return `me/directupload/videoclip/${checksum}/`;
  throw new DirectUploadError(
    "invalid_option",
    "checksum must be the content's MD5 as 32 lower-case hex characters.",
  );
}

function clipPath(id: string): string {
  // An empty id, or `..`, would be another route.
  if (/^\.*$/.test(id)) throw new DirectUploadError("invalid_option", "The clip id is empty.");
  return `me/videoclips/${encodeURIComponent(id)}`;
}
