import { createFetchTransport, type FetchFunction } from "./fetch-transport.js";
import type { Transport } from "./transport.js";
import type { Dispatcher } from "./undici-request.js";
import { createDispatcherTransport, createUndiciTransport } from "./undici-transport.js";

/** How the network is reached. Of `transport`, `dispatcher` and `fetch`, the first given counts. */
export interface TransportOptions {
  /** An HTTP stack of the caller's own, which the caller closes. */
  transport?: Transport | undefined;
  /**
   * An undici dispatcher of the caller's own, which the caller closes.
   *
   * @example new DirectUploadClient({ ...keys, dispatcher: new ProxyAgent("http://proxy:3128") })
   */
  dispatcher?: Dispatcher | undefined;
  /** A `fetch` of the caller's own, an editor's for example. */
  fetch?: FetchFunction | undefined;
  /**
   * Certificates of authorities to trust besides those that Node trusts (PEM).
   *
   * @example { ca: await readFile("company.pem", "utf8") }
   */
  ca?: string | readonly string[] | undefined;
  /**
   * Where `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are looked up, in the forms that
   * curl takes. `{}` connects directly.
   *
   * @default process.env
   * @example { HTTPS_PROXY: "http://user:password@proxy:3128", NO_PROXY: ".local,10.0.0.0/8" }
   */
  proxyEnv?: Readonly<Record<string, string | undefined>> | undefined;
}

export function createTransport(options: TransportOptions): Transport {
  if (options.transport !== undefined) return options.transport;
  if (options.dispatcher !== undefined) return createDispatcherTransport(options.dispatcher);
  if (options.fetch !== undefined) return createFetchTransport(options.fetch);
  return createUndiciTransport(options);
}
