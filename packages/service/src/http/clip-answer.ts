import type { WireClip } from "@clipcourier/core/wire";
import type { Clip } from "../catalog/clip-state.js";
import { playableOf } from "./clip-video.js";

/** A clip as it is sent: the keys of the original protocol first, then the extensions. */
export function answerClip(clip: Clip, baseUrl: URL): WireClip {
  const page = pageUrl(clip, baseUrl);
  const isAvailable = clip.status === "available";
  const fileUrl = (exists: boolean, name: string) =>
    isAvailable && exists ? `${page}/${name}` : null;
  const { audioCodec, ...facts } = clip.facts;
  return {
    id: clip.id,
    url: page,
    preview_gif: fileUrl(clip.hasPreview, "preview.gif"),
    thumbnail_url: fileUrl(clip.hasThumbnail, "thumbnail.jpg"),
    status: clip.status,
    ...facts,
    size: clip.size,
    mime: clip.mime,
    filename: clip.filename,
    created_on: clip.createdOn,
    video_url: fileUrl(true, "video"),
    download_url: fileUrl(true, "download"),
    plays: isAvailable ? describePlays(clip) : null,
    play_url: fileUrl(mayPlay(clip), playableOf(clip).name),
    preview_webp: fileUrl(clip.hasWebp, "preview.webp"),
    storyboard: fileUrl(clip.storyboard !== null, "storyboard.vtt"),
    preview_of: isAvailable ? clip.previewOf : null,
    audio_codec: audioCodec,
    thumbnail_time: clip.thumbnailTime,
    notes: isAvailable ? [...clip.notes, ...describePlayback(clip)] : [],
    ...(clip.keptFor && { kept_for: "pull request" as const }),
    ...(clip.reason === null ? {} : { reason: clip.reason }),
  };
}

/** The address of a clip's watch page; it does not expire. */
function pageUrl(clip: Clip, baseUrl: URL): string {
  return new URL(`c/${clip.id}`, baseUrl).href;
}

/** Where nothing is known about a video, a player may try it. */
function mayPlay({ playback: { kind } }: Clip): boolean {
  return kind !== "waiting" && kind !== "never";
}

function describePlays({ playback }: Clip): NonNullable<WireClip["plays"]> | null {
  switch (playback.kind) {
    case "as-is":
      return "everywhere";
    case "rendition":
      return "rendition";
    case "never":
      return "download only";
    case "waiting":
    case "unknown":
      return null;
  }
}

function describePlayback({ playback }: Clip): string[] {
  switch (playback.kind) {
    case "waiting":
      return [playback.reason, "A version that they play is being made."];
    case "rendition":
      return [playback.reason, "What plays was made of it; the download is the original."];
    case "never":
      return [playback.reason];
    case "as-is":
    case "unknown":
      return [];
  }
}
