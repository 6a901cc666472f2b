import type { Clip } from "@clipcourier/core";

/** The title of a clip: the name of its file, or its id when the service does not give the name. */
export function titleOf(clip: Clip): string {
  return clip.filename ?? clip.id;
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
