import type { Logger } from "pino";
import type { Accounts } from "./auth/accounts.js";
import type { GitHubOptions } from "./auth/keyless/github-rules.js";
import type { SignInRules } from "./auth/keyless/sign-in-rules.js";
import type { AccountLimitsOptions } from "./limits/account-limits.js";
import type { ProxyOptions } from "./limits/client-addresses.js";
import type { Limits } from "./limits/limits.js";
import type { Media } from "./media/types.js";
import type { Measure } from "./metrics/measure.js";
import type { ObjectStore } from "./store/object-store.js";
import type { WebhookOptions } from "./webhooks/endpoints.js";

export interface ServiceOptions extends ProxyOptions, AccountLimitsOptions {
  /** Holds the clips, such as a `FolderStore`. */
  store: ObjectStore;
  /** Who may sign in, such as `openAccounts(store)`. */
  accounts: Accounts;
  /**
   * At least 32 characters. It signs access tokens, and clip ids are derived from it: with another
   * secret every clip has another address and everybody has to sign in again.
   */
  secret: string;
  /**
   * The http or https address under which clients reach the service, such as
   * `https://clips.example.com/`, for instance behind a proxy.
   *
   * @default the origin of each request
   */
  publicUrl?: string;
  /**
   * A pino logger. Clips and sign-ins are logged at level `info`, crashes at `error`, and each
   * request at `debug`. Secrets, tokens and URL signatures are never logged.
   *
   * @default no log
   */
  logger?: Logger;
  /**
   * A pino logger for who has made, listed and deleted what: one line at level `info`, with the message
   * `audit`, for each request under `/me`, and for each clip that is deleted because its days are over.
   * Secrets, tokens and URL signatures are never in it.
   *
   * @default none
   */
  audit?: Logger;
  /**
   * Makes thumbnails, previews and facts, as `createMedia` does. With `null` clips have none.
   *
   * @default null
   */
  media?: Media | null;
  /**
   * The largest file, in bytes. A larger one is refused with 400 before anything is sent.
   *
   * @default 5 * 1024 ** 4 (5 TiB, as on S3)
   */
  maxSize?: number;
  /**
   * Seconds for which a part URL is valid. After that a client asks for new ones and continues.
   *
   * @default 21_600 (6 hours)
   */
  urlLifetime?: number;
  /**
   * Whether videos pass through the service. By default they do only on a folder: a bucket sends them
   * itself, from an address that the service redirects to.
   *
   * @default false
   */
  streamVideos?: boolean;
  /**
   * The origins of the pages that may show the player (`/c/<id>/embed`) in a frame, such as
   * `https://wiki.example.com` or `https://*.example.com`. `["*"]` stands for every page, `[]` for none.
   * The other pages are shown in no frame.
   *
   * @default ["*"]
   */
  embedFrom?: readonly string[];
  /**
   * Seconds for which an access token is valid. Keyless sign-in gets one hour at most.
   *
   * @default 2_592_000 (30 days)
   */
  tokenLifetime?: number;
  /**
   * Which jobs of CI systems may sign in without a secret, with their ID tokens. Needs `publicUrl` or
   * an `audience` for each issuer.
   *
   * @default none
   */
  signInRules?: SignInRules;
  /**
   * A short form of `signInRules` for GitHub alone. Both may be given; these rules come first.
   *
   * @default none
   */
  github?: GitHubOptions;
  /** Replaces some of the limits; each has its own default. */
  limits?: Partial<Limits>;
  /**
   * Who is told of clips that become available, fail or are deleted. Needs `publicUrl`.
   *
   * @default nobody
   */
  webhooks?: WebhookOptions;
  /**
   * Whether the store remembers that clips are kept by this service's `retentionDays` and
   * `pullRequestDays` from now on. With `false` they are kept by those that other processes have
   * recorded, and by its own only where none have: for a program that starts a service for a moment on
   * the folder of another one.
   *
   * @default true
   */
  recordRetention?: boolean;
  /**
   * Called with everything that is counted, such as each request. It must not throw.
   *
   * @default nothing is counted
   */
  measure?: Measure;
}
