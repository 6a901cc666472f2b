import { type Logger, pino } from "pino";
import { openAccounts } from "./auth/accounts.js";
import { readOrCreateSecret } from "./auth/service-secret.js";
import { apiRoot } from "./http/app.js";
import { closeServer, createHttpServer, listen, urlOf } from "./http/server.js";
import { ClientAddresses } from "./limits/client-addresses.js";
import { resolveLimits } from "./limits/limits.js";
import { createMedia } from "./media/media.js";
import type { Media } from "./media/types.js";
import { createService, type ServiceOptions } from "./service.js";
import { DiskStore } from "./store/disk.js";

export interface StartOptions extends Omit<ServiceOptions, "store" | "accounts" | "secret"> {
  /** Holds the secret, the accounts and the clips. It is created when it does not exist. */
  folder: string;
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

export interface RunningService {
  /** The API root on this machine, such as `http://127.0.0.1:8080/v2.7/`. */
  rootUrl: string;
  /** Resolves when no verification and no media work is running. */
  settled(): Promise<void>;
  /** Stops listening, gives open requests 5 s, and stops the running work. */
  close(): Promise<void>;
}

/**
 * Starts a service on a folder and listens.
 *
 * @throws Error when `publicUrl` or `github` is invalid, a file in the folder is damaged or cannot be
 * written, or the port is in use
 *
 * @example
 * ```ts
 * const service = await startService({ folder: "clips", port: 8080 });
 * console.log(service.rootUrl); // http://127.0.0.1:8080/v2.7/
 * await service.close();
 * ```
 */
export async function startService(options: StartOptions): Promise<RunningService> {
  const { folder, host = "127.0.0.1", port = 0, ...rest } = options;
  const logger = options.logger ?? pino({ level: "info" }, pino.destination({ dest: 2 }));
  const secret = await readOrCreateSecret(folder);
  const service = await createService({
    ...rest,
    logger,
    media: options.media === undefined ? createMedia() : options.media,
    store: await DiskStore.open(folder, secret),
    accounts: openAccounts(folder),
    secret,
  });
  const server = createHttpServer((request, connection) => service.fetch(request, connection), {
    limits: resolveLimits(rest.limits),
    clients: new ClientAddresses(rest),
    logger,
  });
  try {
    await listen(server, port, host);
  } catch (error) {
    await service.close();
    throw error;
  }
  return {
    rootUrl: new URL(`${apiRoot}/`, urlOf(server)).href,
    settled: () => service.settled(),
    async close() {
      await closeServer(server);
      await service.close();
    },
  };
}
