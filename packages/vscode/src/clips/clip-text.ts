import type { Clip } from "@clipcourier/core";

/** What a person calls a clip: its file's name, or its id where the service tells none. */
export function titleOf(clip: Clip): string {
  return clip.filename ?? clip.id;
}

/** A picture that leads to the clip's page, or a link alone where there is no picture. */
export function toMarkdown(clip: Clip): string {
  const title = escapeMarkdown(titleOf(clip));
  const picture = clip.previewGif ?? clip.thumbnailUrl;
  const text = picture === null ? title : `![${title}](${picture})`;
  return `[${text}](${clip.url})`;
}

/** A file name may hold whatever Markdown takes for its own. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+!|<>&~]/g, "\\$&").replace(/\s+/g, " ");
}
