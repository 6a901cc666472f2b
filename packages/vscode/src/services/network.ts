import { getCACertificates } from "node:tls";
import type { TransportOptions } from "@clipcourier/core";
import { workspace } from "vscode";

// A service of this very machine is never behind a proxy.
const loopback = ["localhost", "127.0.0.1", "::1"];

/**
 * How the editor is set to reach the network, for the client: its proxy settings and the system's
 * certificates, or its own `fetch`, which knows the proxies of the operating system as well but is
 * slower and tells progress by whole parts.
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

// Some systems take a while to list theirs.
function readSystemCertificates(): string[] {
  systemCertificates ??= getCACertificates("system");
  return systemCertificates;
}
