import { requestIdHeader } from "@clipcourier/core/wire";
import { pino } from "pino";
import { Auth } from "./auth/auth.js";
import { openKeyless } from "./auth/keyless/open-keyless.js";
import type { Clip } from "./catalog/clip-state.js";
import { JsonObjects, logDamage } from "./catalog/json-objects.js";
import { prefixes } from "./catalog/keys.js";
import { Privacy } from "./clips/privacy.js";
import { openPrivacyRules } from "./clips/privacy-rules.js";
import { followRetentionHistory, openRetentionHistory } from "./clips/retention-history.js";
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
import { largestFile, resolveAccountLimits } from "./limits/account-limits.js";
import { ClientAddresses } from "./limits/client-addresses.js";
import { resolveLimits } from "./limits/limits.js";
import { LogThrottle } from "./limits/log-throttle.js";
import { type Activity, measureNothing } from "./metrics/measure.js";
import { measureStore } from "./metrics/measured-store.js";
import type { ServiceOptions } from "./service-options.js";
import { openStations } from "./stations.js";
import type { ObjectStore } from "./store/object-store.js";
import { checkWebhooks, type WebhookEvent, type WebhookOptions } from "./webhooks/endpoints.js";
import { tellOfWaitingMessages } from "./webhooks/waiting-messages.js";
import type { Worker } from "./work/worker.js";

const day = 24 * 60 * 60;
// Milliseconds that the store is given to say what is going on.
const longestLook = 5_000;

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
  const closing = new AbortController();
  const openHistory =
    options.recordRetention === false ? followRetentionHistory : openRetentionHistory;
  const history = await openHistory({ objects, limits: options, logger, now }, closing.signal);
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
    comparisons: stations.comparisons,
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
  const { catalog } = stations;
  const telling = tellOfShorterRetention({ catalog, history, logger, now }, closing.signal).catch(
    (error: unknown) => {
      if (!closing.signal.aborted) logger.error({ err: error }, "retention could not be told");
    },
  );
  const counting = options.webhooks
    ? Promise.resolve()
    : tellOfWaitingMessages(catalog, logger, closing.signal);
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
      await Promise.all([telling, counting, stations.sweeper.close()]);
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
