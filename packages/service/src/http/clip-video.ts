import type { Clip } from "../catalog/clip-state.js";
import type { ClipFile } from "../catalog/keys.js";
import { extensionOf } from "./content-types.js";

/** The file of a clip that players get. */
export interface PlayableFile {
  file: Extract<ClipFile, "content" | "rendition.mp4">;
  /** The media type. */
  type: string;
  /** The name in its address: `video.mp4`. */
  name: string;
  /** Whether this stays so. */
  isFinal: boolean;
}

/** What there is to play: the rendition where there is one, else the original. */
export function playableOf({ playback, mime }: Clip): PlayableFile {
  if (playback.kind === "rendition") {
    return { file: "rendition.mp4", type: "video/mp4", name: "video.mp4", isFinal: true };
  }
  const isFinal = playback.kind === "as-is";
  return { file: "content", type: mime, name: `video.${extensionOf(mime)}`, isFinal };
}

/** Whether there is no doubt that browsers play it. */
export function isKnownToPlay({ playback }: Clip): boolean {
  return playback.kind === "as-is" || playback.kind === "rendition";
}
