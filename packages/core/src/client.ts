import { createClientContext } from "./client-context.js";
import type { ClientOptions } from "./client-options.js";
import type { Chapter, Clip, ClipLink } from "./clip.js";
import { createClosedError, throwIfAborted } from "./errors.js";
import { checkRetryOptions } from "./http/retry-options.js";
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
} from "./protocol/answers.js";
import type { CallOptions } from "./protocol/api.js";
import type { UserCredentials } from "./protocol/authorization.js";
import { requireChapters } from "./protocol/chapters.js";
import type {
  ClipComparison,
  CompareClipsOptions,
  ComparisonLink,
  ComparisonWaitOptions,
} from "./protocol/comparisons.js";
import type { LinkOptions } from "./protocol/links.js";
import type { Protocol } from "./protocol/protocol.js";
import type { FinalizeOptions, UploadRequest } from "./protocol/upload-request.js";
import { type WaitOptions, waitUntilAvailable, waitUntilCompared } from "./protocol/wait.js";
import { linkSignals } from "./signals.js";
import type { UploadSource } from "./source/source.js";
import { type ClientContext, createCallContext } from "./upload/context.js";
import type { UploadOptions } from "./upload/options.js";
import { type UploadResult, uploadSource } from "./upload/upload.js";
import {
  type UploadAllOptions,
  type UploadOutcome,
  type UploadSources,
  uploadAll,
} from "./upload/upload-all.js";

/**
 * A client of one DirectUpload service. Every method throws `DirectUploadError`, and rejects
 * at once after {@link DirectUploadClient.close}.
 *
 * @example
 * const client = new DirectUploadClient({ rootUrl, appId, appSecret });
 * const { clip } = await client.upload("out/intro.mp4");
 */
export class DirectUploadClient implements AsyncDisposable {
  readonly #context: ClientContext;
  readonly #protocol: Protocol;
  readonly #closed = new AbortController();
  readonly #closeTransport: () => Promise<void>;

  constructor(options: ClientOptions) {
    this.#context = createClientContext(options, this.#closed.signal);
    const { protocol, transport } = this.#context;
    this.#protocol = protocol;
    this.#closeTransport = async () => {
      if (options.transport === undefined) await transport.close?.();
    };
  }

  /**
   * Signs in, with the app's secret, an ID token or as a user, and keeps the session for what
   * follows. Uploads do it by themselves: call this to check the keys, or to keep the session.
   */
  async signIn(user?: UserCredentials, options: CallOptions = {}): Promise<Session> {
    return this.#run(options, (run) => this.#protocol.signIn(user, run));
  }

  /** Asks whether the service knows the content, and for the part URLs where it does not. */
  async requestUpload(request: UploadRequest, options: CallOptions = {}): Promise<UploadPlan> {
    return this.#run(options, (run) => this.#protocol.requestUpload(request, run));
  }

  /** Declares that all parts are in storage. The clip that this gives may still be `pending`. */
  async finalize(
    checksum: string,
    parts: readonly UploadedPart[],
    options: FinalizeOptions & CallOptions = {},
  ): Promise<Clip> {
    return this.#run(options, (run) => this.#protocol.finalize(checksum, parts, run));
  }

  /**
   * A page of the account's clips, the newest first.
   *
   * @example
   * let after: string | undefined;
   * do {
   *   const page = await client.listClips({ count: 100, after });
   *   for (const clip of page.clips) console.log(clip.url);
   *   after = page.next;
   * } while (after !== undefined);
   *
   * @example <caption>The clips with "demo" in their names, among the first that the service looks at</caption>
   * const { clips, next } = await client.listClips({ name: "demo" });
   */
  async listClips(page: ClipPageRequest = {}, options: CallOptions = {}): Promise<ClipPage> {
    return this.#run(options, (run) => this.#protocol.listClips(page, run));
  }

  /** Asks for one clip. */
  async getClip(id: string, options: CallOptions = {}): Promise<Clip> {
    return this.#run(options, (run) => this.#protocol.getClip(id, run));
  }

  /**
   * Asks for addresses that open a private clip, for whoever has them, until they expire; they cannot
   * be taken back. Of any other clip these are its own addresses, also where a service knows no links.
   *
   * @example
   * const { url, expiresOn } = await client.createLink(clip.id, { expiresIn: 24 * 3_600_000 });
   */
  async createLink(id: string, options: LinkOptions & CallOptions = {}): Promise<ClipLink> {
    return this.#run(options, (run) => this.#protocol.createLink(id, run));
  }

  /**
   * Gives a clip the chapters in place of those that it has. An extension: a service that does not know it
   * gives the clip as it is, without `chapters`, and one that does refuses them of a photo.
   *
   * @throws `invalid_option` as the option `chapters` of an upload
   */
  async setChapters(
    id: string,
    chapters: readonly Chapter[],
    options: CallOptions = {},
  ): Promise<Clip> {
    requireChapters(chapters);
    return this.#run(options, (run) => this.#protocol.setChapters(id, chapters, run));
  }

  /** Deletes a clip, its video and its pictures. Not every service offers it. */
  async deleteClip(id: string, options: CallOptions = {}): Promise<Clip> {
    return this.#run(options, (run) => this.#protocol.deleteClip(id, run));
  }

  /**
   * The clips that runs of a commit, or of a pull request, have recorded: those that have signed in with
   * their ID tokens. A clip that several of them have recorded is there for each. An extension.
   *
   * @param repository with its server, such as `github.com/octo/app`
   * @example
   * const recordings = await client.listRecordings("github.com/octo/app", { commit: sha });
   */
  async listRecordings(
    repository: string,
    at: RecordedAt,
    options: CallOptions = {},
  ): Promise<Recording[]> {
    return this.#run(options, (run) => this.#protocol.listRecordings(repository, at, run));
  }

  /**
   * Tells the service that a pull request is closed, or open again. Clips that were uploaded with its
   * address as `keepFor`, and for no other pull request that is open, are deleted some days after that. An
   * extension, like `keepFor`: a service that does not know it answers `not_found`.
   *
   * @param address of the pull request's page, as for `keepFor`
   * @example
   * const { clips, days } = await client.reportPullRequest(address, "closed");
   */
  async reportPullRequest(
    address: string,
    state: PullRequestState,
    options: CallOptions = {},
  ): Promise<PullRequestClips> {
    return this.#run(options, (run) => this.#protocol.reportPullRequest(address, state, run));
  }

  /**
   * Asks for a clip until it is `available`.
   *
   * @throws `clip_failed` when the service could not make it, `deadline` when it takes too long
   */
  async waitUntilAvailable(clip: Clip | string, options: WaitOptions = {}): Promise<Clip> {
    return this.#run(options, (run) => waitUntilAvailable(this.#protocol, clip, run));
  }

  /**
   * Asks how a clip differs from an older one, such as the recording of the same test before a change.
   * The service compares them when both are available, and answers at once: `pending`, or with what is
   * there already. With other options it is made anew, and so is one that has failed. An extension.
   *
   * @throws `not_found` where there is no such clip in the account, and where the service does not know
   * the call, which the message says
   * @example
   * const { createdOn } = await client.compareClips(clip.id, before.id);
   * const { diff, url } = await client.waitUntilCompared(clip.id, before.id, { createdOn });
   * console.log(diff?.summary, url);
   */
  async compareClips(
    newId: string,
    oldId: string,
    options: CompareClipsOptions & CallOptions = {},
  ): Promise<ClipComparison> {
    return this.#run(options, (run) => this.#protocol.compareClips({ newId, oldId }, run));
  }

  /**
   * The comparison of two clips as it is now.
   *
   * @throws `not_found` where nobody has asked for it, and where it has made room for later ones
   */
  async getComparison(
    newId: string,
    oldId: string,
    options: CallOptions = {},
  ): Promise<ClipComparison> {
    return this.#run(options, (run) => this.#protocol.getComparison({ newId, oldId }, run));
  }

  /**
   * Asks for a comparison until it is no longer `pending`. One that has `failed` is an answer, too:
   * its `reason` says why the two are not compared.
   *
   * @throws `not_found` as `getComparison` does, `deadline` when it takes too long, `comparison_replaced`
   * when it is no longer the one that was made at `createdOn`
   */
  async waitUntilCompared(
    newId: string,
    oldId: string,
    options: ComparisonWaitOptions = {},
  ): Promise<ClipComparison> {
    return this.#run(options, (run) => waitUntilCompared(this.#protocol, { newId, oldId }, run));
  }

  /**
   * Asks for addresses that open the comparison of two private clips, with both videos, for whoever has
   * them, until they expire; they cannot be taken back. Of other clips these are its own addresses.
   *
   * @throws `not_found` as `getComparison` does
   */
  async createComparisonLink(
    newId: string,
    oldId: string,
    options: LinkOptions & CallOptions = {},
  ): Promise<ComparisonLink> {
    return this.#run(options, (run) => this.#protocol.createComparisonLink({ newId, oldId }, run));
  }

  /**
   * Uploads one video or picture: fingerprint, plan, parts, finalize, and the wait until the clip is
   * available.
   *
   * @example
   * const { clip, outcome } = await client.upload("out/intro.mp4", { deadline: 10 * 60_000 });
   */
  async upload(source: UploadSource, options: UploadOptions = {}): Promise<UploadResult> {
    const { filename, onProgress, ...shared } = options;
    const context = createCallContext(this.#context, shared);
    return uploadSource(context, source, { filename, onProgress });
  }

  /**
   * Uploads a batch and gives an outcome for each source, in the order in which they end: a file
   * that fails does not stop the others, unless the client cannot sign in: then the rest ends with
   * `aborted`. Sources are taken in their order, `fileConcurrency` of
   * them at once; `concurrency` parts are in flight for all of them together. Equal content is sent
   * once. Leaving the loop early stops the uploads that are under way.
   *
   * @example
   * for await (const { source, result, error } of client.uploadAll(paths)) {
   *   console.log(source, result?.clip.url ?? error?.message);
   * }
   */
  uploadAll(sources: UploadSources, options: UploadAllOptions = {}): AsyncIterable<UploadOutcome> {
    const { fileConcurrency, onProgress, ...shared } = options;
    const context = createCallContext(this.#context, shared);
    return uploadAll(context, sources, { fileConcurrency, onProgress });
  }

  /**
   * Ends everything that is under way with the error `aborted`, closes connections and ends
   * threads. Neither keeps a program alive, so this may be left out. A `transport` or `dispatcher`
   * of the caller's own stays open.
   */
  async close(): Promise<void> {
    this.#closed.abort(createClosedError());
    await Promise.all([this.#context.workers.close(), this.#closeTransport()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run<Options extends CallOptions, T>(
    options: Options,
    work: (options: Options) => Promise<T>,
  ): Promise<T> {
    if (options.retry !== undefined) checkRetryOptions(options.retry);
    using linked = linkSignals(this.#closed.signal, options.signal);
    throwIfAborted(linked.signal);
    return await work({ ...options, signal: linked.signal });
  }
}
