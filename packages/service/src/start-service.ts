import { pino } from "pino";
import { openAccounts } from "./auth/accounts.js";
import { readOrCreateSecret } from "./auth/service-secret.js";
import { apiRoot } from "./http/app.js";
import { closeServer, createHttpServer, listen, urlOf } from "./http/server.js";
import { createMedia } from "./media/media.js";
import { createService, type ServiceOptions } from "./service.js";
import { DiskStore } from "./store/disk.js";

export interface StartOptions extends Omit<ServiceOptions, "store" | "accounts" | "secret"> {
  /** Holds everything: the secret, the accounts, the clips. Made when it is not there. */
  folder: string;
  /** Default: 127.0.0.1, this machine alone. */
  host?: string;
  /** Default: 0, a free one. */
  port?: number;
}

export interface RunningService {
  /** The API root on this machine, such as `http://127.0.0.1:8080/v2.7/`. */
  rootUrl: string;
  /** Resolves when no verification and no media work is running. */
  settled(): Promise<void>;
  /** Stops listening, gives open requests 5 s, and stops the work that is running. */
  close(): Promise<void>;
}

/** Starts a service on a folder and listens. Logs to stderr unless a logger is given. */
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
  const server = createHttpServer((request) => service.fetch(request), logger);
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
