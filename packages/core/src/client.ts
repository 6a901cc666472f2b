import { Api, type CallOptions } from "./api.js";
import {
  Authorization,
  type Credentials,
  checkCredentials,
  type UserCredentials,
} from "./authorization.js";
import { type ClientContext, createCallContext } from "./call-context.js";
import type { Clip, ClipPage, Session, UploadedPart, UploadPlan } from "./clip.js";
import { DirectUploadError } from "./errors.js";
import { FingerprintLanes } from "./fingerprint.js";
import { defaultMediaType } from "./media-type.js";
import { parseRootUrl, requireMilliseconds, requirePositive } from "./options.js";
import { redact } from "./redact.js";
import type { RetryOptions } from "./retry.js";
import type { UploadSource } from "./source.js";
import { createTransport, type TransportOptions } from "./transport-options.js";
import { type UploadResult, uploadSource } from "./upload.js";
import { type UploadAllOptions, type UploadOutcome, uploadAll } from "./upload-all.js";
import type { UploadOptions } from "./upload-options.js";
import { type WaitOptions, waitUntilAvailable } from "./wait.js";
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

export interface ClientOptions extends Credentials, TransportOptions {
  /**
   * The URL under which the protocol's paths hang, with its version, with or without a slash at
   * its end: `https://clips.example.com/v2.7`. There is no default.
   */
  rootUrl: string | URL;
  /** How failed requests are tried again. */
  retry?: RetryOptions | undefined;
  /** Milliseconds that an API call may be silent. Default 60,000. */
  requestTimeout?: number | undefined;
  /**
   * A folder for what a later run goes on from: which parts are stored, for services that do not
   * report it. Default: none; an upload is then resumed only where the service reports its parts.
   */
  stateFolder?: string | undefined;
  /**
   * Whether the state folder keeps the checksum of each file too, so that a file of the same path,
   * inode, size and times is not read again. Default `false`.
   */
  fingerprintCache?: boolean | undefined;
}

/** What {@link DirectUploadClient.requestUpload} tells the service. */
export interface UploadRequest {
  /** Lower-case hex MD5 of the whole content. */
  checksum: string;
  /** Bytes. */
  size: number;
  filename?: string | undefined;
  /** Sent when it is not `video/mp4`, the protocol's default. */
  mime?: string | undefined;
}

/**
 * A client of one DirectUpload service. Every method throws {@link DirectUploadError}.
 *
 * @example
 * const client = new DirectUploadClient({ rootUrl, appId, appSecret });
 * const { clip } = await client.upload("out/intro.mp4");
 */
export class DirectUploadClient implements AsyncDisposable {
  readonly #authorization: Authorization;
  readonly #context: ClientContext;
  /** Everything that must never be shown. */
  readonly #secrets = new Set<string>();

  constructor(options: ClientOptions) {
    checkCredentials(options);
    const transport = createTransport(options);
    const { retry = {}, stateFolder, fingerprintCache = false } = options;
    if (fingerprintCache && stateFolder === undefined) {
      throw new DirectUploadError("invalid_option", "fingerprintCache needs a stateFolder.");
    }
    const rootUrl = parseRootUrl(options.rootUrl);
    const secrets = this.#secrets;
    const api = new Api({
      rootUrl,
      appId: options.appId,
      transport,
      retry,
      timeout: requireMilliseconds("requestTimeout", options.requestTimeout ?? 60_000),
      secrets,
    });
    this.#authorization = new Authorization({
      ...{ api, secrets, credentials: options },
      // What a service checks that must not take another's tokens.
      audience: rootUrl.origin,
    });
    this.#context = {
      ...{ client: this, transport, retry, stateFolder },
      cacheFolder: fingerprintCache ? stateFolder : undefined,
      lanes: new FingerprintLanes(),
      partLanes: new FingerprintLanes(),
      account: `${rootUrl.href} ${options.appId}`,
    };
  }

  /**
   * Signs in, with the app's secret, an ID token or as a user, and keeps the session for what
   * follows. Uploads do it by themselves: call this to check the keys, or to keep the pair.
   */
  async signIn(user?: UserCredentials, options: CallOptions = {}): Promise<Session> {
    return this.#authorization.signIn(options, user);
  }

  /** Asks whether the service knows the content, and for the part URLs where it does not. */
  async requestUpload(request: UploadRequest, options: CallOptions = {}): Promise<UploadPlan> {
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
    return toUploadPlan(answer);
  }

  /** Says that all parts are in storage. The clip that it gives may still be `pending`. */
  async finalize(
    checksum: string,
    parts: readonly UploadedPart[],
    options: CallOptions = {},
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

  /**
   * A page of the account's clips, the newest first.
   *
   * @param page how many clips at most (`count`), and which page, from 1
   */
  async listClips(
    page: { count?: number | undefined; page?: number | undefined } = {},
    options: CallOptions = {},
  ): Promise<ClipPage> {
    const answer = await this.#authorization.call({
      ...options,
      what: "listing clips",
      method: "GET",
      path: "me/videoclips",
      query: { count: page.count?.toString(), page: page.page?.toString() },
      answer: wireClipsAnswer,
    });
    return toClipPage(answer);
  }

  async getClip(id: string, options: CallOptions = {}): Promise<Clip> {
    const answer = await this.#authorization.call({
      ...options,
      what: `asking for clip ${id}`,
      method: "GET",
      path: clipPath(id),
      answer: wireClipAnswer,
    });
    return this.#readClip(answer);
  }

  /** Deletes a clip, its video and its pictures. Not every service offers it. */
  async deleteClip(id: string, options: CallOptions = {}): Promise<Clip> {
    const answer = await this.#authorization.call({
      ...options,
      what: `deleting clip ${id}`,
      method: "DELETE",
      path: clipPath(id),
      answer: wireClipAnswer,
    });
    return this.#readClip(answer);
  }

  /**
   * Asks for a clip until it is `available`.
   *
   * @throws `clip_failed` when the service could not make it, `deadline` when it takes too long
   */
  async waitUntilAvailable(clip: Clip | string, options: WaitOptions = {}): Promise<Clip> {
    return waitUntilAvailable(this, clip, options);
  }

  /** Uploads one video: fingerprint, plan, parts, finalize, and the wait until it is a clip. */
  async upload(source: UploadSource, options: UploadOptions = {}): Promise<UploadResult> {
    return uploadSource(createCallContext(this.#context, options), source, options);
  }

  /**
   * Uploads a batch and gives an outcome for each source, in the order in which they end: a file
   * that fails does not stop the others. Sources are taken in their order, `fileConcurrency` of
   * them at once; `concurrency` parts are in flight for all of them together. Equal content is sent
   * once. Leaving the loop early stops the uploads that are on their way.
   *
   * @example
   * for await (const { source, result, error } of client.uploadAll(paths)) {
   *   console.log(source, result?.clip.url ?? error?.message);
   * }
   */
  uploadAll(
    sources: Iterable<UploadSource> | AsyncIterable<UploadSource>,
    options: UploadAllOptions = {},
  ): AsyncIterable<UploadOutcome> {
    return uploadAll(createCallContext(this.#context, options), sources, options);
  }

  // A service's reason may repeat what it was sent.
  #readClip(answer: WireClipAnswer): Clip {
    const clip = toClip(answer.data[0]);
    return clip.reason === undefined
      ? clip
      : { ...clip, reason: redact(clip.reason, this.#secrets) };
  }

  /** Closes connections and ends threads. Neither keeps a program alive, so this may be left out. */
  async close(): Promise<void> {
    this.#context.transport.close?.();
    await Promise.all([this.#context.lanes.close(), this.#context.partLanes.close()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
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
  // Empty, or `..`, would be another route.
  if (/^\.*$/.test(id)) throw new DirectUploadError("invalid_option", "The clip id is empty.");
  return `me/videoclips/${encodeURIComponent(id)}`;
}
