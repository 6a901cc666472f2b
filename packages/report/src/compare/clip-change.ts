import type { ClipComparison, VideoDiff } from "@clipcourier/core";

/** How a clip differs from the one that its name had before. */
export interface ClipChange {
  /** As the comment names it. */
  file: string;
  oldId: string;
  newId: string;
  /** `null` where it is not known: the comparison takes longer, or has failed. */
  verdict: VideoDiff["verdict"] | null;
  /** A sentence for people. */
  summary: string;
  /** The page that plays both in step; where one is private, it opens nothing without a signature. */
  url: string;
  /** The same page for whoever has this address; only where one is private and links were asked for. */
  link?: string;
  /** When the link expires, ISO 8601, UTC. */
  linkExpires?: string;
  /** A GIF of what has changed most; `null` where there is none, and where it is not for everybody. */
  picture: string | null;
  /** How much has changed, to compare clips by: seconds, each weighed by its share of the picture. */
  amount: number;
}

/** What a comparison says of a clip. */
export function toClipChange(file: string, comparison: ClipComparison): ClipChange {
  const { oldId, newId, status, diff, reason, url, pictureUrl, placeholderUrl } = comparison;
  const summary =
    status === "pending"
      ? "It is still being compared."
      : (diff?.summary ?? `It cannot be compared: ${reason ?? "no reason was given"}`);
  return {
    ...{ file, oldId, newId, url },
    verdict: diff?.verdict ?? null,
    summary: summary.slice(0, mostCharacters),
    // A neutral picture shows nothing of what has changed.
    picture: placeholderUrl === undefined ? pictureUrl : null,
    amount: diff === null ? 0 : measure(diff),
  };
}

// Many times what a service says.
const mostCharacters = 400;

function measure({ ranges }: VideoDiff): number {
  const sizes = ranges.map(({ old, new: now, share }) => {
    const seconds = Math.max(old.to - old.from, now.to - now.from);
    // A place between two frames is one, too.
    return share * Math.max(seconds, 0.04);
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

const changed: ReadonlySet<string | null> = new Set(["changed", "longer", "shorter", "different"]);

/** Whether something is known to have changed that people see. */
export function isSeenChange({ verdict }: ClipChange): boolean {
  return changed.has(verdict);
}
