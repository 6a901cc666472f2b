import { DirectUploadError } from "./errors.js";
import { checkRetryOptions, type RetryOptions } from "./http/retry-options.js";
import type { StallLimits } from "./http/stall-guard.js";
import type { TransportOptions } from "./http/transport-options.js";
import { requireMilliseconds } from "./options.js";
import { type Credentials, checkCredentials } from "./protocol/authorization.js";

/** What a `DirectUploadClient` is made with. */
export interface ClientOptions extends Credentials, TransportOptions {
  /**
   * The URL under which the protocol's paths hang, with its version, with or without a slash at
   * its end. There is no default.
   *
   * @example { rootUrl: "https://clips.example.com/v2.7" }
   */
  rootUrl: string | URL;
  /**
   * How failed requests are made again.
   *
   * @default six attempts; 60 seconds for a peer that is out of reach
   * @example { retry: { outage: 10 * 60_000 } }
   */
  retry?: RetryOptions | undefined;
  /**
   * Milliseconds for which the service may be silent while an API call waits for its answer. Parts
   * have `stallTimeout`, which is an option of each upload.
   *
   * @default 60_000
   */
  silenceTimeout?: number | undefined;
  /**
   * Milliseconds that one request of an API call may take in all, even while its answer arrives.
   *
   * @default 300_000
   */
  requestTimeout?: number | undefined;
  /**
   * The hosts to which parts may be sent: names, which mean their subdomains too, addresses, and
   * ranges of addresses; each with a port or without. A service that names another one in a part URL
   * is refused with `bad_answer`, and nothing is sent. Names are not looked up.
   *
   * @default all but those of this machine (loopback) and of its link (such as 169.254.169.254, where
   *   a cloud gives away keys), which are allowed only where the service is there itself
   * @example { allowedStorageHosts: ["s3.eu-central-1.amazonaws.com", "10.0.0.0/8"] }
   */
  allowedStorageHosts?: readonly string[] | undefined;
  /**
   * A folder in which the client records which parts are stored, so that a later run can resume an
   * upload to a service that does not report them.
   *
   * @default none: an upload is resumed only where the service reports its parts
   * @example { stateFolder: join(homedir(), ".local/state/my-program") }
   */
  stateFolder?: string | undefined;
  /**
   * Whether the state folder also keeps the checksum of each file, so that a file with the same
   * path, inode, size and times is not hashed again. Needs `stateFolder`.
   *
   * @default false
   */
  fingerprintCache?: boolean | undefined;
  /**
   * Called with everything that must never be shown, as soon as it is known: the app's secret,
   * passwords, the keys and tokens of sessions, ID tokens, and the signatures of part URLs. A CI
   * runner can mask it in its logs. It must not throw.
   *
   * @default none
   * @example { onSecret: (secret) => core.setSecret(secret) } // of @actions/core
   */
  onSecret?: ((secret: string) => void) | undefined;
}

/**
 * Checks everything but the root URL. Returns the limits of each API call.
 *
 * @throws `invalid_option`
 */
export function checkClientOptions(options: ClientOptions): StallLimits {
  checkCredentials(options);
  const { retry = {}, stateFolder, fingerprintCache = false } = options;
  checkRetryOptions(retry);
  if (fingerprintCache && stateFolder === undefined) {
    throw new DirectUploadError("invalid_option", "fingerprintCache needs a stateFolder.");
  }
  const { silenceTimeout = 60_000, requestTimeout = 300_000 } = options;
  return {
    silence: requireMilliseconds("silenceTimeout", silenceTimeout),
    total: requireMilliseconds("requestTimeout", requestTimeout),
  };
}
