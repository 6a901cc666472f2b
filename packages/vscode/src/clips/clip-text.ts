import type { Clip } from "@clipcourier/core";

/** The title of a clip: the name of its file, or its id when the service does not give the name. */
export function titleOf(clip: Clip): string {
  return clip.filename ?? clip.id;
}

/** When a clip was made, in milliseconds since 1970; `undefined` where the service tells no date. */
export function madeAt({ createdOn = "" }: Clip): number | undefined {
  const time = Date.parse(createdOn);
  return Number.isNaN(time) ? undefined : time;
}

/** Whether the service is making what browsers play of an available clip. */
export function isBeingMade({ status, asset, plays, playUrl, downloadUrl }: Clip): boolean {
  if (asset === "photo") return false;
  // A service without these facts has only the video itself.
  const isTold = downloadUrl !== undefined;
  return status === "available" && isTold && plays === undefined && playUrl === undefined;
}

/** Whether the service is still at work on a clip, so that it is asked again. */
export function isAwaited(clip: Clip): boolean {
  return clip.status === "pending" || isBeingMade(clip);
}

/** The address of what a player should take; `undefined` where there is nothing that plays. */
export function findPlayable({ videoUrl, playUrl, downloadUrl }: Clip): string | undefined {
  return downloadUrl === undefined ? videoUrl : playUrl;
}

/**
 * The address of a thumbnail that everybody can load, of a photo without one that of the picture itself;
 * `undefined` of a private clip.
 */
export function findThumbnail(clip: Clip): string | undefined {
  const { thumbnailUrl, photoUrl, placeholderUrl } = clip;
  return placeholderUrl === undefined ? (thumbnailUrl ?? photoUrl) : undefined;
}

/**
 * The pictures for a text that others read: of a photo the picture itself, which may move, and of a private
 * clip a neutral one.
 */
export function findPictures(clip: Clip): { preview: string | null; thumbnail: string | null } {
  const { previewGif, photoUrl, thumbnailUrl, placeholderUrl } = clip;
  const preview = previewGif ?? photoUrl ?? null;
  return {
    preview: placeholderUrl ?? preview,
    thumbnail: placeholderUrl ?? thumbnailUrl ?? photoUrl ?? null,
  };
}

/** The clip as Markdown: its picture as a link to its page, or a text link without a picture. */
export function toMarkdown(clip: Clip): string {
  const title = escapeMarkdown(titleOf(clip));
  const { preview, thumbnail } = findPictures(clip);
  const picture = preview ?? thumbnail;
  const text = picture === null ? title : `![${title}](${picture})`;
  return `[${text}](${clip.url})`;
}

/** Escapes what Markdown would read as syntax, as a file name can hold it. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>&~]/g, "\\$&").replace(/\s+/g, " ");
}

/** Whether an editor of the clip has another page now than before. */
export function hasChanged(before: Clip, now: Clip): boolean {
  const names = ["status", "thumbnailUrl", "playUrl", "photoUrl", "plays"] as const;
  return names.some((name) => before[name] !== now[name]);
}
