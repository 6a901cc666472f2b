import type { WireClip } from "@clipcourier/core/wire";
import { html } from "hono/html";
import { renderChapters } from "./chapters.js";
import { type ClipStage, type ClipView, kindOf, pathOf, stageOf, titleOf } from "./clip-view.js";
import { missingPicture } from "./drawings.js";
import { embedCode } from "./embed-code.js";
import { formatDate, renderFacts } from "./facts.js";
import { renderTags } from "./link-tags.js";
import { type Markup, renderPage } from "./page.js";
import { renderRecorded } from "./recorded.js";
import { renderStage } from "./stage.js";
import { describeUnseen, type Unseen } from "./unseen.js";

/** The page on which a clip is watched. */
export function renderWatchPage(view: ClipView): Markup {
  const { clip, root } = view;
  const title = titleOf(clip);
  return renderPage({
    ...{ kind: "watch", title, root },
    head: html`${clip.status === "available" && !clip.private ? renderTags(view) : html``}${renderRefresh(view)}`,
    body: html`<main>
${renderStage(view)}
${renderTimeline(view)}
<h1><bdi>${title}</bdi></h1>
${renderRecorded(clip)}
${renderNotes(view)}
${renderPrivacy(view)}
<p class="quiet" id="says" role="status"></p>
${renderActions(view)}
${renderChapters(clip)}
${renderShare(view)}
${renderFacts(clip)}
</main>`,
  });
}

/** The page for an address at which there is nothing to see. */
export function renderMissingPage(why: Unseen, root: string): Markup {
  const { title, text } = describeUnseen(why);
  return renderPage({
    ...{ kind: "watch", title, root },
    head: html``,
    body: html`<main>
<div class="stage"><div class="say alone">${missingPicture}<p>${text}</p></div></div>
<h1>${title}.</h1>
</main>`,
  });
}

const refreshSeconds: Record<ClipStage, number> = {
  ...{ pending: 3, making: 10 },
  ...{ failed: 0, unplayable: 0, playing: 0, showing: 0 },
};

/** Without script the page is loaded again until the video is there. */
function renderRefresh({ clip }: ClipView): Markup {
  const seconds = refreshSeconds[stageOf(clip)];
  if (seconds === 0) return html``;
  return html`<noscript><meta http-equiv="refresh" content="${seconds}"></noscript>`;
}

/** Shown by script, where there is a storyboard. */
function renderTimeline({ clip, storyboard, tilesPath }: ClipView): Markup {
  const stage = stageOf(clip);
  if (!storyboard || (stage !== "playing" && stage !== "making")) return html``;
  const { interval, columns, count, tileWidth, tileHeight } = storyboard;
  return html`<div class="timeline" hidden data-image="${tilesPath}" data-interval="${interval}" data-columns="${columns}" data-count="${count}" data-width="${tileWidth}" data-height="${tileHeight}">
<div class="tile" hidden aria-hidden="true"><span></span></div>
<input type="range" min="0" max="${clip.duration ?? 0}" step="any" value="0" aria-label="Moment of the video">
</div>`;
}

/** What the stage does not say already. */
function renderNotes({ clip }: ClipView): Markup {
  const stage = stageOf(clip);
  if ((stage !== "playing" && stage !== "showing") || !clip.notes?.length) return html``;
  return html`<p class="quiet">${clip.notes.join(" ")}</p>`;
}

/** Programs that show what is behind a link are given nothing of a private clip: they keep it. */
function renderPrivacy({ clip }: ClipView): Markup {
  if (!clip.private || !clip.expires_on) return html``;
  const end = formatDate(clip.expires_on);
  const verb = kindOf(clip) === "picture" ? "see" : "watch";
  return html`<p class="quiet">This clip is private. Whoever has this link can ${verb} it until ${end}.</p>`;
}

function renderActions({ clip }: ClipView): Markup {
  if (!clip.download_url) return html``;
  const isMain = stageOf(clip) === "unplayable" ? " main" : "";
  return html`<div class="actions">
<a class="button${isMain}" href="${pathOf(clip.download_url)}" download>Download</a>
<button type="button" data-copy="#link" hidden>Copy link</button>
${renderCompareLink(clip)}
${stageOf(clip) === "showing" ? html`` : html`<button type="button" id="moment" hidden>Copy link at 0:00</button>`}
</div>`;
}

/** Of private clips the address opens nothing: whoever may see both has a link to both. */
function renderCompareLink({ comparison_url: url, private: isPrivate }: WireClip): Markup {
  if (!url || isPrivate) return html``;
  return html`<a class="button" href="${pathOf(url)}">Compare with an older clip</a>`;
}

function renderShare(view: ClipView): Markup {
  const { clip } = view;
  if (!clip.download_url) return html``;
  return html`<details class="share">
<summary>Link and embed code</summary>
<div class="field"><label for="link">Link</label>
<input id="link" readonly value="${clip.url}">
<button type="button" data-copy="#link" aria-label="Copy the link" hidden>Copy</button></div>
<div class="field"><label for="code">Embed code, for a page that shows the ${kindOf(clip) === "picture" ? "picture" : "player"}</label>
<textarea id="code" readonly rows="3" spellcheck="false">${embedCode(view)}</textarea>
<button type="button" data-copy="#code" aria-label="Copy the embed code" hidden>Copy</button></div>
</details>`;
}
