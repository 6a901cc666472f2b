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
export function isBeingMade({ status, plays, playUrl, downloadUrl }: Clip): boolean {
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

/** The clip as Markdown: its picture as a link to its page, or a text link without a picture. */
export function toMarkdown(clip: Clip): string {
  const title = escapeMarkdown(titleOf(clip));
  const picture = clip.previewGif ?? clip.thumbnailUrl;
  const text = picture === null ? title : `![${title}](${picture})`;
  return `[${text}](${clip.url})`;
}

/** Escapes what Markdown would read as syntax, as a file name can hold it. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>&~]/g, "\\$&").replace(/\s+/g, " ");
}
