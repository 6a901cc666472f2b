import type { Context } from "hono";
import type { Logger } from "pino";
import type { Auth } from "../auth/auth.js";
import type { Clips } from "../clips/clips.js";
import type { ObjectStore } from "../store/object-store.js";
import type { Uploads } from "../uploads/uploads.js";

/** Everything that the routes use. */
export interface Backend {
  store: ObjectStore;
  auth: Auth;
  clips: Clips;
  uploads: Uploads;
  logger: Logger;
  /** The largest file that is taken, in bytes. */
  maxSize: number;
  /** The root of the addresses in the response to a request; ends with a slash. */
  baseUrlOf(request: Request): URL;
}

/** Answers one method of one path. */
export type Route = (c: Context, backend: Backend) => Response | Promise<Response>;
