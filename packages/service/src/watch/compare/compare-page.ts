import { type DiffRange, formatShare, type WireComparison } from "@clipcourier/core/wire";
import { html, raw } from "hono/html";
import { formatTenths } from "../../media/diff/format-tenths.js";
import { type ClipView, kindOf, pathOf, titleOf } from "../clip-view.js";
import { formatDate } from "../facts.js";
import { type Markup, makeLook, renderPage } from "../page.js";
import { pageStyle } from "../page-style.js";
import { renderStage } from "../stage.js";
import { compareScript } from "./compare-script.js";
import { compareStyle } from "./compare-style.js";
import { alignTimes, type Mark, type Timeline } from "./timeline.js";

/** What the page shows on which two clips are compared. */
export interface CompareView {
  clip: ClipView;
  old: ClipView;
  /** `null` where nobody has asked for one. */
  comparison: WireComparison | null;
  /** The path at which the comparison is told to programs. */
  path: string;
}

export const compareLook = makeLook(`${pageStyle}${compareStyle}`, compareScript);

/** The page that plays two clips in step, or shows two photos. */
export function renderComparePage(view: CompareView): Markup {
  const { clip, old, comparison } = view;
  const timeline = alignTimes(comparison?.diff ?? null);
  const [before, after] = [titleOf(old.clip), titleOf(clip.clip)];
  const title = before === after ? after : `${before} and ${after}`;
  const isPending = comparison?.status === "pending";
  const kinds = [clip, old].map((each) => kindOf(each.clip));
  const [areVideos, arePhotos] = [
    kinds.every((kind) => kind === "video"),
    kinds.every((kind) => kind === "picture"),
  ];
  return renderPage({
    ...{ kind: "watch", title: `Compare ${title}`, root: clip.root, look: compareLook },
    head: isPending ? html`<noscript><meta http-equiv="refresh" content="5"></noscript>` : html``,
    body: html`<main class="compare"${isPending ? html` data-pending="${view.path}"` : html``} data-steps="${stepsOf(timeline)}" data-durations="${durationsOf(view)}" data-frame="${frameOf(comparison)}" data-focus="${focusOf(comparison)}">
<h1>Compare <bdi>${title}</bdi></h1>
<p class="verdict">${describeOutcome(comparison, areVideos)}</p>
${renderModes(arePhotos)}
<div class="pair side">
${renderHalf(old, "old")}
${renderHalf(clip, "new")}
<div class="edge" hidden aria-hidden="true"></div>
</div>
<label class="wipe" hidden>Edge of the wipe <input type="range" min="0" max="100" value="50" step="any"></label>
${areVideos ? renderPlayer(timeline) : html``}
<p class="quiet" id="says" role="status"></p>
${areVideos ? renderChanges(timeline, clip) : renderPicture(comparison)}
${renderEnd(clip, { areVideos, arePhotos })}
</main>`,
  });
}

/** In the form in which the script takes them: when, and where both are then. */
function stepsOf({ steps }: Timeline): string {
  return JSON.stringify(steps.map(({ at, old, new: now }) => [at, old, now]));
}

/** Seconds of the new and of the old video, for a browser that does not find them; 0 where nobody knows. */
function durationsOf({ clip, old, comparison }: CompareView): string {
  const { new: after, old: before } = comparison?.diff ?? { new: null, old: null };
  return JSON.stringify([
    after?.duration ?? clip.clip.duration ?? 0,
    before?.duration ?? old.clip.duration ?? 0,
  ]);
}

/** Seconds of a frame, as far as that is known. */
function frameOf(comparison: WireComparison | null): number {
  return 1 / (comparison?.diff?.new?.rate || 25);
}

/**
 * The middle of what has changed most, in pixels of a photo; an empty text where that is nothing. What one of
 * both alone has, such as the end of a page that has grown, comes last.
 */
function focusOf(comparison: WireComparison | null): string {
  const { old, ranges: [range] = [] } = comparison?.diff ?? {};
  const regions = range?.regions ?? [];
  const { width = 0, height = 0 } = old ?? {};
  const region = regions.find(({ x, y }) => x < width && y < height) ?? regions[0];
  return region ? `${region.x + region.width / 2} ${region.y + region.height / 2}` : "";
}

function describeOutcome(comparison: WireComparison | null, areVideos: boolean): string {
  switch (comparison?.status) {
    case undefined:
      return areVideos
        ? "Nobody has had these two compared: both play from their beginnings."
        : "Nobody has had these two compared.";
    case "pending":
      return "The two are being compared. What has changed is shown here as soon as that is done.";
    case "failed":
      return `The two could not be compared: ${comparison.reason}${areVideos ? " Both play from their beginnings." : ""}`;
    case "ready":
      return comparison.diff?.summary ?? "";
  }
}

function renderModes(arePhotos: boolean): Markup {
  const pixels = html`<button type="button" id="pixels" aria-pressed="false" aria-keyshortcuts="z" hidden>1:1 pixels</button>
`;
  return html`<div class="modes" role="group" aria-label="How the two are shown" hidden>
<button type="button" data-mode="side" aria-pressed="true" aria-keyshortcuts="1">Side by side</button>
<button type="button" data-mode="wipe" aria-pressed="false" aria-keyshortcuts="2">Wipe</button>
<button type="button" data-mode="difference" aria-pressed="false" aria-keyshortcuts="3">Difference</button>
${arePhotos ? pixels : html``}</div>`;
}

function renderHalf(view: ClipView, side: "old" | "new"): Markup {
  const { clip } = view;
  const date = clip.created_on ? formatDate(clip.created_on) : "";
  return html`<div class="shown ${side}">${renderStage(view)}</div>
<p class="name ${side}"><strong>${side === "old" ? "Old" : "New"}</strong> <a href="${pathOf(clip.url)}"><bdi>${titleOf(clip)}</bdi></a> <span class="quiet">${date}</span></p>`;
}

/** Shown by script, which also takes the controls from the two players. */
function renderPlayer({ marks, length }: Timeline): Markup {
  const total = length ?? 0;
  return html`<div class="player" hidden>
<button type="button" id="play" aria-keyshortcuts="Space">Play</button>
<button type="button" id="sound" aria-pressed="false" aria-keyshortcuts="m">Sound</button>
<button type="button" id="previous" aria-keyshortcuts="p"${marks.length === 0 ? raw(" hidden") : ""}>Previous change</button>
<button type="button" id="next" aria-keyshortcuts="n"${marks.length === 0 ? raw(" hidden") : ""}>Next change</button>
<output id="time">0:00.0</output>
<div class="track">
<svg viewBox="0 0 ${total || 1} 1" preserveAspectRatio="none" aria-hidden="true">${marks.map((mark) => renderMark(mark, total))}</svg>
<input id="moment" type="range" min="0" max="${total}" step="any" value="0" aria-label="Moment of both videos">
</div>
</div>`;
}

/** A change of a moment is seen, too. */
function renderMark({ from, to, range }: Mark, total: number): Markup {
  const width = Math.max(to - from, total / 200);
  return html`<rect class="${range.kind}" x="${from}" y="0" width="${width}" height="1"/>`;
}

function renderChanges({ marks }: Timeline, { clip }: ClipView): Markup {
  if (marks.length === 0) return html``;
  const rows = marks.map(({ from, to, range }) => {
    const link = new URL(clip.url);
    link.searchParams.set("t", String(range.new.from));
    return html`<li><a href="${pathOf(link.href)}" data-from="${from}" data-to="${to}"><span>${describeTimes(range)}</span> ${describeChange(range)}</a></li>\n`;
  });
  return html`<section class="chapters">
<h2>What has changed</h2>
<ol>
${rows}</ol>
</section>`;
}

/** What has changed between two photos is one picture. */
function renderPicture(comparison: WireComparison | null): Markup {
  const address = comparison?.picture_url;
  if (!address) return html``;
  return html`<p><a href="${pathOf(address)}">What has changed, in red</a></p>`;
}

function describeTimes({ kind, old, new: now }: DiffRange): string {
  const { from, to } = kind === "removed" ? old : now;
  return `${formatTenths(from)} – ${formatTenths(to)}`;
}

function describeChange({ kind, share }: DiffRange): string {
  if (kind === "added") return "in the new video alone";
  if (kind === "removed") return "in the old video alone";
  return `changed, ${formatShare(share)} of the picture`;
}

const playingKeys = html`<div><dt>Space</dt><dd>play or pause</dd></div>
<div><dt>← →</dt><dd>a second back or on</dd></div>
<div><dt>, .</dt><dd>a frame back or on</dd></div>
<div><dt>n p</dt><dd>next or previous change</dd></div>
`;
const pixelsKey = html`<div><dt>z</dt><dd>1:1 pixels, or the whole photos</dd></div>
`;
const soundKey = html`<div><dt>m</dt><dd>sound of the new video</dd></div>
`;

function renderEnd(
  { clip }: ClipView,
  { areVideos, arePhotos }: { areVideos: boolean; arePhotos: boolean },
): Markup {
  const privacy =
    clip.private && clip.expires_on
      ? html`<p class="quiet">These clips are private. Whoever has this link can see both until ${formatDate(clip.expires_on)}.</p>`
      : html``;
  return html`${privacy}
<details class="keys" hidden>
<summary>Keys</summary>
<dl>
${areVideos ? playingKeys : html``}<div><dt>1 2 3</dt><dd>side by side, wipe, difference</dd></div>
${areVideos ? soundKey : html``}${arePhotos ? pixelsKey : html``}</dl>
</details>`;
}
