import type { Socket } from "node:net";
import { getCACertificates } from "node:tls";
import type { Agent, buildConnector, Pool, ProxyAgent } from "undici";
import { DirectUploadError } from "../errors.js";
import {
  describeProxyFailure,
  findProxy,
  type ProxyEnvironment,
  type ProxyServer,
} from "./proxy.js";
import type { Transport } from "./transport.js";
import { type Dispatcher, sendThrough } from "./undici-request.js";

export interface UndiciTransportOptions {
  /** Certificates of authorities to trust besides those that Node trusts (PEM). */
  ca?: string | readonly string[] | undefined;
  /** Where the proxies are looked up. Default: `process.env`. */
  proxyEnv?: ProxyEnvironment | undefined;
}

// HTTP/2 would send several parts on one connection, which is slower than one for each.
const allowH2 = false;
// To one host. Services refuse an address that has too many (this one from 256 on), and what waits here for a
// connection is not refused.
const mostConnections = 128;
// Milliseconds in which a proxy has to open a tunnel.
const headersTimeout = 30_000;

/** The default transport: undici, loaded when the first request is made. */
export function createUndiciTransport(options: UndiciTransportOptions = {}): Transport {
  let current: Connections | undefined;
  const open = new Set<Connections>();
  const connect = async () => {
    const undici = await loadUndici();
    if (current === undefined) {
      current = new Connections(undici, options.ca);
      open.add(current);
    }
    return current;
  };
  // Connections that are in use are closed when their requests have ended.
  const retire = (connections: Connections | undefined) => {
    if (connections === current) current = undefined;
    connections?.close().finally(() => open.delete(connections));
  };
  return {
    reportsSent: true,
    async send(request) {
      const proxy = findProxy(new URL(request.url), options.proxyEnv ?? process.env);
      let connections = await connect();
      // They may have been retired while this waited.
      while (connections !== current) connections = await connect();
      try {
        const answer = await sendThrough(connections.open(proxy), request);
        // A peer that refuses may leave the body unread, and the next request would wait behind it.
        if (answer.status >= 300 && request.body !== undefined) retire(connections);
        return answer;
      } catch (error) {
        throw proxy === undefined ? error : describeProxyFailure(error, proxy, request.url);
      }
    },
    closeIdle: () => retire(current),
    close() {
      current = undefined;
      for (const connections of open) connections.destroy();
    },
  };
}

// Where Node's own `fetch`, and other versions of undici, find the dispatcher of the process.
const processDispatcher = Symbol.for("undici.globalDispatcher.1");

let loading: Promise<typeof import("undici")> | undefined;

function loadUndici(): Promise<typeof import("undici")> {
  loading ??= importUndici();
  return loading;
}

async function importUndici(): Promise<typeof import("undici")> {
  const before: unknown = Reflect.get(globalThis, processDispatcher);
  try {
    const undici = await import("undici");
    // undici has put an agent of its own there, and the program's `fetch` would no longer go through
    // the program's proxy.
    Reflect.set(globalThis, processDispatcher, before);
    return undici;
  } catch (cause) {
    loading = undefined;
    throw new DirectUploadError(
      "unexpected",
      "The HTTP stack (undici) could not be loaded. Install it; in a bundled program, see Bundling in the README of @clipcourier/core.",
      { cause },
    );
  }
}

/** A transport on an undici dispatcher of the caller's choice. The caller closes the dispatcher. */
export function createDispatcherTransport(dispatcher: Dispatcher): Transport {
  // Its connections may be HTTP/2, or have buffers of any size.
  const mayKeep = () => true;
  return { reportsSent: true, send: (request) => sendThrough(dispatcher, request, mayKeep) };
}

/** The agents of one transport: one for direct connections, and one for each proxy. */
class Connections {
  readonly #undici: typeof import("undici");
  readonly #connect: buildConnector.BuildOptions;
  /** The connections to proxies for tunnels. */
  readonly #proxySockets = new Set<Socket>();
  readonly #agents = new Map<string | undefined, Agent | ProxyAgent>();

  constructor(undici: typeof import("undici"), ca: UndiciTransportOptions["ca"]) {
    this.#undici = undici;
    // `ca` replaces Node's own list, so that list is added.
    this.#connect =
      ca === undefined ? {} : { ca: [...getCACertificates("default"), ...[ca].flat()] };
  }

  open(proxy: ProxyServer | undefined): Dispatcher {
    const known = this.#agents.get(proxy?.url);
    if (known !== undefined) return known;
    const agent = proxy === undefined ? this.#openDirect() : this.#openProxy(proxy.url);
    this.#agents.set(proxy?.url, agent);
    return agent;
  }

  #openDirect(): Agent {
    return new this.#undici.Agent({
      ...{ allowH2, connections: mostConnections },
      connect: this.#connect,
    });
  }

  #openProxy(uri: string): ProxyAgent {
    const requestTls = this.#connect;
    // With this option undici would speak TLS to an http: proxy, too.
    const proxyTls = uri.startsWith("https:") ? { proxyTls: requestTls } : {};
    const clientFactory = (origin: URL, options: object) => this.#openTunnels(origin, options);
    return new this.#undici.ProxyAgent({ allowH2, uri, requestTls, ...proxyTls, clientFactory });
  }

  // When undici destroys an agent, it leaves the connection of a requested tunnel open until the
  // proxy answers.
  #openTunnels(origin: URL, options: Pool.Options): Pool {
    const { connect } = options;
    const sockets = this.#proxySockets;
    if (typeof connect !== "function") return new this.#undici.Pool(origin, options);
    const follow: typeof connect = (target, callback) =>
      connect(target, (...result) => {
        const [, socket] = result;
        if (socket) {
          sockets.add(socket);
          socket.once("close", () => sockets.delete(socket));
        }
        callback(...result);
      });
    return new this.#undici.Pool(origin, { ...options, connect: follow, headersTimeout });
  }

  /** Closes the connections, each when nothing uses it any more. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#agents.values()].map((agent) => agent.close()));
  }

  // Not awaited: that would take as long as a proxy that does not answer.
  destroy(): void {
    for (const agent of this.#agents.values()) agent.destroy().catch(() => {});
    for (const socket of this.#proxySockets) socket.destroy();
  }
}
