import { requestIdHeader } from "@clipcourier/core/wire";
import { type Logger, pino } from "pino";
import type { Accounts } from "./auth/accounts.js";
import { Auth } from "./auth/auth.js";
import type { GitHubOptions } from "./auth/keyless/github-rules.js";
import { openKeyless } from "./auth/keyless/open-keyless.js";
import type { SignInRules } from "./auth/keyless/sign-in-rules.js";
import type { Clip } from "./catalog/clip-state.js";
import { JsonObjects, logDamage } from "./catalog/json-objects.js";
import { prefixes } from "./catalog/keys.js";
import { Privacy } from "./clips/privacy.js";
import { openPrivacyRules } from "./clips/privacy-rules.js";
import { openRetentionHistory } from "./clips/retention-history.js";
import { tellOfShorterRetention } from "./clips/retention-notice.js";
import { StatementKeys } from "./evidence/statement-keys.js";
import { createApp } from "./http/app.js";
import { answerClip } from "./http/clip-answer.js";
import type { Connection } from "./http/connection.js";
import { toFrameAncestors } from "./http/embed-policy.js";
import { createMediaOrigin } from "./http/media-origin.js";
import { Readiness } from "./http/readiness.js";
import {
  currentRequest,
  logWithRequest,
  readRequestIds,
  runInRequest,
} from "./http/request-scope.js";
import {
  type AccountLimitsOptions,
  largestFile,
  resolveAccountLimits,
} from "./limits/account-limits.js";
import { ClientAddresses, type ProxyOptions } from "./limits/client-addresses.js";
import { type Limits, resolveLimits } from "./limits/limits.js";
import { LogThrottle } from "./limits/log-throttle.js";
import type { Media } from "./media/types.js";
import { type Activity, type Measure, measureNothing } from "./metrics/measure.js";
import { measureStore } from "./metrics/measured-store.js";
import { openStations } from "./stations.js";
import type { ObjectStore } from "./store/object-store.js";
import { checkWebhooks, type WebhookEvent, type WebhookOptions } from "./webhooks/endpoints.js";
import type { Worker } from "./work/worker.js";

const day = 24 * 60 * 60;
// Milliseconds that the store is given to say what is going on.
const longestLook = 5_000;

export interface ServiceOptions extends ProxyOptions, AccountLimitsOptions {
  /** Holds the clips, such as a `FolderStore`. */
  store: ObjectStore;
  /** Who may sign in, such as `openAccounts(store)`. */
  accounts: Accounts;
  /**
   * At least 32 characters. It signs access tokens, and clip ids are derived from it: with another
   * secret every clip has another address and everybody has to sign in again.
   */
  secret: string;
  /**
   * The http or https address under which clients reach the service, such as
   * `https://clips.example.com/`, for instance behind a proxy.
   *
   * @default the origin of each request
   */
  publicUrl?: string;
  /**
   * A pino logger. Clips and sign-ins are logged at level `info`, crashes at `error`, and each
   * request at `debug`. Secrets, tokens and URL signatures are never logged.
   *
   * @default no log
   */
  logger?: Logger;
  /**
   * A pino logger for who has made, listed and deleted what: one line at level `info`, with the message
   * `audit`, for each request under `/me`, and for each clip that is deleted because its days are over.
   * Secrets, tokens and URL signatures are never in it.
   *
   * @default none
   */
  audit?: Logger;
  /**
   * Makes thumbnails, previews and facts, as `createMedia` does. With `null` clips have none.
   *
   * @default null
   */
  media?: Media | null;
  /**
   * The largest file, in bytes. A larger one is refused with 400 before anything is sent.
   *
   * @default 5 * 1024 ** 4 (5 TiB, as on S3)
   */
  maxSize?: number;
  /**
   * Seconds for which a part URL is valid. After that a client asks for new ones and continues.
   *
   * @default 21_600 (6 hours)
   */
  urlLifetime?: number;
  /**
   * Whether videos pass through the service. By default they do only on a folder: a bucket sends them
   * itself, from an address that the service redirects to.
   *
   * @default false
   */
  streamVideos?: boolean;
  /**
   * The origins of the pages that may show the player (`/c/<id>/embed`) in a frame, such as
   * `https://wiki.example.com` or `https://*.example.com`. `["*"]` stands for every page, `[]` for none.
   * The other pages are shown in no frame.
   *
   * @default ["*"]
   */
  embedFrom?: readonly string[];
  /**
   * Seconds for which an access token is valid. Keyless sign-in gets one hour at most.
   *
   * @default 2_592_000 (30 days)
   */
  tokenLifetime?: number;
  /**
   * Which jobs of CI systems may sign in without a secret, with their ID tokens. Needs `publicUrl` or
   * an `audience` for each issuer.
   *
   * @default none
   */
  signInRules?: SignInRules;
  /**
   * A short form of `signInRules` for GitHub alone. Both may be given; these rules come first.
   *
   * @default none
   */
  github?: GitHubOptions;
  /** Replaces some of the limits; each has its own default. */
  limits?: Partial<Limits>;
  /**
   * Who is told of clips that become available, fail or are deleted. Needs `publicUrl`.
   *
   * @default nobody
   */
  webhooks?: WebhookOptions;
  /**
   * Called with everything that is counted, such as each request. It must not throw.
   *
   * @default nothing is counted
   */
  measure?: Measure;
}

/** The service without a socket. */
export interface Service {
  /** Answers one request. It never rejects: every failure is a response with its status. */
  fetch(request: Request, connection?: Connection): Promise<Response>;
  /** What is going on now, for metrics. It asks the store, for up to 5 s. */
  findActivity(): Promise<Activity>;
  /** Resolves when no verification and no media work is running, renditions included. */
  settled(): Promise<void>;
  /** From now on `/readyz` says that the service is ending; all other requests are served as before. */
  announceEnd(): void;
  /** Stops the running work and gives it back, for another process or the next start. */
  close(): Promise<void>;
}

/**
 * Creates a service on a store, and continues with the clips that are pending in it.
 *
 * @throws Error when `secret`, `publicUrl`, `signInRules`, `github`, `trustProxy`, `proxyHeader`, `embedFrom`,
 * `limits`, `accountLimits` or `limitsByAccount` is invalid; the message begins with its name
 *
 * @example
 * ```ts
 * const store = await FolderStore.open("clips", secret);
 * const service = await createService({ store, accounts: openAccounts(store), secret });
 * const response = await service.fetch(new Request("http://127.0.0.1/healthz"));
 * ```
 */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { accounts, secret, publicUrl, media = null, measure = measureNothing } = options;
  const store = options.measure ? measureStore(options.store, measure) : options.store;
  if (secret.length < 32) throw new Error("secret: at least 32 characters are needed");
  const fixedBaseUrl = publicUrl === undefined ? null : parsePublicUrl(publicUrl);
  const logger = logWithRequest(options.logger ?? pino({ level: "silent" }));
  const audit = options.audit ? logWithRequest(options.audit) : null;
  const limits = resolveLimits(options.limits);
  const streamsVideos = options.streamVideos ?? false;
  const urlLifetime = options.urlLifetime ?? day / 4;
  const findLimits = resolveAccountLimits(options);
  const objects = new JsonObjects(store, logDamage(logger));
  const privacyRules = await openPrivacyRules({ objects, limits: options, logger });
  const privacy = new Privacy(privacyRules, findLimits, secret);
  const now = () => Date.now();
  const history = await openRetentionHistory({ objects, limits: options, now });
  const stations = openStations({
    ...{ store, media, logger, audit, measure, secret, urlLifetime, findLimits, history },
    ...openWebhooks(options.webhooks, fixedBaseUrl, privacy),
  });
  const readiness = new Readiness(() => store.check());
  const app = createApp({
    store,
    auth: new Auth({
      ...{ accounts, secret, logger, keyless: openKeyless(options, fixedBaseUrl?.origin) },
      limits,
      tokenLifetime: options.tokenLifetime ?? 30 * day,
    }),
    clips: stations.clips,
    uploads: stations.uploads,
    pullRequests: stations.pullRequests,
    statementKeys: new StatementKeys(objects, now),
    readiness,
    clients: new ClientAddresses(options),
    limits,
    findLimits,
    privacy,
    logger,
    audit,
    measure,
    throttle: new LogThrottle(limits.logInterval),
    streamsVideos,
    embedFrom: toFrameAncestors(options.embedFrom ?? ["*"]),
    findMediaOrigin: createMediaOrigin(store, streamsVideos),
    urlLifetime,
    maxSize: options.maxSize ?? largestFile,
    baseUrlOf: (request) => fixedBaseUrl ?? new URL("/", request.url),
  });
  for (const worker of stations.workers) worker.start();
  stations.sweeper.start();
  privacyRules.start();
  const closing = new AbortController();
  const { catalog } = stations;
  const telling = tellOfShorterRetention({ catalog, history, logger, now }, closing.signal).catch(
    (error: unknown) => {
      if (!closing.signal.aborted) logger.error({ err: error }, "retention could not be told");
    },
  );
  return {
    fetch: (request, connection = {}) =>
      answerInScope(request, () => app.fetch(request, connection)),
    announceEnd: () => readiness.end(),
    findActivity: () => findActivity(store, stations.workers),
    async settled() {
      for (const worker of stations.workers) await worker.settled();
    },
    async close() {
      closing.abort();
      privacyRules.close();
      await Promise.all([telling, stations.sweeper.close()]);
      await Promise.all(stations.workers.map((worker) => worker.close()));
      await stations.closeConnections();
      await media?.close();
    },
  };
}

/** Where a server has not begun the request already, it begins here. */
async function answerInScope(
  { headers }: Request,
  answer: () => Response | Promise<Response>,
): Promise<Response> {
  const ids =
    currentRequest() ?? readRequestIds(headers.get(requestIdHeader), headers.get("traceparent"));
  const response = await runInRequest(ids, answer);
  response.headers.set(requestIdHeader, ids.requestId);
  return response;
}

function openWebhooks(webhooks: WebhookOptions | undefined, baseUrl: URL | null, privacy: Privacy) {
  if (!webhooks) return {};
  if (!baseUrl) throw new Error("webhooks: publicUrl is needed, for the addresses of clips");
  checkWebhooks(webhooks);
  const describeClip = (clip: Clip, event: WebhookEvent) => {
    const { id, account, checksum, filename, size, createdOn } = clip;
    if (event !== "clip.deleted") {
      return { account, checksum, ...answerClip(clip, { baseUrl, privacy }) };
    }
    // Nothing that could still be shown.
    return { account, checksum, id, filename, size, created_on: createdOn };
  };
  return { webhooks, describeClip };
}

async function findActivity(store: ObjectStore, workers: readonly Worker[]): Promise<Activity> {
  const signal = AbortSignal.timeout(longestLook);
  const counting = workers.map(
    async (worker) => [worker.kind, await worker.countWork(signal)] as const,
  );
  const uploads = store.listMultipartUploads(prefixes.clips, { signal }).then(
    (page) => page.uploads.length,
    () => null,
  );
  const work = Object.fromEntries(await Promise.all(counting)) as Activity["work"];
  return { uploads: await uploads, work };
}

function parsePublicUrl(text: string): URL {
  const url = URL.parse(text.endsWith("/") ? text : `${text}/`);
  if (url && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") return url;
  throw new Error(`publicUrl: "${text}" is not an http or https address such as https://host/`);
}
