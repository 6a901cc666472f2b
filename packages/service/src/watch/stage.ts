import type { WireClip } from "@clipcourier/core/wire";
import { html } from "hono/html";
import { renderTrack } from "./chapters.js";
import { type ClipView, kindOf, pathOf, stageOf, titleOf } from "./clip-view.js";
import { brokenPicture, waitingPicture } from "./drawings.js";
import type { Markup } from "./page.js";

/** Where the video is shown, or a picture of why there is none. */
export function renderStage(view: ClipView, more: Markup = html``): Markup {
  const { clip } = view;
  const path = pathOf(clip.url);
  switch (stageOf(clip)) {
    case "playing":
      return html`<div class="stage">${renderVideo(view, pathOf(clip.play_url ?? ""))}</div>`;
    case "showing":
      return html`<div class="stage photo">${renderPhoto(view, pathOf(clip.photo_url ?? ""))}</div>`;
    case "pending":
      return html`<div class="stage" data-state="pending" data-path="${path}">
<div class="say alone">${waitingPicture}<p>The ${kindOf(clip)} is being checked. It is here as soon as that is done.</p>${more}</div></div>`;
    case "failed":
      return html`<div class="stage">
<div class="say alone">${brokenPicture}<p>This upload has failed: ${clip.reason}</p>${more}</div></div>`;
    case "making":
      return html`<div class="stage" data-state="making" data-path="${path}">
${renderPoster(view)}<div class="${sayClass(view)}" id="waits">${sayPicture(view, waitingPicture)}<p>${joinNotes(view)} It plays here as soon as it is there.</p>${more}</div></div>
<template id="player">${renderVideo(view, view.renditionPath)}</template>`;
    case "unplayable":
      return html`<div class="stage">
${renderPoster(view)}<div class="${sayClass(view)}">${sayPicture(view, brokenPicture)}<p>${joinNotes(view)} It can be downloaded.</p>${more}</div></div>`;
  }
}

function renderVideo(view: ClipView, path: string): Markup {
  const { clip, start } = view;
  const poster = clip.thumbnail_url ? html` poster="${pathOf(clip.thumbnail_url)}"` : html``;
  const source = start === null ? path : `${path}#t=${start}`;
  return html`<video controls playsinline preload="metadata"${sizeOf(clip)}${poster} src="${source}" aria-label="${titleOf(clip)}">${renderTrack(clip)}
<a href="${pathOf(clip.download_url ?? clip.url)}">Download the video</a>
</video>`;
}

/** The picture as it was sent, which a click shows alone in its own size. */
function renderPhoto({ clip }: ClipView, path: string): Markup {
  return html`<a href="${path}"><img src="${path}"${sizeOf(clip)} alt="${titleOf(clip)}"></a>`;
}

function sizeOf({ width, height }: Pick<WireClip, "width" | "height">): Markup {
  return width && height ? html` width="${width}" height="${height}"` : html``;
}

function renderPoster({ clip, thumbnailSize: size }: ClipView): Markup {
  if (!clip.thumbnail_url) return html``;
  const name = `A picture of ${titleOf(clip)}`;
  return html`<img src="${pathOf(clip.thumbnail_url)}"${sizeOf(size ?? {})} alt="${name}">`;
}

function sayClass({ clip }: ClipView): string {
  return clip.thumbnail_url ? "say over" : "say alone";
}

/** The clip's own picture says more than a drawing. */
function sayPicture({ clip }: ClipView, drawing: Markup): Markup {
  return clip.thumbnail_url ? html`` : drawing;
}

/** Why the video does not play; the notes before that are about pictures. */
function joinNotes({ clip }: ClipView): string {
  return (clip.notes ?? []).join(" ");
}
