import type { Context } from "hono";
import type { Requester } from "../auth/auth.js";
import { isClipId } from "../clips/clip-ids.js";
import type { Backend } from "./backend.js";
import { findClient } from "./connection.js";

/** What a request has turned out to be about. */
interface Noted {
  requester?: Requester;
  clip?: string;
  isDeleted?: boolean;
  report?: NotedReport;
}

/** What was said of a pull request. */
interface NotedReport {
  /** Its address, as it is compared. */
  pullRequest: string;
  state: "open" | "closed";
}

const noted = new WeakMap<Request, Noted>();

/** The account of a request under `/me`. Throws 401. */
export async function requireAccount(c: Context, backend: Backend): Promise<string> {
  return (await requireRequester(c, backend)).account;
}

/** Whose request under `/me` it is. Throws 401. */
export async function requireRequester(c: Context, { auth }: Backend): Promise<Requester> {
  const requester = await auth.requireRequester(c.req.raw.headers);
  noted.set(c.req.raw, { requester });
  return requester;
}

/** Notes which clip a request is about, where the path does not say it. */
export function noteClip(c: Context, clip: string): void {
  noted.set(c.req.raw, { ...noted.get(c.req.raw), clip });
}

/** Notes that the clip is deleted, also where the request fails after that. */
export function noteDeleted(c: Context): void {
  noted.set(c.req.raw, { ...noted.get(c.req.raw), isDeleted: true });
}

/** Notes what a request says of a pull request. */
export function noteReport(c: Context, report: NotedReport): void {
  noted.set(c.req.raw, { ...noted.get(c.req.raw), report });
}

/**
 * Writes the line of a request that was made for an account: who has done what. It holds neither keys
 * nor signatures, and of the query nothing.
 *
 * @param route the pattern that has answered, such as `/v2.7/me/videoclips/:id`
 */
export function auditRequest(c: Context, route: string, { audit, clients }: Backend): void {
  const { requester, clip = c.req.param("id"), isDeleted, report } = noted.get(c.req.raw) ?? {};
  if (!audit || !requester) return;
  const checksum = c.req.param("checksum");
  // The older one of two clips.
  const old = c.req.param("old");
  const facts = {
    account: requester.account,
    // It was checked together with the account.
    app: c.req.header("x-pv-meta-app"),
    user: requester.user,
    subject: requester.subject,
    method: c.req.method,
    route,
    // Anything else is what somebody has made up.
    ...(clip !== undefined && isClipId(clip) && { clip }),
    ...(old !== undefined && isClipId(old) && { old }),
    ...(checksum !== undefined && /^[0-9a-f]{32}$/.test(checksum) && { checksum }),
    ...report,
    address: findClient(c, clients),
    status: c.res.status,
    ...(isDeleted && { deleted: true }),
  };
  audit.info(facts, "audit");
}
