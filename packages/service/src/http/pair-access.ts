import type { Context } from "hono";
import type { Clip } from "../catalog/clip-state.js";
import type { ComparisonState } from "../catalog/comparison-state.js";
import type { LinkScope } from "../clips/clip-link.js";
import { isOf } from "../comparisons/comparisons.js";
import type { Unseen } from "../watch/unseen.js";
import type { Backend } from "./backend.js";

/** Two clips that a request may see, and what is known of how they differ. */
export interface SeenPair {
  clip: Clip;
  old: Clip;
  /** `null` where nobody has asked for it. */
  comparison: ComparisonState | null;
  /** Until when its link is good, in seconds since 1970; `null` where it needs none. */
  expires: number | null;
}

/** The clips of `/c/<new>/compare/<old>`, where everybody may see both or the request has a link that opens both. */
export async function findSeenPair(
  c: Context,
  { clips, comparisons, privacy }: Backend,
  scope: LinkScope,
): Promise<SeenPair | Unseen> {
  const [oldId = ""] = (c.req.param("file") ?? c.req.param("old") ?? "").split(".");
  const [clip, old] = [await clips.find(c.req.param("id") ?? ""), await clips.find(oldId)];
  if (!clip || !old || clip.id === old.id) return "missing";
  const { expires, signature } = c.req.query();
  const admission = privacy.admitPair({ now: clip, old }, scope, { expires, signature });
  if (admission.kind === "refused") return "missing";
  if (admission.kind === "expired") return "expired";
  const comparison = await comparisons.findIn(clip, (each) => isOf(each, old));
  return { clip, old, comparison, expires: admission.kind === "signed" ? admission.expires : null };
}

/** The caching of an answer about both. Nothing of private clips is kept where others get it. */
export function pairCaching(
  { clip, old, expires }: SeenPair,
  whenPublic: string,
  { privacy }: Backend,
): string {
  if (expires !== null) return "private, no-cache";
  return privacy.isPrivate(clip) || privacy.isPrivate(old) ? "no-cache" : whenPublic;
}
