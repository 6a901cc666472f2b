import type { WireClip } from "@clipcourier/core/wire";
import { html } from "hono/html";
import { pathOf, stageOf } from "./clip-view.js";
import type { Markup } from "./page.js";
import { formatTime } from "./times.js";

/** The chapters, each a link to its moment. Script makes them seek, and marks the one that plays. */
export function renderChapters(clip: WireClip): Markup {
  const { chapters, chapters_url: file } = clip;
  if (!file || !chapters?.length) return html``;
  const isSeekable = stageOf(clip) !== "unplayable";
  const rows = chapters.map(({ start, title }) => {
    const text = html`<span>${formatTime(Math.floor(start))}</span> <bdi>${title}</bdi>`;
    if (!isSeekable) return html`<li>${text}</li>\n`;
    return html`<li><a href="${momentOf(clip, start)}" data-start="${start}">${text}</a></li>\n`;
  });
  return html`<section class="chapters">
<h2>Chapters</h2>
<ol>
${rows}</ol>
</section>`;
}

/** For players that have a menu of chapters. */
export function renderTrack({ chapters_url: file }: WireClip): Markup {
  if (!file) return html``;
  return html`<track kind="chapters" label="Chapters" src="${pathOf(file)}" default>`;
}

function momentOf({ url }: WireClip, seconds: number): string {
  const link = new URL(url);
  link.searchParams.set("t", String(seconds));
  return pathOf(link.href);
}
