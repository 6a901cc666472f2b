import { html } from "hono/html";
import { type ClipView, titleOf } from "./clip-view.js";

interface Size {
  width: number;
  height: number;
}

// The size of a player where that of the video is not known.
const usualSize: Size = { width: 640, height: 360 };

/** The size of the player in a page: that of the video, at most the given one. */
export function playerSize({ clip }: ClipView, most: Size): Size {
  const { width, height } = clip;
  const shown = width && height ? { width, height } : usualSize;
  const scale = Math.min(1, most.width / shown.width, most.height / shown.height);
  return {
    width: Math.max(1, Math.round(shown.width * scale)),
    height: Math.max(1, Math.round(shown.height * scale)),
  };
}

/** The HTML with which another page shows the player. */
export function embedCode(view: ClipView, most: Size = { width: 1280, height: 720 }): string {
  const { width, height } = playerSize(view, most);
  return String(
    html`<iframe src="${view.embedUrl}" width="${width}" height="${height}" title="${titleOf(view.clip)}" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen loading="lazy"></iframe>`,
  );
}
