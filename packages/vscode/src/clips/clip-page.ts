import type { Clip } from "@clipcourier/core";
import { l10n } from "vscode";
import { formatBytes, formatPlayingTime } from "../texts/amounts.js";
import type { ClipAddresses } from "./clip-addresses.js";
import type { ClipOrigin } from "./clip-origin.js";
import { isBeingMade, titleOf } from "./clip-text.js";

/** What each page of the clip editor has. */
interface AnyPage {
  /** What the page keeps, so that its editor is restored after a reload of the window. */
  origin: ClipOrigin | undefined;
  /** Made for this page: the editor allows no style or script without it. */
  nonce: string;
  language: string;
}

/** What the clip editor shows. The addresses are those at which the window reaches them. */
export interface ClipPage extends AnyPage, ClipAddresses {
  clip: Clip;
  localFile: string | undefined;
}

/** What the clip editor shows in place of a clip. */
export interface NoticePage extends AnyPage {
  title: string;
  text: string;
  /** Whether the clip could not be shown. A button tries again then, where the clip is known. */
  hasFailed: boolean;
}

/** The HTML of the clip editor. Everything that comes from a service is escaped. */
export function renderClipPage(page: ClipPage): string {
  const content = `${renderPlayer(page)}
<p class="actions">
${renderButton("copyId", l10n.t("Copy Clip ID"))}
${renderButton("copyLink", l10n.t("Copy Link"))}
${renderButton("copyMarkdown", l10n.t("Copy Markdown"))}
${renderButton("openInBrowser", l10n.t("Open in Browser"))}
</p>
${renderFacts(page)}`;
  return renderPage(page, titleOf(page.clip), content, describeMedia(page));
}

/** The HTML of the clip editor while there is no clip to show, or where there is none. */
export function renderNoticePage(page: NoticePage): string {
  const { title, text, hasFailed, origin } = page;
  const button = renderButton("tryAgain", l10n.t("Try Again"));
  const actions = hasFailed && origin ? `<p class="actions">${button}</p>` : "";
  return renderPage(page, title, renderNotice(text, hasFailed ? "alert" : "status") + actions, []);
}

function renderPage(
  { origin, nonce, language }: AnyPage,
  name: string,
  content: string,
  media: readonly string[],
): string {
  const title = escapeHtml(name);
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    ...media,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body data-origin="${escapeHtml(JSON.stringify(origin ?? null))}">
<main>
<h1>${title}</h1>
${content}
</main>
<script nonce="${nonce}">${script}</script>
</body>
</html>`;
}

/** What the page of a clip may load, for its policy. */
function describeMedia({ videoUrl, photoUrl, posterUrl }: ClipPage): string[] {
  const pictures = [photoUrl, posterUrl].flatMap((url) => (url === undefined ? [] : originOf(url)));
  return [
    ...(videoUrl === undefined ? [] : [`media-src ${originOf(videoUrl)}`]),
    ...(pictures.length === 0 ? [] : [`img-src ${[...new Set(pictures)].join(" ")}`]),
  ];
}

function originOf(url: string): string {
  return new URL(url).origin;
}

function renderPlayer({ clip, videoUrl, photoUrl, posterUrl }: ClipPage): string {
  if (clip.status === "failed") {
    const reason = clip.reason ?? l10n.t("it gives no reason");
    return renderNotice(l10n.t("The service could not make it: {0}", reason), "alert");
  }
  if (clip.status === "pending") {
    return renderNotice(l10n.t("The service is making the clip."), "status");
  }
  if (clip.asset === "photo") return renderPhoto(clip, photoUrl ?? posterUrl);
  if (isBeingMade(clip)) {
    const making = l10n.t("The service is making a version that browsers play.");
    return renderPoster(clip, posterUrl) + renderNotice(making, "status");
  }
  if (clip.plays === "download only") {
    const only = l10n.t("Browsers do not play it; it can be downloaded from its page.");
    return renderPoster(clip, posterUrl) + renderNotice(only, "status");
  }
  if (videoUrl === undefined) {
    return renderNotice(
      l10n.t("The service plays it on its own page: open it in the browser."),
      "status",
    );
  }
  const poster = posterUrl === undefined ? "" : ` poster="${escapeHtml(posterUrl)}"`;
  const label = escapeHtml(titleOf(clip));
  const failure = l10n.t("The editor cannot play this format. Open it in the browser.");
  return `<video controls preload="metadata" src="${escapeHtml(videoUrl)}"${poster} aria-label="${label}"></video>
<p class="notice" id="unplayable" role="status" hidden>${escapeHtml(failure)}</p>
${renderChapters(clip)}`;
}

/** The chapters of a video, each a button that jumps to its start. */
function renderChapters({ chapters = [] }: Clip): string {
  if (chapters.length === 0) return "";
  const items = chapters.map(({ start, title }) => {
    const time = `<span class="time">${escapeHtml(formatPlayingTime(start))}</span>`;
    return `<li><button type="button" class="chapter" data-start="${start}">${time} ${escapeHtml(title)}</button></li>`;
  });
  const name = escapeHtml(l10n.t("Chapters"));
  return `<nav aria-label="${name}"><h2>${name}</h2><ol>${items.join("\n")}</ol></nav>`;
}

function renderPhoto(clip: Clip, url: string | undefined): string {
  if (url !== undefined) return renderPicture(clip, url);
  const elsewhere = l10n.t("The service shows it on its own page: open it in the browser.");
  return renderNotice(elsewhere, "status");
}

function renderPoster(clip: Clip, posterUrl: string | undefined): string {
  return posterUrl === undefined ? "" : renderPicture(clip, posterUrl);
}

function renderPicture(clip: Clip, url: string): string {
  return `<img src="${escapeHtml(url)}" alt="${escapeHtml(titleOf(clip))}">`;
}

function renderNotice(text: string, role: "alert" | "status"): string {
  return `<p class="notice" role="${role}">${escapeHtml(text)}</p>`;
}

function renderButton(id: string, label: string): string {
  return `<button type="button" data-message="${id}">${escapeHtml(label)}</button>`;
}

function renderFacts({ clip, localFile, language }: ClipPage): string {
  const { id, url, duration, width, height, codec, size, mime, createdOn } = clip;
  const facts: [string, string | undefined][] = [
    [l10n.t("Clip ID"), id],
    [l10n.t("Link"), url],
    [l10n.t("Duration"), duration === undefined ? undefined : formatPlayingTime(duration)],
    [l10n.t("Dimensions"), width && height ? `${width} × ${height}` : undefined],
    [l10n.t("Codec"), codec],
    [l10n.t("Size"), size === undefined ? undefined : formatBytes(size)],
    [l10n.t("Format"), mime],
    [l10n.t("Plays"), describePlays(clip)],
    // The service's own words, in English.
    [l10n.t("Note"), clip.notes?.join(" ")],
    [l10n.t("Made"), createdOn && new Date(createdOn).toLocaleString(language)],
    [l10n.t("Local file"), localFile],
  ];
  const rows = facts
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value = ""]) => {
      const cell = escapeHtml(value);
      return `<tr><th scope="row">${escapeHtml(name)}</th><td>${cell}</td></tr>`;
    });
  return `<table>${rows.join("\n")}</table>`;
}

/** Where nothing is said, it plays everywhere as it is, or that is not known. */
function describePlays({ plays }: Clip): string | undefined {
  if (plays === "rendition") return l10n.t("as a rendition; the download is the original");
  return plays === "download only" ? l10n.t("as a download only") : undefined;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const style = `
body { padding: 0 1.5rem 2rem; }
main { max-width: 60rem; margin: 0 auto; }
h2 { font-size: 1em; font-weight: 600; margin: 1rem 0 .3rem; }
ol { list-style: none; margin: 0; padding: 0; max-height: 12rem; overflow-y: auto; }
.chapter { display: block; width: 100%; padding: .3rem .5rem; text-align: start; overflow-wrap: anywhere;
  color: var(--vscode-foreground); background: none; border: 1px solid transparent; }
.chapter:hover { color: var(--vscode-list-hoverForeground, inherit); background: var(--vscode-list-hoverBackground);
  border: 1px dashed var(--vscode-contrastActiveBorder, transparent); }
.chapter[aria-current="true"] { color: var(--vscode-list-inactiveSelectionForeground, inherit);
  background: var(--vscode-list-inactiveSelectionBackground);
  border: 1px solid var(--vscode-contrastActiveBorder, transparent); }
.time { display: inline-block; min-width: 3.5em; color: var(--vscode-textLink-foreground); font-variant-numeric: tabular-nums; }
h1 { font-size: 1.4em; font-weight: 600; overflow-wrap: anywhere; }
video { display: block; width: 100%; max-height: 60vh; background: #000; }
img { display: block; max-width: 100%; max-height: 60vh; }
.notice { padding: 1rem; border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, currentColor)); }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; }
button { font: inherit; padding: .4rem .8rem; cursor: pointer;
  color: var(--vscode-button-foreground); background: var(--vscode-button-background);
  border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent)); }
button:hover { background: var(--vscode-button-hoverBackground); }
button:focus-visible, video:focus-visible { outline: 2px solid var(--vscode-focusBorder); outline-offset: 2px; }
table { border-collapse: collapse; }
th { text-align: start; font-weight: 600; padding: .2rem 1.5rem .2rem 0; vertical-align: top; white-space: nowrap; }
td { padding: .2rem 0; overflow-wrap: anywhere; }
`;

const script = `
const editor = acquireVsCodeApi();
editor.setState(JSON.parse(document.body.dataset.origin));
for (const button of document.querySelectorAll("button[data-message]"))
  button.addEventListener("click", () => editor.postMessage(button.dataset.message));
const video = document.querySelector("video");
video?.addEventListener("error", () => {
  document.getElementById("unplayable").hidden = false;
});
// Other addresses of the same clip, before those of this page expire. A picture that is shown needs none.
addEventListener("message", ({ data: { videoUrl, posterUrl } }) => {
  if (!video || !videoUrl) return;
  const { currentTime, paused, playbackRate } = video;
  if (posterUrl) video.poster = posterUrl;
  video.src = videoUrl;
  video.currentTime = currentTime;
  video.playbackRate = playbackRate;
  if (!paused) void video.play().catch(() => {});
});
const chapters = [...document.querySelectorAll(".chapter")];
const startOf = (chapter) => Number(chapter.dataset.start);
for (const chapter of chapters)
  chapter.addEventListener("click", () => {
    video.currentTime = startOf(chapter);
    void video.play().catch(() => {});
  });
const mark = () => {
  const current = chapters.findLast((chapter) => startOf(chapter) <= video.currentTime);
  for (const chapter of chapters) chapter.setAttribute("aria-current", chapter === current);
};
if (chapters.length > 0)
  for (const event of ["timeupdate", "seeking"]) video.addEventListener(event, mark);
`;
