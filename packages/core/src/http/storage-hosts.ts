import { DirectUploadError } from "../errors.js";
import { isInHostList } from "./host-list.js";

const thisMachine = ["localhost", "127.0.0.0/8", "0.0.0.0", "::1", "::"];

// Link-local addresses, at which clouds answer with the keys of a machine, and the other addresses and
// the name of such services.
const thisNetwork = [
  ...["169.254.0.0/16", "fe80::/10"],
  ...["fd00:ec2::254", "100.100.100.200", "metadata.google.internal"],
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
    if (allowed?.some((entry) => !/^[^\s,]+$/.test(entry))) {
      throw new DirectUploadError(
        "invalid_option",
        'allowedStorageHosts must be hosts, for example ["storage.example.com", "10.0.0.0/8"].',
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
