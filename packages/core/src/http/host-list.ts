import { BlockList, isIP } from "node:net";
import { domainToASCII } from "node:url";

/**
 * Whether the host of a URL is in a list: names, which mean their subdomains too, with or without a
 * dot or `*.` before them; addresses; ranges such as `10.0.0.0/8`; each with a port or without; `*`
 * for everything.
 */
export function isInHostList(url: URL, entries: readonly string[]): boolean {
  const host = normalizeHost(url.hostname);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return entries.some((entry) => matches(entry, host, port));
}

/** Whether an entry of such a list can match anything. */
export function isHostEntry(entry: unknown): boolean {
  if (typeof entry !== "string" || /[\s,]/.test(entry)) return false;
  const { name } = splitPort(entry);
  return name === "*" || parseRange(name) !== undefined || toDomain(name) !== "";
}

function matches(entry: string, host: string, port: string): boolean {
  const { name, port: only } = splitPort(entry);
  if (only !== undefined && only !== port) return false;
  if (name === "*") return true;
  if (isIP(host) !== 0) return matchesAddress(name, host);
  const domain = toDomain(name);
  if (domain === "") return false;
  return (host === domain && !name.startsWith("*.")) || host.endsWith(`.${domain}`);
}

// An IPv6 address has colons of its own, so its port needs brackets around the address.
function splitPort(entry: string): { name: string; port?: string } {
  const [, name, port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  return name === undefined || port === undefined ? { name: entry } : { name, port };
}

interface Range {
  address: string;
  family: "ipv4" | "ipv6";
  /** Bits. */
  length: number;
}

function parseRange(name: string): Range | undefined {
  const [, address = "", prefix] = /^\[?([^\]/]*)\]?(?:\/(\d+))?$/.exec(name) ?? [];
  const family = isIP(address);
  if (family === 0) return undefined;
  const longest = family === 4 ? 32 : 128;
  const length = prefix === undefined ? longest : Number(prefix);
  if (length > longest) return undefined;
  return { address, family: family === 4 ? "ipv4" : "ipv6", length };
}

function matchesAddress(name: string, host: string): boolean {
  const parsed = parseRange(name);
  if (!parsed) return false;
  const range = new BlockList();
  range.addSubnet(parsed.address, parsed.length, parsed.family);
  return range.check(host, isIP(host) === 4 ? "ipv4" : "ipv6");
}

/** The name without a dot or `*.` before it, as it is in URLs; an empty text where it is no name. */
function toDomain(name: string): string {
  // What would end a name in a URL is left out in silence by `domainToASCII`.
  if (/[/:@?#\\[\]]/.test(name)) return "";
  const domain = normalizeHost(domainToASCII(name.replace(/^\*?\./, "")));
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(domain) && isIP(domain) === 0 ? domain : "";
}

function normalizeHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.+$/, "");
}
