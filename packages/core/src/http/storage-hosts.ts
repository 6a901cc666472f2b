import { DirectUploadError } from "../errors.js";
import { isHostEntry, isInHostList } from "./host-list.js";

const thisMachine = [
  ...["localhost", "localhost.localdomain", "ip6-localhost", "ip6-loopback"],
  ...["127.0.0.0/8", "0.0.0.0/8", "::1", "::"],
  // The same ones, as IPv4 within IPv6 and behind NAT64.
  ...["::127.0.0.0/104", "64:ff9b::7f00:0/104"],
];

// Link-local addresses, at which clouds answer with the keys of a machine, and the other addresses and
// names of such services: of Amazon, Alibaba, Google, Azure and Oracle.
const thisNetwork = [
  ...["169.254.0.0/16", "fe80::/10", "::169.254.0.0/112", "64:ff9b::a9fe:0/112"],
  ...["fd00:ec2::254", "100.100.100.200", "fd20:ce::254", "168.63.129.16", "192.0.0.192"],
  ...["metadata.google.internal", "metadata.goog", "metadata", "instance-data"],
];

/** Decides to which hosts parts may be sent. */
export class StorageHosts {
  readonly #allowed: readonly string[] | undefined;
  readonly #refused: readonly string[];
  /** By scheme, host and port: the thousands of URLs of a large upload have one of them. */
  readonly #problems = new Map<string, string | null>();

  /**
   * @param allowed as in `allowedStorageHosts` of a client
   * @throws `invalid_option`
   */
  constructor(rootUrl: URL, allowed: readonly string[] | undefined) {
    for (const entry of allowed ?? []) {
      if (isHostEntry(entry)) continue;
      throw new DirectUploadError(
        "invalid_option",
        `allowedStorageHosts: ${JSON.stringify(entry)} is no host, such as "storage.example.com", ` +
          '"10.0.0.7:9000" or "10.0.0.0/8".',
      );
    }
    this.#allowed = allowed;
    // A service that is at such an address itself has its storage there, too.
    this.#refused = [thisMachine, thisNetwork].flatMap((hosts) =>
      isInHostList(rootUrl, hosts) ? [] : hosts,
    );
  }

  /** What is wrong with the host of a part URL, or `null`. */
  refuse(url: URL): string | null {
    const known = this.#problems.get(url.origin);
    if (known !== undefined) return known;
    const problem = this.#describe(url);
    this.#problems.set(url.origin, problem);
    return problem;
  }

  #describe(url: URL): string | null {
    if (this.#allowed) {
      if (isInHostList(url, this.#allowed)) return null;
      return `it leads to ${url.host}, which is not among the allowed storage hosts`;
    }
    if (!isInHostList(url, this.#refused)) return null;
    return (
      `it leads to ${url.host}, an address of this machine or of its network, and the service is ` +
      "elsewhere. If the service is right, allow the host with allowedStorageHosts or, for the " +
      "command line and the action, CLIPCOURIER_STORAGE_HOSTS"
    );
  }
}
