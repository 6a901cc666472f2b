import { Worker } from "node:worker_threads";
import type { ClientOptions, TransportOptions } from "@clipcourier/core";
import { type LogOutputChannel, workspace } from "vscode";

// A proxy cannot reach a service on the loopback address of this machine.
const loopback = ["localhost", "127.0.0.1", "::1"];

/**
 * The network settings of the editor, as options of the client: its proxy settings and the system's
 * certificates, or its own `fetch`. That one also uses the proxies of the operating system, but it
 * is slower and reports progress only part by part.
 */
export async function readNetwork(
  rootUrl: string,
  log: LogOutputChannel,
): Promise<TransportOptions> {
  const chosen = workspace.getConfiguration("clipcourier").get<string>("network");
  if (chosen === "editor") return { fetch: (url, init) => globalThis.fetch(url, init) };
  const http = workspace.getConfiguration("http");
  return {
    proxyEnv: readProxies(http.get("proxySupport"), http.get("proxy"), http.get("noProxy")),
    ...(http.get("systemCertificates") !== false &&
      rootUrl.startsWith("https:") && { ca: await readSystemCertificates(log) }),
  };
}

/** The hosts to which parts may be sent; none where the client decides by itself. */
export function readStorageHosts(): Pick<ClientOptions, "allowedStorageHosts"> {
  const hosts = workspace.getConfiguration("clipcourier").get<unknown>("allowedStorageHosts");
  // The editor does not hold a settings file to its schema. What is no host, the client refuses.
  const allowedStorageHosts = hosts == null ? [] : ([hosts].flat() as string[]);
  return allowedStorageHosts.length === 0 ? {} : { allowedStorageHosts };
}

function readProxies(
  support: string | undefined,
  proxy: string | undefined,
  noProxy: readonly string[] | undefined,
): Record<string, string | undefined> {
  if (support === "off") return {};
  const read = (name: string) => process.env[name] || process.env[name.toUpperCase()];
  const direct = noProxy?.length ? noProxy : [read("no_proxy") ?? ""];
  const no_proxy = [...direct, ...loopback].filter((one) => one !== "").join(",");
  // To the editor `socks` is SOCKS5, which the client takes by its full name only.
  if (proxy) return { all_proxy: proxy.replace(/^socks:/i, "socks5:"), no_proxy };
  const names = ["https_proxy", "http_proxy", "all_proxy"];
  return { ...Object.fromEntries(names.map((name) => [name, read(name)])), no_proxy };
}

let systemCertificates: Promise<string[]> | undefined;

// They are read once, and in a thread: on some systems that takes seconds, in which no extension
// could do anything.
function readSystemCertificates(log: LogOutputChannel): Promise<string[]> {
  systemCertificates ??= runInThread<string[]>(
    'require("node:tls").getCACertificates("system")',
  ).catch((error: unknown) => {
    // One certificate that Node cannot decode is enough for it.
    log.warn(`The certificates of the system could not be read: ${String(error)}`);
    return [];
  });
  return systemCertificates;
}

/** The value of an expression, which is computed in a thread. */
async function runInThread<T>(expression: string): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const code = `require("node:worker_threads").parentPort.postMessage(${expression})`;
  const worker = new Worker(code, { eval: true });
  worker.once("message", resolve);
  worker.once("error", reject);
  return promise;
}
