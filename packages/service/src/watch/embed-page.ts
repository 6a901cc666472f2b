import { html } from "hono/html";
import { type ClipView, titleOf } from "./clip-view.js";
import { missingPicture } from "./drawings.js";
import { type Markup, renderPage } from "./page.js";
import { renderStage } from "./stage.js";

/** The player alone, for a frame in another page. */
export function renderEmbedPage(view: ClipView): Markup {
  const { clip, root } = view;
  return renderPage({
    ...{ kind: "embed", title: titleOf(clip), root },
    head: html`<link rel="canonical" href="${clip.url}">`,
    body: renderStage(
      view,
      html`<a href="${clip.url}" target="_blank" rel="noopener">Open its page</a>`,
    ),
  });
}

/** For a frame with the address of a clip that is gone. */
export function renderMissingEmbed(root: string): Markup {
  return renderPage({
    ...{ kind: "embed", title: "No such clip", root },
    head: html``,
    body: html`<div class="stage"><div class="say alone">${missingPicture}<p>There is no such clip.</p></div></div>`,
  });
}
