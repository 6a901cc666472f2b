import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Logger } from "pino";
import { answerError, errorBody, HttpError } from "../http-error.js";

const minute = 60_000;
const closeGrace = 5_000;

type FetchHandler = (request: Request) => Promise<Response>;

/** An HTTP server that answers each request with `handle`. It does not listen yet. */
export function createHttpServer(handle: FetchHandler, logger: Logger): Server {
  const listener = getRequestListener(handle, {
    overrideGlobalObjects: false,
    errorHandler: () => answerError(new HttpError(400, "The request is malformed.")),
  });
  const server = createServer({
    // A large part on a slow connection may take any time: only a silent connection is closed.
    requestTimeout: 0,
    headersTimeout: minute,
    keepAliveTimeout: minute,
    // Without this Node refuses a missing Host header itself, not in the documented shape.
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

/** Node could not parse the request, so the answer is written to the socket by hand. */
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
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}/`;
}

/** Stops listening, gives open requests 5 s, then closes their connections. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // Repeated: a connection whose answer ends later becomes idle only then.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const grace = setTimeout(() => server.closeAllConnections(), closeGrace);
  await closed;
  clearInterval(idle);
  clearTimeout(grace);
}
