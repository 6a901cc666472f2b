import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { type Logger, pino } from "pino";
import type { Accounts } from "./auth/accounts.js";
import { apiRoot } from "./http/app.js";
import { closeGrace, closeServer, createHttpServer, listen, urlOf } from "./http/server.js";
import { ClientAddresses } from "./limits/client-addresses.js";
import { resolveLimits } from "./limits/limits.js";
import { createMedia } from "./media/media.js";
import type { Media } from "./media/types.js";
import { measureNothing } from "./metrics/measure.js";
import { openMetrics } from "./metrics/open-metrics.js";
import { openGround } from "./open-ground.js";
import { createService } from "./service.js";
import type { ServiceOptions } from "./service-options.js";
import type { BucketOptions } from "./store/s3/bucket.js";

// Milliseconds. Giving work back takes no time, but a store may answer nothing any more.
const storeGrace = 3_000;

export interface StartOptions
  extends Omit<ServiceOptions, "store" | "accounts" | "secret" | "measure"> {
  /**
   * Holds the secret, the accounts and the clips. It is created when it does not exist. Any number of
   * processes of one machine may use it.
   */
  folder?: string;
  /**
   * Holds all that instead of a folder: a bucket of AWS or of another engine with S3's API, which any
   * number of machines may use.
   */
  bucket?: BucketOptions;
  /**
   * Whether a folder without a service gets a new one. With `false` the start fails instead: so a
   * disk that is not mounted is noticed.
   *
   * @default true
   */
  init?: boolean;
  /**
   * The address to listen on. `0.0.0.0` makes the service reachable from other machines.
   *
   * @default "127.0.0.1"
   */
  host?: string;
  /**
   * The port to listen on; 0 takes a free one.
   *
   * @default 0
   */
  port?: number;
  /**
   * Seconds for which a service that is closed goes on taking requests, while `/readyz` answers 503
   * already: so a load balancer sends none any more when it stops listening.
   *
   * @default 0
   */
  shutdownDelay?: number;
  /**
   * Seconds that the running requests have after that, such as parts that are being sent.
   *
   * @default 5
   */
  shutdownTime?: number;
  /**
   * Where Prometheus finds metrics of the service and its process, at `/metrics`: an address of its
   * own, so that it is not public where the service is. Whoever can reach it can read them.
   *
   * @default none
   */
  metrics?: ListenAddress;
  /**
   * A pino logger.
   *
   * @default pino on stderr, from level `info`
   */
  logger?: Logger;
  /**
   * Makes thumbnails, previews and facts; `null` switches them off.
   *
   * @default createMedia()
   */
  media?: Media | null;
}

/** An address of this machine. */
export interface ListenAddress {
  host: string;
  /** 0 takes a free one. */
  port: number;
}

export interface RunningService {
  /** Who may use the service. */
  accounts: Accounts;
  /** The API root on this machine, such as `http://127.0.0.1:8080/v2.7/`. */
  rootUrl: string;
  /** Where the metrics are, such as `http://127.0.0.1:9464/metrics`; `null` without `metrics`. */
  metricsUrl: string | null;
  /** Resolves when no verification and no media work is running, renditions included. */
  settled(): Promise<void>;
  /**
   * Says at `/readyz` that it ends, stops listening, gives the running requests `shutdownTime`, and
   * gives the running work back, for another process or the next start. A store that answers nothing any
   * more holds this up for three seconds.
   */
  close(): Promise<void>;
}

/**
 * Starts a service on a folder or a bucket, and listens.
 *
 * @throws Error when there is not exactly one of `folder` and `bucket`, `publicUrl`,
 * `signInRules` or `github` is invalid, a file in the folder is damaged or cannot be written, the
 * bucket cannot be used, or a port is in use
 *
 * @example
 * ```ts
 * const service = await startService({ folder: "clips", port: 8080 });
 * console.log(service.rootUrl); // http://127.0.0.1:8080/v2.7/
 * await service.close();
 * ```
 */
export async function startService(options: StartOptions): Promise<RunningService> {
  const { folder: _, bucket: __, init = true, host = "127.0.0.1", port = 0, ...rest } = options;
  const logger = options.logger ?? pino({ level: "info" }, pino.destination({ dest: 2 }));
  const ground = await openGround(options, init, logger);
  const media = options.media === undefined ? createMedia() : options.media;
  const metrics = options.metrics && (await openMetrics());
  const measure = metrics?.measure ?? measureNothing;
  const counted = metrics && { measure };
  const service = await createService({ ...rest, ...ground, ...counted, logger, media });
  let isEnding = false;
  const server = createHttpServer((request, connection) => service.fetch(request, connection), {
    limits: resolveLimits(rest.limits),
    clients: new ClientAddresses(rest),
    ...{ logger, measure, isEnding: () => isEnding },
  });
  const shown = metrics?.createServer(service, server, logger);
  try {
    await listen(server, port, host);
    if (shown && options.metrics) await listenForMetrics(shown, options.metrics);
  } catch (error) {
    await closeServer(server);
    await service.close();
    ground.store.close?.();
    throw error;
  }
  if (media) void logEngine(media, logger);
  return {
    accounts: ground.accounts,
    rootUrl: new URL(`${apiRoot}/`, urlOf(server)).href,
    metricsUrl: shown ? new URL("metrics", urlOf(shown)).href : null,
    settled: () => service.settled(),
    async close() {
      isEnding = true;
      service.announceEnd();
      await sleep((rest.shutdownDelay ?? 0) * 1000);
      const grace = rest.shutdownTime === undefined ? closeGrace : rest.shutdownTime * 1000;
      const cut = await closeServer(server, grace);
      if (cut > 0) logger.warn({ connections: cut }, "requests did not end in time");
      if (!(await endsWithin(service.close(), storeGrace))) {
        logger.warn("the store does not answer, so running work waits until its lease ends");
      }
      // Last, so that it is seen how the service ends.
      if (shown) await closeServer(shown);
      ground.store.close?.();
    },
  };
}

/** Whether it has ended by then, which it may do later as well. */
async function endsWithin(work: Promise<void>, milliseconds: number): Promise<boolean> {
  const { promise: limit, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, milliseconds, false);
  // Nobody waits for what loses.
  work.catch(() => {});
  try {
    return await Promise.race([work.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}

async function listenForMetrics(server: Server, { host, port }: ListenAddress): Promise<void> {
  try {
    await listen(server, port, host);
  } catch (error) {
    if (error instanceof Error) error.message = `metrics: ${error.message}`;
    throw error;
  }
}

/** Says what the pictures are made with. Nobody waits for that, because FFmpeg takes a moment to load. */
async function logEngine(media: Media, logger: Logger): Promise<void> {
  if (!media.findEngine || !logger.isLevelEnabled("info")) return;
  const engine = await media.findEngine();
  if ("missing" in engine) logger.warn({ reason: engine.missing }, "clips get no pictures");
  else logger.info({ ffmpeg: engine.name, lacks: engine.lacks }, "clips get pictures");
}
