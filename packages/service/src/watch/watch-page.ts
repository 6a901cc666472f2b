import { createHash } from "node:crypto";
import type { WireClip } from "@clipcourier/core/wire";
import { html, raw } from "hono/html";
import { watchPageStyle } from "./watch-page-style.js";

type Markup = ReturnType<typeof html>;

const styleHash = createHash("sha256").update(watchPageStyle).digest("base64");

/** Allows this page's own style, pictures and video only, and no scripts. */
export const watchPagePolicy =
  "default-src 'none'; img-src 'self'; media-src 'self'; " +
  `style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;

/** The page on which a clip is watched. Every value in it is escaped by `html`. */
export function renderWatchPage(clip: WireClip): Markup {
  const title = clip.filename ?? "Clip";
  return renderPage(
    title,
    clip.status === "available" ? renderTags(clip, title) : renderWaiting(clip),
    html`${renderPlayer(clip)}
<h1>${title}</h1>
${renderState(clip)}
${renderFacts(clip)}`,
  );
}

/** The page for an address at which there is no clip. */
export function renderMissingPage(): Markup {
  return renderPage(
    "No such clip",
    html``,
    html`<h1>There is no such clip.</h1>
<p>The address may be incomplete, or the clip was deleted.</p>`,
  );
}

function renderPage(title: string, head: Markup, body: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
${head}
<style>${raw(watchPageStyle)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

function renderTags(clip: WireClip, title: string): Markup {
  const video = clip.video_url ?? "";
  const properties = [
    ["og:type", "video.other"],
    ["og:title", title],
    ["og:url", clip.url],
    ["og:image", clip.thumbnail_url],
    ["og:video", video],
    ...(video.startsWith("https:") ? [["og:video:secure_url", video]] : []),
    ["og:video:type", clip.mime],
    ["og:video:width", clip.width],
    ["og:video:height", clip.height],
    ["og:video:duration", clip.duration && Math.round(clip.duration)],
  ];
  const names = [
    ["twitter:card", "player"],
    ["twitter:title", title],
    ["twitter:image", clip.thumbnail_url],
    ["twitter:player", clip.url],
    ["twitter:player:width", clip.width],
    ["twitter:player:height", clip.height],
    ["twitter:player:stream", video],
    ["twitter:player:stream:content_type", clip.mime],
  ];
  const known = (row: unknown[]) => row[1] !== null && row[1] !== undefined;
  return html`${properties
    .filter(known)
    .map(([name, value]) => html`<meta property="${name}" content="${value}">\n`)}${names
    .filter(known)
    .map(([name, value]) => html`<meta name="${name}" content="${value}">\n`)}`;
}

function renderWaiting(clip: WireClip): Markup {
  return clip.status === "pending" ? html`<meta http-equiv="refresh" content="3">` : html``;
}

function renderPlayer(clip: WireClip): Markup {
  if (!clip.video_url) return html``;
  const poster = clip.thumbnail_url ? html` poster="${pathOf(clip.thumbnail_url)}"` : html``;
  return html`<video controls playsinline preload="metadata"${poster} src="${pathOf(clip.video_url)}">
<a href="${pathOf(clip.video_url)}">Download the video</a>
</video>`;
}

function renderState(clip: WireClip): Markup {
  if (clip.status === "pending") {
    return html`<p>The video is being checked. This page reloads itself until it is there.</p>`;
  }
  if (clip.status === "failed") return html`<p>This upload has failed: ${clip.reason}</p>`;
  return html``;
}

function renderFacts(clip: WireClip): Markup {
  const { duration, width, height, codec, size, created_on } = clip;
  const facts: [string, string | null][] = [
    ["Length", duration ? formatDuration(duration) : null],
    ["Picture", width && height ? `${width} × ${height}` : null],
    ["Codec", codec ?? null],
    ["Size", size ? formatSize(size) : null],
    ["Uploaded", created_on ? `${created_on.slice(0, 16).replace("T", " ")} UTC` : null],
  ];
  const rows = facts.filter(([, value]) => value !== null);
  return html`<dl>
${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>`;
}

/** Without the host, so that the video plays under whichever address the page was opened. */
function pathOf(url: string): string {
  return new URL(url).pathname;
}

function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(Math.floor(Math.log2(bytes) / 10), units.length);
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}
