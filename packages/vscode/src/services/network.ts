import { getCACertificates } from "node:tls";
import type { TransportOptions } from "@clipcourier/core";
import { workspace } from "vscode";

// A proxy cannot reach a service on the loopback address of this machine.
const loopback = ["localhost", "127.0.0.1", "::1"];

/**
 * The network settings of the editor, as options of the client: its proxy settings and the system's
 * certificates, or its own `fetch`. That one also uses the proxies of the operating system, but it
 * is slower and reports progress only part by part.
 */
export function readNetwork(rootUrl: string): TransportOptions {
  const chosen = workspace.getConfiguration("clipcourier").get<string>("network");
  if (chosen === "editor") return { fetch: (url, init) => globalThis.fetch(url, init) };
  const http = workspace.getConfiguration("http");
  return {
    proxyEnv: readProxies(http.get("proxySupport"), http.get("proxy"), http.get("noProxy")),
    ...(http.get("systemCertificates") !== false &&
      rootUrl.startsWith("https:") && { ca: readSystemCertificates() }),
  };
}

function readProxies(
  support: string | undefined,
  proxy: string | undefined,
  noProxy: readonly string[] | undefined,
): Record<string, string> {
  if (support === "off") return {};
  const { env } = process;
  const https = proxy || env.HTTPS_PROXY || env.https_proxy || "";
  const http = proxy || env.HTTP_PROXY || env.http_proxy || "";
  const direct = noProxy?.length ? noProxy : [env.NO_PROXY || env.no_proxy || ""];
  return {
    ...(https && { HTTPS_PROXY: https }),
    ...(http && { HTTP_PROXY: http }),
    NO_PROXY: [...direct, ...loopback].filter((one) => one !== "").join(","),
  };
}

let systemCertificates: string[] | undefined;

// On some systems it takes a while to read them, so it is done once.
function readSystemCertificates(): string[] {
  systemCertificates ??= getCACertificates("system");
  return systemCertificates;
}
