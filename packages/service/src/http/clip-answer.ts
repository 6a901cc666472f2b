import type { WireClip } from "@clipcourier/core/wire";
import type { Clip } from "../catalog/clip-state.js";

/** A clip as it is sent: the keys of the original protocol first, then the extensions. */
export function answerClip(clip: Clip, baseUrl: URL): WireClip {
  const page = pageUrl(clip, baseUrl);
  const isAvailable = clip.status === "available";
  return {
    id: clip.id,
    url: page,
    preview_gif: isAvailable && clip.hasPreview ? `${page}/preview.gif` : null,
    thumbnail_url: isAvailable && clip.hasThumbnail ? `${page}/thumbnail.jpg` : null,
    status: clip.status,
    ...clip.facts,
    size: clip.size,
    mime: clip.mime,
    filename: clip.filename,
    created_on: clip.createdOn,
    video_url: isAvailable ? `${page}/video` : null,
    ...(clip.reason === null ? {} : { reason: clip.reason }),
  };
}

/** The address of a clip's watch page; it does not expire. */
function pageUrl(clip: Clip, baseUrl: URL): string {
  return new URL(`c/${clip.id}`, baseUrl).href;
}
