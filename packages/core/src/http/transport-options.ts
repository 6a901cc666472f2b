import { createFetchTransport, type FetchFunction } from "./fetch-transport.js";
import type { Transport } from "./transport.js";
import type { Dispatcher } from "./undici-request.js";
import { createDispatcherTransport, createUndiciTransport } from "./undici-transport.js";

/**
 * How the network is reached. Of `transport`, `dispatcher` and `fetch`, the first that is given is
 * used.
 */
export interface TransportOptions {
  /**
   * An HTTP stack of the caller's own, which the caller closes.
   *
   * @default undici, loaded when the first request is made
   */
  transport?: Transport | undefined;
  /**
   * An undici dispatcher of the caller's own, which the caller closes.
   *
   * @example new DirectUploadClient({ ...keys, dispatcher: new ProxyAgent("http://proxy:3128") })
   */
  dispatcher?: Dispatcher | undefined;
  /**
   * A `fetch` of the caller's own, for a host with proxy and certificate settings of its own. It
   * costs about three times the CPU, and the memory of each part that is not larger than 32 MiB.
   *
   * @example { fetch: globalThis.fetch }
   */
  fetch?: FetchFunction | undefined;
  /**
   * Certificates, as PEM, of authorities to trust besides those that Node trusts.
   *
   * @example { ca: await readFile("company.pem", "utf8") }
   */
  ca?: string | readonly string[] | undefined;
  /**
   * Where `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are looked up, in the forms that
   * curl takes. `{}` connects directly. Neither this nor `ca` is for a stack of the caller's own.
   *
   * @default process.env
   * @example { HTTPS_PROXY: "http://user:password@proxy:3128", NO_PROXY: ".local,10.0.0.0/8" }
   */
  proxyEnv?: Readonly<Record<string, string | undefined>> | undefined;
}

/** The transport that the options name. */
export function createTransport(options: TransportOptions): Transport {
  if (options.transport !== undefined) return options.transport;
  if (options.dispatcher !== undefined) return createDispatcherTransport(options.dispatcher);
  if (options.fetch !== undefined) return createFetchTransport(options.fetch);
  return createUndiciTransport(options);
}
