import { html } from "hono/html";
import { type ClipView, titleOf } from "./clip-view.js";
import { missingPicture } from "./drawings.js";
import { type Markup, renderPage } from "./page.js";
import { renderStage } from "./stage.js";
import { describeUnseen, type Unseen } from "./unseen.js";

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

/** For a frame with an address at which there is nothing to see. */
export function renderMissingEmbed(why: Unseen, root: string): Markup {
  const { title } = describeUnseen(why);
  return renderPage({
    ...{ kind: "embed", title, root },
    head: html``,
    body: html`<div class="stage"><div class="say alone">${missingPicture}<p>${title}.</p></div></div>`,
  });
}
