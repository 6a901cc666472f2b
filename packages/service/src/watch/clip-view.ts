import type { WireClip } from "@clipcourier/core/wire";
import type { StoryboardLayout } from "../catalog/clip-state.js";

/** What the pages of a clip show. */
export interface ClipView {
  /** Of a private clip, with addresses that are signed. */
  clip: WireClip;
  /** Where the player is going to find what plays, as long as that is being made. */
  renditionPath: string;
  /** Where the tiles of the storyboard are. */
  tilesPath: string;
  /** Whether there is no doubt that browsers play it. */
  isKnownToPlay: boolean;
  /** The media type of what plays. */
  playType: string;
  /** Pixels of the thumbnail; `null` where it is not known. */
  thumbnailSize: { width: number; height: number } | null;
  storyboard: StoryboardLayout | null;
  /** The second that the address asks for. */
  start: number | null;
  /** The path of the service's root, with its closing slash. */
  root: string;
  embedUrl: string;
  oembedUrl: string;
}

/**
 * `playing`: there is a player; `showing`: it is a photo; `making`: what plays is being made;
 * `unplayable`: there is only the download.
 */
export type ClipStage = "pending" | "failed" | "making" | "unplayable" | "playing" | "showing";

export function stageOf({
  status,
  plays,
  play_url: playUrl,
  photo_url: photo,
}: WireClip): ClipStage {
  if (status !== "available") return status;
  if (photo) return "showing";
  if (playUrl) return "playing";
  return plays === "download only" ? "unplayable" : "making";
}

/** The name of a clip for people. What turns the direction of writing could disguise the ending. */
export function titleOf({ filename }: WireClip): string {
  return filename?.replace(/\p{Bidi_Control}/gu, "\u{fffd}") ?? "Clip";
}

/** What a clip is for people: `picture` or `video`. */
export function kindOf({ asset }: WireClip): "picture" | "video" {
  return asset === "photo" ? "picture" : "video";
}

/** Without the host, so that a video plays under whichever address its page was opened. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
