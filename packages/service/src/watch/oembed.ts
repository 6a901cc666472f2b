import { type ClipView, stageOf, titleOf } from "./clip-view.js";
import { embedCode, playerSize } from "./embed-code.js";

// Where a consumer says nothing.
const usualRoom = { width: 1280, height: 720 };

/** The most that a consumer has room for, in pixels; Infinity where it does not say. */
export interface OembedRoom {
  width: number;
  height: number;
}

/** The answer of the oEmbed endpoint, as https://oembed.com describes it. */
export function describeOembed(view: ClipView, baseUrl: URL, room: OembedRoom): object {
  const { clip } = view;
  const common = {
    version: "1.0",
    title: titleOf(clip),
    provider_name: "Clipcourier",
    provider_url: baseUrl.href,
    ...describeThumbnail(view, room),
  };
  const stage = stageOf(clip);
  if (stage === "showing") return { ...describePhoto(view, room), ...common };
  if (stage !== "playing" && stage !== "making") return { type: "link", ...common };
  const most = {
    width: Math.min(room.width, usualRoom.width),
    height: Math.min(room.height, usualRoom.height),
  };
  return { type: "video", ...common, ...playerSize(view, most), html: embedCode(view, most) };
}

/** The picture, or what is smaller of it; where that has no room either, a link. */
function describePhoto({ clip, thumbnailSize }: ClipView, room: OembedRoom): object {
  const { width, height } = clip;
  const whole = width && height ? { url: clip.photo_url, width, height } : null;
  const smaller = thumbnailSize && { url: clip.thumbnail_url, ...thumbnailSize };
  const shown = [whole, smaller].find(
    (picture) => picture?.url && picture.width <= room.width && picture.height <= room.height,
  );
  return shown ? { type: "photo", ...shown } : { type: "link" };
}

/** A picture that has no room is left out: there is one size of it. */
function describeThumbnail({ clip, thumbnailSize: size }: ClipView, room: OembedRoom): object {
  if (!clip.thumbnail_url || !size) return {};
  if (size.width > room.width || size.height > room.height) return {};
  return {
    thumbnail_url: clip.thumbnail_url,
    thumbnail_width: size.width,
    thumbnail_height: size.height,
  };
}
