import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { type Logger, pino } from "pino";
import { openAccounts } from "./auth/accounts.js";
import { readOrCreateSecret } from "./auth/service-secret.js";
import { answerError, errorBody, HttpError } from "./http-error.js";
import { createMedia } from "./media/media.js";
import { createService, type Service, type ServiceOptions } from "./service.js";
import { DiskStore } from "./store/disk.js";

const minute = 60_000;
const closeGrace = 5_000;

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
  const server = createHttpServer(service, logger);
  try {
    await listen(server, port, host);
  } catch (error) {
    await service.close();
    throw error;
  }
  return {
    rootUrl: `${urlOf(server)}v2.7/`,
    settled: () => service.settled(),
    async close() {
      await closeServer(server);
      await service.close();
    },
  };
}

function createHttpServer(service: Service, logger: Logger): Server {
  const listener = getRequestListener((request) => service.fetch(request), {
    overrideGlobalObjects: false,
    errorHandler: () => answerError(new HttpError(400, "The request is malformed.")),
  });
  const server = createServer({
    // A large part over a slow line takes as long as it takes; only silence ends a connection.
    requestTimeout: 0,
    headersTimeout: minute,
    keepAliveTimeout: minute,
    // Answered in the documented shape by the listener instead.
    requireHostHeader: false,
  });
  server.timeout = 10 * minute;
  server.on("request", (incoming, outgoing) => void listener(incoming, outgoing));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    logger.debug({ code: error.code }, "malformed request");
    answerMalformed(error, socket);
  });
  return server;
}

/** Node could not read the request, so there is none to answer but the bare socket. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const isLong = error.code === "HPE_HEADER_OVERFLOW";
  const [status, message] = isLong
    ? [431, "The request's headers are too large."]
    : [400, "The request is malformed."];
  const body = JSON.stringify(errorBody(status, message));
  socket.end(
    `HTTP/1.1 ${status} ${isLong ? "Request Header Fields Too Large" : "Bad Request"}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
  );
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}/`;
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Again and again: a connection whose answer ends after this moment becomes idle only then.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const grace = setTimeout(() => server.closeAllConnections(), closeGrace);
  await closed;
  clearInterval(idle);
  clearTimeout(grace);
}
