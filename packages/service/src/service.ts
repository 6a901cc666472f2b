import { type Logger, pino } from "pino";
import type { Accounts } from "./auth/accounts.js";
import { Auth } from "./auth/auth.js";
import { type GitHubOptions, parseGitHubOptions } from "./auth/github-rules.js";
import { GitHubSignIn } from "./auth/github-sign-in.js";
import { Clips } from "./clips/clips.js";
import { Locks } from "./clips/locks.js";
import { Verifier } from "./clips/verifier.js";
import { createApp } from "./http/app.js";
import type { Media } from "./media/types.js";
import type { Store } from "./store/store.js";
import { Uploads } from "./uploads/uploads.js";

const day = 24 * 60 * 60;

export interface ServiceOptions {
  store: Store;
  accounts: Accounts;
  /** Signs clip ids and access tokens. At least 32 characters; another one changes every address. */
  secret: string;
  /** The address under which clients reach the service. Default: the origin of each request. */
  publicUrl?: string;
  /** Default: no log. */
  logger?: Logger;
  /** Makes pictures and facts. Default: `null`, clips have neither. */
  media?: Media | null;
  /** The largest file that is taken, in bytes. Default: 5 TiB, as on S3. */
  maxSize?: number;
  /** Seconds that a part URL lives. Default: 6 hours. */
  urlLifetime?: number;
  /** Seconds that an access token lives. Default: 30 days. */
  tokenLifetime?: number;
  /** Which GitHub workflows sign in without a secret. Default: none. */
  github?: GitHubOptions;
}

/** The service without a socket. */
export interface Service {
  /** Answers one request; never rejects. */
  fetch(request: Request): Promise<Response>;
  /** Resolves when no verification and no media work is running. */
  settled(): Promise<void>;
  /** Stops the work that is running; what is pending goes on when the service is created again. */
  close(): Promise<void>;
}

/** Makes a service on a store, and goes on with the clips that are pending in it. */
export async function createService(options: ServiceOptions): Promise<Service> {
  const { store, accounts, secret, publicUrl, media = null } = options;
  if (secret.length < 32) throw new Error("secret: at least 32 characters are needed");
  const fixedBaseUrl = publicUrl === undefined ? null : parsePublicUrl(publicUrl);
  const logger = options.logger ?? pino({ level: "silent" });
  const clips = new Clips(store, secret);
  const locks = new Locks();
  const verifier = new Verifier({ store, clips, locks, logger, media });
  const urlLifetime = options.urlLifetime ?? day / 4;
  const uploads = new Uploads({ store, clips, locks, verifier, urlLifetime });
  const app = createApp({
    store,
    auth: new Auth({
      ...{ accounts, secret, logger, github: openGitHub(options.github, fixedBaseUrl) },
      tokenLifetime: options.tokenLifetime ?? 30 * day,
    }),
    clips,
    uploads,
    logger,
    maxSize: options.maxSize ?? 5 * 1024 ** 4,
    baseUrlOf: (request) => fixedBaseUrl ?? new URL("/", request.url),
  });
  await uploads.resumePending();
  return {
    fetch: async (request) => app.fetch(request),
    settled: () => verifier.settled(),
    async close() {
      await verifier.close();
      await media?.close();
    },
  };
}

function openGitHub(options: GitHubOptions | undefined, baseUrl: URL | null): GitHubSignIn | null {
  if (options === undefined) return null;
  return new GitHubSignIn(parseGitHubOptions(options), baseUrl?.origin);
}

function parsePublicUrl(text: string): URL {
  const url = URL.parse(text.endsWith("/") ? text : `${text}/`);
  if (url && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") return url;
  throw new Error(`publicUrl: "${text}" is not an http or https address such as https://host/`);
}
