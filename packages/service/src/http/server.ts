import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { requestIdHeader } from "@clipcourier/core/wire";
import { getRequestListener } from "@hono/node-server";
import type { Logger } from "pino";
import { answerError, errorBody, HttpError } from "../http-error.js";
import type { ClientAddresses } from "../limits/client-addresses.js";
import type { Limits } from "../limits/limits.js";
import { LogThrottle } from "../limits/log-throttle.js";
import type { Measure } from "../metrics/measure.js";
import type { Connection } from "./connection.js";
import { Connections } from "./connections.js";
import { guardBody } from "./guarded-body.js";
import { spareOpenAnswers } from "./idle-connections.js";
import { answerRaw } from "./raw-answer.js";
import { createRequestId, logWithRequest, readRequestIds, runInRequest } from "./request-scope.js";

// Milliseconds for which nothing at all may pass over a connection while a request is running.
const silence = 10 * 60_000;
/** Milliseconds that a client has to end what nobody waits for any more. */
export const closeGrace = 5_000;

type FetchHandler = (request: Request, connection: Connection) => Promise<Response>;

export interface HttpServerOptions {
  limits: Limits;
  clients: ClientAddresses;
  logger: Logger;
  measure: Measure;
  /** Whether the server is about to stop listening, so that clients had better connect anew. */
  isEnding?: () => boolean;
}

/** An HTTP server that answers each request with `handle`. It does not listen yet. */
export function createHttpServer(handle: FetchHandler, options: HttpServerOptions): Server {
  const { limits, isEnding = () => false } = options;
  const logger = logWithRequest(options.logger);
  const throttle = new LogThrottle(limits.logInterval);
  const headersTimeout = limits.headersTimeout * 1000;
  const server = createServer({
    // A large part on a slow connection may take any time: bodies have limits of their own.
    requestTimeout: 0,
    headersTimeout,
    connectionsCheckingInterval: Math.max(10, Math.min(1_000, headersTimeout / 4)),
    keepAliveTimeout: limits.idleTimeout * 1000,
    // Without this Node refuses a missing Host header itself, not in the documented shape.
    requireHostHeader: false,
  });
  server.timeout = silence;
  const connections = new Connections({ ...options, logger, throttle });
  connections.limit(server);
  spareOpenAnswers(server);
  const answer = createAnswerer(handle, logger, throttle);
  server.on("request", (incoming, outgoing) => {
    const { [requestIdHeader]: requestId, traceparent } = incoming.headers;
    const ids = readRequestIds(requestId?.toString(), traceparent?.toString());
    outgoing.setHeader(requestIdHeader, ids.requestId);
    outgoing.once("finish", () => endBody(incoming));
    // A client that goes on over the same connection would keep a server from ending.
    if (isEnding() || !server.listening) outgoing.setHeader("Connection", "close");
    runInRequest(ids, () => {
      const refusal = checkHost(incoming) ?? connections.takeRequest(incoming, outgoing);
      if (refusal) refuseRequest(outgoing, refusal);
      else answer(incoming, outgoing);
    });
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const requestId = createRequestId();
    logger.debug({ code: error.code, requestId }, "malformed request");
    answerMalformed(error, socket, requestId);
  });
  return server;
}

function createAnswerer(handle: FetchHandler, logger: Logger, throttle: LogThrottle) {
  const fetchOver = async (request: Request, { incoming, outgoing }: NodePair) => {
    const response = await handle(request, { remoteAddress: incoming.socket.remoteAddress });
    if (!response.body) return response;
    const length = response.headers.get("content-length");
    const size = length === null ? null : Number(length);
    const body = guardBody(response.body, size, (error) => {
      throttle.write(`answer: ${error}`, (suppressed) => {
        const { pathname: path } = new URL(request.url);
        logger.error({ err: error, path, suppressed }, "answer broke off");
      });
      outgoing.destroy();
    });
    return new Response(body, response);
  };
  const listener = getRequestListener((request, env) => fetchOver(request, env as NodePair), {
    overrideGlobalObjects: false,
    errorHandler: () => answerError(new HttpError(400, "The request is malformed.")),
  });
  return (incoming: IncomingMessage, outgoing: ServerResponse) => void listener(incoming, outgoing);
}

interface NodePair {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
}

/** The refusal of a request that does not say exactly once which host it is for. */
function checkHost(incoming: IncomingMessage): HttpError | null {
  const count = incoming.headersDistinct.host?.length ?? 0;
  if (count === 1) return null;
  if (count === 0 && incoming.httpVersion === "1.0") {
    // Health checks of load balancers are such requests. A Host header came with HTTP/1.1 only.
    const { localAddress = "", localPort } = incoming.socket;
    incoming.headers.host = hostOf(localAddress, localPort);
    return null;
  }
  const what = count === 0 ? "no Host header" : "more than one Host header";
  return new HttpError(400, `The request has ${what}. Send exactly one.`);
}

function refuseRequest(outgoing: ServerResponse, { status, message, headers }: HttpError): void {
  const body = JSON.stringify(errorBody(status, message));
  outgoing
    .writeHead(status, {
      ...headers,
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(body),
      Connection: "close",
    })
    .end(body);
}

/** A request that is answered has some time to end its body, in which nobody is interested. */
function endBody(incoming: IncomingMessage): void {
  if (incoming.complete) return;
  const timer = setTimeout(() => incoming.destroy(), closeGrace);
  incoming.once("close", () => clearTimeout(timer));
}

/** Node could not parse the request, or has not got all its headers in time. */
function answerMalformed(error: NodeJS.ErrnoException, socket: Socket, requestId: string): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  answerRaw(socket, describeMalformed(error.code), requestId);
}

function describeMalformed(code: string | undefined): HttpError {
  if (code === "HPE_HEADER_OVERFLOW") {
    return new HttpError(431, "The request's headers are too large.");
  }
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") {
    return new HttpError(408, "The headers of the request arrived too slowly.");
  }
  return new HttpError(400, "The request is malformed.");
}

/** Rejects when the port is taken or the host is not of this machine. */
export function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** The root of a listening server, such as `http://127.0.0.1:8080/`. */
export function urlOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return `http://${hostOf(address, port)}/`;
}

function hostOf(address: string, port: number | undefined): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

/**
 * Stops listening, gives the running requests some time, then closes their connections. Returns how
 * many connections were cut off.
 *
 * @param grace milliseconds
 */
export async function closeServer(server: Server, grace = closeGrace): Promise<number> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Repeated: a connection whose answer ends later becomes idle only then.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  let cut = 0;
  const timer = setTimeout(() => {
    server.getConnections((_, count) => {
      cut = count ?? 0;
      server.closeAllConnections();
    });
  }, grace);
  await closed;
  clearInterval(idle);
  clearTimeout(timer);
  return cut;
}
