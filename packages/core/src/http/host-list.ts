import { BlockList, isIP } from "node:net";

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

function matches(entry: string, host: string, port: string): boolean {
  if (entry === "*") return true;
  const { name, port: only } = splitPort(entry);
  if (only !== undefined && only !== port) return false;
  if (isIP(host) !== 0) return matchesAddress(name, host);
  const domain = normalizeHost(name.replace(/^\*?\./, ""));
  if (domain === "") return false;
  return (host === domain && !name.startsWith("*.")) || host.endsWith(`.${domain}`);
}

// An IPv6 address has colons of its own, so its port needs brackets around the address.
function splitPort(entry: string): { name: string; port?: string } {
  const [, name, port] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  return name === undefined || port === undefined ? { name: entry } : { name, port };
}

function matchesAddress(name: string, host: string): boolean {
  const [, address = "", prefix] = /^\[?([^\]/]*)\]?(?:\/(\d+))?$/.exec(name) ?? [];
  const family = isIP(address);
  if (family === 0) return false;
  const longest = family === 4 ? 32 : 128;
  const length = prefix === undefined ? longest : Number(prefix);
  if (length > longest) return false;
  const range = new BlockList();
  range.addSubnet(address, length, family === 4 ? "ipv4" : "ipv6");
  return range.check(host, isIP(host) === 4 ? "ipv4" : "ipv6");
}

function normalizeHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
}
