import type { Context } from "hono";
import type { Logger } from "pino";
import type { Auth } from "../auth/auth.js";
import type { Clips } from "../clips/clips.js";
import type { Privacy } from "../clips/privacy.js";
import type { PullRequests } from "../clips/pull-requests.js";
import type { Comparisons } from "../comparisons/comparisons.js";
import type { StatementKeys } from "../evidence/statement-keys.js";
import type { FindAccountLimits } from "../limits/account-limits.js";
import type { ClientAddresses } from "../limits/client-addresses.js";
import type { Limits } from "../limits/limits.js";
import type { LogThrottle } from "../limits/log-throttle.js";
import type { Measure } from "../metrics/measure.js";
import type { ObjectStore } from "../store/object-store.js";
import type { Uploads } from "../uploads/uploads.js";
import type { Readiness } from "./readiness.js";

/** Everything that the routes use. */
export interface Backend {
  store: ObjectStore;
  auth: Auth;
  clips: Clips;
  comparisons: Comparisons;
  uploads: Uploads;
  pullRequests: PullRequests;
  statementKeys: StatementKeys;
  readiness: Readiness;
  clients: ClientAddresses;
  limits: Limits;
  findLimits: FindAccountLimits;
  privacy: Privacy;
  logger: Logger;
  /** Where it is written who has done what; `null` for nowhere. */
  audit: Logger | null;
  measure: Measure;
  /** For what a flood of requests would write into the log again and again. */
  throttle: LogThrottle;
  /** Whether videos pass through the service where the store could send them itself. */
  streamsVideos: boolean;
  /** Seconds for which a URL of the store is valid. */
  urlLifetime: number;
  /** The largest file that is taken, in bytes. */
  maxSize: number;
  /** Who may show the player in a frame: a value of `frame-ancestors`. */
  embedFrom: string;
  /** The origin that videos are redirected to; `null` where the service sends them itself. */
  findMediaOrigin(): Promise<string | null>;
  /** The root of the addresses in the response to a request; ends with a slash. */
  baseUrlOf(request: Request): URL;
}

/** Answers one method of one path. */
export type Route = (c: Context, backend: Backend) => Response | Promise<Response>;
