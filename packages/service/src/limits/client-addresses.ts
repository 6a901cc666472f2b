import ipaddr from "ipaddr.js";
import { compile } from "proxy-addr";

export interface ProxyOptions {
  /**
   * Which proxies are believed when they say, in a header, for which client they ask. `true` is the
   * one proxy in front of the service, a number so many in a row, and a list the addresses or
   * subnets of proxies, such as `["loopback", "10.0.0.0/8"]`. Anyone can send the header, so nobody
   * else than a proxy of yours may be able to reach the service then.
   *
   * @default false
   */
  trustProxy?: boolean | number | readonly string[];
  /**
   * The header in which the proxy names the client.
   *
   * @default "x-forwarded-for"
   */
  proxyHeader?: string;
}

/** Finds out whose request it is, for the limits that count by address. */
export class ClientAddresses {
  /** In lower case. */
  readonly header: string;
  readonly #trusts: (address: string, hop: number) => boolean;

  /** Throws an Error whose message begins with the name of the invalid option. */
  constructor({ trustProxy = false, proxyHeader = "x-forwarded-for" }: ProxyOptions = {}) {
    if (!/^[\w-]+$/.test(proxyHeader)) {
      throw new Error(`proxyHeader: "${proxyHeader}" is not the name of a header`);
    }
    this.header = proxyHeader.toLowerCase();
    this.#trusts = parseTrust(trustProxy);
  }

  /** Whether a connection comes from a proxy that speaks for many clients. */
  isProxy(remoteAddress: string | undefined): boolean {
    return remoteAddress !== undefined && this.#trusts(remoteAddress, 0);
  }

  /**
   * The address of the client, `null` where it is unknown. An IPv6 address becomes its /64 network,
   * of which one client has all addresses.
   *
   * @param forwarded the value of `header`
   */
  find(remoteAddress: string | undefined, forwarded: string | null | undefined): string | null {
    if (remoteAddress === undefined) return null;
    let client = groupOf(remoteAddress);
    const hops = [remoteAddress, ...(forwarded?.split(",").reverse() ?? [])];
    for (const [index, hop] of hops.entries()) {
      const address = withoutPort(hop.trim());
      const group = groupOf(address);
      // What cannot be read was not written by a proxy that is trusted.
      if (group === null) break;
      client = group;
      if (!this.#trusts(address, index)) break;
    }
    return client;
  }
}

function parseTrust(trust: boolean | number | readonly string[]) {
  if (typeof trust === "boolean") return (_: string, hop: number) => trust && hop === 0;
  if (typeof trust === "number") {
    if (Number.isInteger(trust) && trust >= 0) return (_: string, hop: number) => hop < trust;
    throw new Error(`trustProxy: ${trust} is not a number of proxies`);
  }
  try {
    return compile([...trust]);
  } catch (error) {
    throw new Error(`trustProxy: ${error instanceof Error ? error.message : error}`);
  }
}

/** Some proxies add the port: `192.0.2.1:5678`, `[2001:db8::1]:5678`. */
function withoutPort(text: string): string {
  const [, bracketed, dotted] = /^(?:\[(.+)\](?::\d+)?|(\d+(?:\.\d+){3}):\d+)$/.exec(text) ?? [];
  return bracketed ?? dotted ?? text;
}

function groupOf(text: string): string | null {
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.process(text);
  if (address instanceof ipaddr.IPv4) return address.toString();
  const network = address.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(":")}::/64`;
}
