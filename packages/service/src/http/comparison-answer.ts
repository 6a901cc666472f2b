import type { VideoDiff, WireComparison } from "@clipcourier/core/wire";
import type { Clip } from "../catalog/clip-state.js";
import { comparisonPicture } from "../catalog/comparison-picture.js";
import type { ComparisonState } from "../catalog/comparison-state.js";
import { olderIsGone } from "../clips/forget-comparisons.js";
import { placeholderPath } from "../watch/placeholder.js";
import type { AddressOptions } from "./clip-answer.js";

/** A comparison with its two clips. */
export interface ShownComparison {
  clip: Clip;
  /** `null` where it is gone. */
  old: Clip | null;
  comparison: ComparisonState;
  diff: VideoDiff | null;
}

/** A comparison as it is sent. */
export function answerComparison(shown: ShownComparison, options: AddressOptions): WireComparison {
  const { clip, old, comparison, diff } = shown;
  const { status, reason } = settle(shown);
  const isReady = old !== null && status === "ready";
  return {
    old_id: comparison.old,
    new_id: clip.id,
    status,
    created_on: comparison.askedOn,
    ignore: comparison.ignore,
    tolerance: comparison.tolerance,
    diff: isReady ? diff : null,
    reason,
    picture_url:
      isReady && comparison.hasPicture
        ? comparisonAddress(clip, old, comparisonPicture(clip).ending, options)
        : null,
    url: old
      ? comparisonAddress(clip, old, "", options)
      : new URL(`c/${clip.id}/compare/${comparison.old}`, options.baseUrl).href,
    // Without the older clip no address is signed, so that none expires.
    ...describePrivacy(clip, old ?? clip, old ? options : { ...options, expires: null }),
  };
}

/** What can no longer be shown has failed, whatever its state says. */
function settle({
  old,
  comparison: { status, reason },
  diff,
}: ShownComparison): Pick<WireComparison, "status" | "reason"> {
  if (status === "failed") return { status, reason };
  if (!old) return { status: "failed", reason: olderIsGone };
  if (status === "ready" && !diff) {
    return { status: "failed", reason: "What was stored of it was damaged. Ask for it again." };
  }
  return { status, reason };
}

/**
 * The address of the Compare view of two clips, or with an ending that of what is told of them. It is
 * signed where one of them is private, and until when is given.
 */
export function comparisonAddress(
  clip: Clip,
  old: Clip,
  ending: "" | ".json" | ".gif" | ".png",
  { baseUrl, privacy, expires = null }: AddressOptions,
): string {
  const { href } = new URL(`c/${clip.id}/compare/${old.id}${ending}`, baseUrl);
  const pair = { now: clip, old };
  const scope = ending === ".gif" || ending === ".png" ? "pictures" : "clip";
  if (expires === null || !privacy.pairNeedsLink(pair, scope)) return href;
  return `${href}?${privacy.signPair(pair, expires)}`;
}

function describePrivacy(
  clip: Clip,
  old: Clip,
  { baseUrl, privacy, expires = null }: AddressOptions,
): Partial<WireComparison> {
  if (!privacy.isPrivate(clip) && !privacy.isPrivate(old)) return {};
  const hasPlaceholder = privacy.pairNeedsLink({ now: clip, old }, "pictures");
  return {
    private: true,
    ...(hasPlaceholder && { placeholder_url: new URL(placeholderPath, baseUrl).href }),
    ...(expires !== null && { expires_on: new Date(expires * 1000).toISOString() }),
  };
}
