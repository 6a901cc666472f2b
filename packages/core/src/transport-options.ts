import { createDispatcherTransport, type Dispatcher } from "./dispatcher-transport.js";
import { createFetchTransport, type FetchFunction } from "./fetch-transport.js";
import { createHttpTransport } from "./http-transport.js";
import type { Transport } from "./transport.js";

/** How the network is reached. Of `transport`, `dispatcher` and `fetch`, the first given counts. */
export interface TransportOptions {
  /** An HTTP stack of the caller's own. */
  transport?: Transport | undefined;
  /** An undici dispatcher of the caller's own. */
  dispatcher?: Dispatcher | undefined;
  /** A `fetch` of the caller's own, an editor's for example. */
  fetch?: FetchFunction | undefined;
  /** Certificates of authorities to trust besides those that Node trusts (PEM). */
  ca?: string | readonly string[] | undefined;
  /**
   * Where `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` are looked up. Default `process.env`; `{}`
   * connects directly.
   */
  proxyEnv?: Readonly<Record<string, string | undefined>> | undefined;
}

export function createTransport(options: TransportOptions): Transport {
  if (options.transport !== undefined) return options.transport;
  if (options.dispatcher !== undefined) return createDispatcherTransport(options.dispatcher);
  if (options.fetch !== undefined) return createFetchTransport(options.fetch);
  return createHttpTransport(options);
}
