import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { type Exchange, forward, relay, resetConnection } from "./exchange.ts";
import { type RequestRecord, startRecord } from "./request-log.ts";
import { type Rule, Script } from "./script.ts";

export interface FaultFrontOptions {
  /** Origin of the real service, plain HTTP on loopback. Its public URL is the front's `origin`. */
  upstream: string;
  /** PEM texts. With them the front speaks HTTPS. */
  tls?: { key: string; cert: string };
  /** Where paths that begin with the bucket's go: part URLs name the front, too. */
  storage?: { path: string; upstream: string };
}

/** A loopback server that hands everything on to the real service and spoils what a script names. */
export interface FaultFront extends AsyncDisposable {
  readonly origin: string;
  /** Every request in the order of arrival. */
  readonly log: readonly RequestRecord[];
  /** Connections that clients have open now. */
  readonly openSockets: number;
  /** The real service may come up later than the front, because it must know the front's origin. */
  upstream: string;
  /** Replaces the script; counters start over. */
  script(rules: readonly Rule[]): void;
  clearLog(): void;
  close(): Promise<void>;
}

export async function startFaultFront(options: FaultFrontOptions): Promise<FaultFront> {
  const connections = new Connections();
  const log: RequestRecord[] = [];
  let script = new Script([]);
  const { storage } = options;

  const listener: RequestListener = (request, response) => {
    const connection = connections.find(request.socket);
    // A socket that was reset has nobody left to answer.
    if (connection === undefined) return;
    connection.requests += 1;
    const record = startRecord(request, connection);
    log.push(record);
    const isStored = storage && request.url?.startsWith(storage.path);
    const upstream = new URL(isStored ? storage.upstream : front.upstream);
    request.on("error", () => {});
    response.on("error", () => {});
    response.once("close", () => endRecord(record));
    void play({ request, response, record, tcp: connection.tcp, upstream }, script);
  };

  const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
  // Only the script cuts connections.
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
  connections.watch(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  const front: FaultFront = {
    origin: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    upstream: options.upstream,
    log,
    get openSockets() {
      return connections.size;
    },
    script(rules) {
      script = new Script(rules);
    },
    clearLog() {
      log.length = 0;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      connections.destroyAll();
      await closed;
    },
    [Symbol.asyncDispose]: () => front.close(),
  };
  return front;
}

async function play(exchange: Exchange, script: Script): Promise<void> {
  const fault = script.pick(exchange.record);
  exchange.record.fault = fault?.name;
  try {
    if (fault) await fault.apply(exchange);
    else await relay(exchange, await forward(exchange));
  } catch {
    // Either side went away. The other one shall see it, as behind a real proxy.
    if (exchange.tcp.destroyed) return;
    resetConnection(exchange);
  }
}

function endRecord(record: RequestRecord): void {
  record.endedAt ??= performance.now();
  if (record.status === "pending") record.status = "left";
}

interface Connection {
  readonly id: number;
  readonly tcp: Socket;
  requests: number;
}

/** Found by the client's port, which is the same on a TLS socket and on the TCP socket beneath. */
class Connections {
  readonly #byPort = new Map<number | undefined, Connection>();
  #count = 0;

  get size(): number {
    return this.#byPort.size;
  }

  watch(server: Server): void {
    server.on("connection", (tcp: Socket) => {
      const port = tcp.remotePort;
      this.#count += 1;
      this.#byPort.set(port, { id: this.#count, tcp, requests: 0 });
      tcp.on("error", () => {});
      tcp.once("close", () => this.#byPort.delete(port));
    });
    server.on("tlsClientError", () => {});
  }

  find(socket: Socket): Connection | undefined {
    return this.#byPort.get(socket.remotePort);
  }

  destroyAll(): void {
    for (const { tcp } of this.#byPort.values()) tcp.destroy();
  }
}
