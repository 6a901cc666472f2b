import type { Clip, ClipLink } from "./clip.js";
import { createClosedError, DirectUploadError, throwIfAborted } from "./errors.js";
import { HashWorkers } from "./fingerprint/hash-workers.js";
import { checkRetryOptions, type RetryOptions } from "./http/retry-options.js";
import { StorageHosts } from "./http/storage-hosts.js";
import { createTransport, type TransportOptions } from "./http/transport-options.js";
import { parseRootUrl, requireMilliseconds } from "./options.js";
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
import { Api, type CallOptions } from "./protocol/api.js";
import {
  Authorization,
  type Credentials,
  checkCredentials,
  type UserCredentials,
} from "./protocol/authorization.js";
import {
  type FinalizeOptions,
  type LinkOptions,
  Protocol,
  type UploadRequest,
} from "./protocol/protocol.js";
import { type WaitOptions, waitUntilAvailable } from "./protocol/wait.js";
import { Secrets } from "./redact.js";
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

/** What a {@link DirectUploadClient} is made with. */
export interface ClientOptions extends Credentials, TransportOptions {
  /**
   * The URL under which the protocol's paths hang, with its version, with or without a slash at
   * its end. There is no default.
   *
   * @example { rootUrl: "https://clips.example.com/v2.7" }
   */
  rootUrl: string | URL;
  /**
   * How failed requests are made again.
   *
   * @default six attempts; 60 seconds for a peer that is out of reach
   * @example { retry: { outage: 10 * 60_000 } }
   */
  retry?: RetryOptions | undefined;
  /**
   * Milliseconds for which the service may be silent while an API call waits for its answer. Parts
   * have `stallTimeout`, which is an option of each upload.
   *
   * @default 60_000
   */
  silenceTimeout?: number | undefined;
  /**
   * Milliseconds that one request of an API call may take in all, even while its answer arrives.
   *
   * @default 300_000
   */
  requestTimeout?: number | undefined;
  /**
   * The hosts to which parts may be sent: names, which mean their subdomains too, addresses, and
   * ranges of addresses; each with a port or without. A service that names another one in a part URL
   * is refused with `bad_answer`, and nothing is sent. Names are not looked up.
   *
   * @default all but those of this machine (loopback) and of its link (such as 169.254.169.254, where
   *   a cloud gives away keys), which are allowed only where the service is there itself
   * @example { allowedStorageHosts: ["s3.eu-central-1.amazonaws.com", "10.0.0.0/8"] }
   */
  allowedStorageHosts?: readonly string[] | undefined;
  /**
   * A folder in which the client records which parts are stored, so that a later run can resume an
   * upload to a service that does not report them.
   *
   * @default none: an upload is resumed only where the service reports its parts
   * @example { stateFolder: join(homedir(), ".local/state/my-program") }
   */
  stateFolder?: string | undefined;
  /**
   * Whether the state folder also keeps the checksum of each file, so that a file with the same
   * path, inode, size and times is not hashed again. Needs `stateFolder`.
   *
   * @default false
   */
  fingerprintCache?: boolean | undefined;
  /**
   * Called with everything that must never be shown, as soon as it is known: the app's secret,
   * passwords, the keys and tokens of sessions, ID tokens, and the signatures of part URLs. A CI
   * runner can mask it in its logs. It must not throw.
   *
   * @default none
   * @example { onSecret: (secret) => core.setSecret(secret) } // of @actions/core
   */
  onSecret?: ((secret: string) => void) | undefined;
}

/**
 * A client of one DirectUpload service. Every method throws {@link DirectUploadError}, and rejects
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
    checkCredentials(options);
    const { retry = {}, stateFolder, fingerprintCache = false } = options;
    checkRetryOptions(retry);
    if (fingerprintCache && stateFolder === undefined) {
      throw new DirectUploadError("invalid_option", "fingerprintCache needs a stateFolder.");
    }
    const rootUrl = parseRootUrl(options.rootUrl);
    const secrets = new Secrets([], options.onSecret);
    const transport = createTransport(options);
    const { appId, silenceTimeout = 60_000, requestTimeout = 300_000 } = options;
    const limits = {
      silence: requireMilliseconds("silenceTimeout", silenceTimeout),
      total: requireMilliseconds("requestTimeout", requestTimeout),
    };
    const api = new Api({ rootUrl, appId, transport, retry, limits, secrets });
    // A service checks the audience, so that a token made for another service is of no use to it.
    const { origin: audience } = rootUrl;
    const authorization = new Authorization({ api, secrets, credentials: options, audience });
    this.#protocol = new Protocol(api, authorization, secrets);
    this.#closeTransport = async () => {
      if (options.transport === undefined) await transport.close?.();
    };
    this.#context = {
      protocol: this.#protocol,
      transport,
      storageHosts: new StorageHosts(rootUrl, options.allowedStorageHosts),
      workers: new HashWorkers(),
      stateFolder,
      cacheFolder: fingerprintCache ? stateFolder : undefined,
      account: `${rootUrl.href} ${appId}`,
      byChecksum: new Map(),
      closed: this.#closed.signal,
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
