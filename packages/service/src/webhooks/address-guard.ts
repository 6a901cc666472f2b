import { type LookupAddress, type LookupOptions, lookup as lookUp } from "node:dns";
import type { LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import proxyAddr from "proxy-addr";

/** Whether something may be sent to an IP address. */
export type AddressGuard = (address: string) => boolean;

/** Looks a name up, as `dns.lookup` with `all` does. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

// Public by its number, but the metadata of machines in Azure.
const metadata = "168.63.129.16";

/**
 * Lets public addresses through, and those of `allow`: not this machine, not its network, and not the
 * metadata of a cloud, whatever way an IPv4 address is written in IPv6.
 *
 * @throws Error for what is no address, network or name of these
 */
export function createAddressGuard(allow: readonly string[]): AddressGuard {
  const isAllowed = proxyAddr.compile([...allow]);
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const plain = ipaddr.process(address);
    const text = plain.toString();
    if (allow.length > 0 && isAllowed(text, 0)) return true;
    return plain.range() === "unicast" && text !== metadata && !isDeprecated(plain);
  };
}

/** `::a.b.c.d`, which some systems still take for an IPv4 address. */
function isDeprecated(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address instanceof ipaddr.IPv6 && address.parts.slice(0, 6).every((part) => part === 0);
}

export class ForbiddenAddressError extends Error {
  override readonly name = "ForbiddenAddressError";

  constructor() {
    super("The address is not public, and not one of those that are allowed.");
  }
}

/**
 * Looks names up, and fails where one of the addresses is forbidden. The connection then goes to one of
 * those that were checked: no second lookup can give others.
 */
export function guardLookup(guard: AddressGuard, resolve: Resolve = lookUp): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) return callback(error ?? new Error("The name has no address."), []);
      if (!addresses.every(({ address }) => guard(address))) {
        return callback(new ForbiddenAddressError(), []);
      }
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
