import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { HttpError } from "../http-error.js";
import type { ClientAddresses } from "../limits/client-addresses.js";
import type { Limits } from "../limits/limits.js";
import type { LogThrottle } from "../limits/log-throttle.js";
import type { Measure } from "../metrics/measure.js";
import { answerRaw } from "./raw-answer.js";
import { createRequestId, type RequestIds, runInRequest } from "./request-scope.js";

// Connections that are told to come back later, beside those that are served: one to every four of
// those, and so many at most. More are cut off, because each needs a descriptor.
const maxRefused = 32;
// Milliseconds in which a client can read that. Closing at once can destroy the answer on its way.
const refusalGrace = 1_000;

export interface ConnectionsOptions {
  limits: Limits;
  clients: ClientAddresses;
  logger: Logger;
  throttle: LogThrottle;
  measure: Measure;
}

/** Counts what is open, in all and for each address, and refuses what is too much with 503. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #ofAddress = new Map<string, number>();
  #open = 0;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Stands in front of a server's own handling of a connection. */
  limit(server: Server): void {
    const { connections } = this.#options.limits;
    server.maxConnections = connections + Math.min(maxRefused, Math.ceil(connections / 4));
    const accept = server.listeners("connection") as ((socket: Socket) => void)[];
    server.removeAllListeners("connection");
    server.on("connection", (socket) => {
      const ids: RequestIds = { requestId: createRequestId() };
      const refusal = runInRequest(ids, () => this.#takeConnection(socket));
      if (refusal) refuse(socket, refusal, ids);
      else for (const listener of accept) listener.call(server, socket);
    });
    server.on("drop", (data) => this.#log("all connections", data?.remoteAddress));
  }

  /**
   * Counts a request that a proxy passes on for a client, whose connections cannot be counted.
   * Returns the refusal where the client has too many.
   */
  takeRequest(incoming: IncomingMessage, outgoing: ServerResponse): HttpError | null {
    const { clients } = this.#options;
    const { remoteAddress } = incoming.socket;
    if (!clients.isProxy(remoteAddress)) return null;
    const forwarded = incoming.headers[clients.header];
    const address = clients.find(remoteAddress, forwarded?.toString());
    return this.#take(address, (release) => outgoing.once("close", release));
  }

  #takeConnection(socket: Socket): HttpError | null {
    const { limits, clients } = this.#options;
    const { remoteAddress } = socket;
    if (this.#open >= limits.connections) {
      this.#log("all connections", remoteAddress);
      return tooMany("The service has as many connections as it can take.");
    }
    const address = clients.isProxy(remoteAddress) ? null : clients.find(remoteAddress, null);
    const refusal = this.#take(address, (release) => socket.once("close", release));
    if (refusal) return refusal;
    this.#open += 1;
    socket.once("close", () => {
      this.#open -= 1;
    });
    return null;
  }

  #take(address: string | null, onRelease: (release: () => void) => void): HttpError | null {
    if (address === null) return null;
    const count = this.#ofAddress.get(address) ?? 0;
    if (count >= this.#options.limits.connectionsPerAddress) {
      this.#log(`connections of ${address}`, address);
      return tooMany("Too many connections from this address.");
    }
    this.#ofAddress.set(address, count + 1);
    onRelease(() => {
      const left = (this.#ofAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#ofAddress.set(address, left);
      else this.#ofAddress.delete(address);
    });
    return null;
  }

  #log(kind: string, address: string | undefined): void {
    const { logger, measure, throttle, limits } = this.#options;
    measure({ event: "connection-refused" });
    const { connections, connectionsPerAddress } = limits;
    throttle.write(kind, (suppressed) => {
      logger.warn(
        { address, connections, connectionsPerAddress, suppressed },
        "connection refused",
      );
    });
  }
}

function tooMany(message: string): HttpError {
  return new HttpError(503, `${message} Try again in a moment.`, { "Retry-After": "2" });
}

function refuse(socket: Socket, refusal: HttpError, { requestId }: RequestIds): void {
  socket.on("error", () => {});
  socket.resume();
  answerRaw(socket, refusal, requestId);
  const timer = setTimeout(() => socket.destroy(), refusalGrace);
  socket.once("close", () => clearTimeout(timer));
}
