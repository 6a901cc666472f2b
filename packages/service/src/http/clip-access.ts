import type { Context } from "hono";
import type { Clip } from "../catalog/clip-state.js";
import type { LinkScope } from "../clips/clip-link.js";
import { HttpError } from "../http-error.js";
import type { Unseen } from "../watch/unseen.js";
import type { Backend } from "./backend.js";

/** A clip that a request may see. */
export interface SeenClip {
  clip: Clip;
  /** Until when its link is good, in seconds since 1970; `null` where it needs none. */
  expires: number | null;
}

/** An answer that stays true for no longer than the request, such as that there is no such clip. */
export const notStored = "no-store";

/** Browsers may keep what a link has opened, and ask each time whether the link is still good. */
const keptWithLink = "private, no-cache";

/** For an address at which something else may be later. */
export const changing = "no-cache";

/** The clip of a public address, where everybody may see it or the request has a link that opens it. */
export async function findSeen(
  c: Context,
  { clips, privacy }: Backend,
  scope: LinkScope,
  id = c.req.param("id"),
): Promise<SeenClip | Unseen> {
  const clip = await clips.find(id ?? "");
  if (!clip) return "missing";
  const { expires, signature } = c.req.query();
  const admission = privacy.admit(clip, scope, { expires, signature });
  switch (admission.kind) {
    case "public":
      return { clip, expires: null };
    case "signed":
      return { clip, expires: admission.expires };
    case "expired":
      return "expired";
    case "refused":
      return "missing";
  }
}

/** As {@link findSeen}, of a clip whose files are there. Throws 404, and 403 for a link that has expired. */
export async function requireAvailable(
  c: Context,
  backend: Backend,
  scope: LinkScope = "clip",
): Promise<SeenClip> {
  const seen = await findSeen(c, backend, scope);
  if (typeof seen === "string") throw nothingToSee(seen);
  if (seen.clip.status !== "available") throw nothingToSee("missing");
  return seen;
}

/** Of a clip that is private nothing is kept where others get it, also where its pictures are shown. */
export function cachingOf(
  { clip, expires }: SeenClip,
  whenPublic: string,
  { privacy }: Backend,
): string {
  if (expires !== null) return keptWithLink;
  return privacy.isPrivate(clip) ? changing : whenPublic;
}

/** For an address of a clip or below it, where there is nothing to send. */
export function nothingToSee(why: Unseen, headers: Record<string, string> = {}): HttpError {
  const kept = { ...headers, "Cache-Control": notStored };
  return why === "expired"
    ? new HttpError(
        403,
        "This link has expired, and the clip is private: ask for a new link.",
        kept,
      )
    : new HttpError(
        404,
        "There is no such clip, it is not available yet, or it needs a signed link.",
        kept,
      );
}
