import { DirectUploadError, isDirectUploadError } from "../errors.js";
import { Secrets } from "../redact.js";
import { describeNetworkFailure } from "./network-failure.js";
import { isDirect } from "./no-proxy.js";

export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/** The proxy that a request goes through. */
export interface ProxyServer {
  /** The variable that names it, for messages. */
  variable: string;
  /** With user and password. */
  url: string;
  /** Scheme, host and port: what may be shown. */
  origin: string;
}

/**
 * The proxy for a URL, in the forms that curl takes: a scheme in any case or none, user and
 * password, `http`, `https`, `socks5` and `socks5h`. Where curl takes port 1080, a URL without a
 * port means the scheme's own here, as it does to nearly all other programs.
 *
 * @throws `invalid_option`, with the variable's name and without its value, for any other
 */
export function findProxy(url: URL, env: ProxyEnvironment): ProxyServer | undefined {
  const scheme = url.protocol.slice(0, -1);
  const found = findVariable(env, `${scheme}_proxy`) ?? findVariable(env, "all_proxy");
  if (found === undefined || isDirect(url, findVariable(env, "no_proxy")?.value)) return undefined;
  return parseProxy(found.name, found.value);
}

// As curl has it, lower case goes before upper case, and an empty variable is none.
function findVariable(
  env: ProxyEnvironment,
  lowerCase: string,
): { name: string; value: string } | undefined {
  for (const name of [lowerCase, lowerCase.toUpperCase()]) {
    const value = env[name];
    if (value) return { name, value };
  }
  return undefined;
}

const schemes = ["http", "https", "socks5", "socks5h"];

function parseProxy(variable: string, value: string): ProxyServer {
  const end = value.indexOf("://");
  const scheme = end < 0 ? "http" : value.slice(0, end).toLowerCase();
  const rest = end < 0 ? value : value.slice(end + 3);
  // Without a scheme there is a host before the first slash.
  if (/\s/.test(value) || /^(?:\/|$|[a-z][a-z0-9+.-]*:\/)/i.test(rest)) {
    throw describeBadProxy(variable, "is not the URL of a proxy");
  }
  if (!schemes.includes(scheme)) {
    throw describeBadProxy(variable, `names a ${scheme} proxy, which is not supported`);
  }
  // undici has one name for SOCKS5 and leaves the look-up of names to the proxy.
  const known = scheme.replace("socks5h", "socks5");
  const text = `${known}://${rest}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === "") {
    throw describeBadProxy(variable, "is not the URL of a proxy");
  }
  for (const part of ["username", "password"] as const) url[part] = escapeStrayPercents(url[part]);
  const auth = url.username || url.password ? `${url.username}:${url.password}@` : "";
  return {
    variable,
    url: `${known}://${auth}${url.host}`,
    origin: `${known}://${url.host}`,
  };
}

// A password may hold a percent sign that was not meant as an escape.
function escapeStrayPercents(text: string): string {
  return text.replace(/%(?![0-9a-f]{2})/gi, "%25");
}

function describeBadProxy(variable: string, problem: string): DirectUploadError {
  return new DirectUploadError(
    "invalid_option",
    `${variable} ${problem}. Give it as http://host:port, with user:password@ before the host where they are needed; https, socks5 and socks5h are supported too.`,
  );
}

/** The error of a request that went through a proxy: it names the proxy, never its password. */
export function describeProxyFailure(error: unknown, proxy: ProxyServer, url: string): unknown {
  if (isDirectUploadError(error) || !(error instanceof Error) || error.name === "TimeoutError") {
    return error;
  }
  const { username, password } = new URL(proxy.url);
  const secrets = new Secrets([password, `${username}:${password}`]);
  const status = readProxyStatus(error);
  if (status === undefined) {
    return describeNetworkFailure(
      error,
      `${new URL(url).host} through the proxy ${proxy.origin}`,
      secrets,
    );
  }
  const remedy =
    status === 407
      ? `Check the user and the password in ${proxy.variable}.`
      : "Ask whoever runs the proxy, or see its log.";
  return new DirectUploadError(
    "network",
    `The proxy ${proxy.origin} refused to connect to ${new URL(url).host} (${status}). ${remedy}`,
    { retryable: status >= 500 },
  );
}

// undici has the status of a refusal in the text alone.
function readProxyStatus({ message }: Error): number | undefined {
  const [, tunnel, forwarded] =
    /^Proxy response \((\d{3})\)|^Proxy Authentication Required \((\d{3})\)/.exec(message) ?? [];
  const status = tunnel ?? forwarded;
  return status === undefined ? undefined : Number(status);
}
