import { html } from "hono/html";
import { type ClipView, kindOf, titleOf } from "./clip-view.js";
import { playerSize } from "./embed-code.js";
import { summarize } from "./facts.js";
import type { Markup } from "./page.js";

// The player in a card is not larger than this.
const mostOfCard = { width: 1280, height: 720 };

type Tag = [name: string, value: string | number | null | undefined];

/** What other programs show of a link to the page. */
export function renderTags(view: ClipView): Markup {
  const title = titleOf(view.clip);
  const properties: Tag[] = [...describeLink(view), ...describeVideo(view)];
  return html`${properties
    .filter(isKnown)
    .map(([name, value]) => html`<meta property="${name}" content="${value}">\n`)}${describeCard(
    view,
  )
    .filter(isKnown)
    .map(
      ([name, value]) => html`<meta name="${name}" content="${value}">\n`,
    )}<link rel="alternate" type="application/json+oembed" href="${view.oembedUrl}" title="${title}">
`;
}

function describeLink({ clip, thumbnailSize, isKnownToPlay }: ClipView): Tag[] {
  const title = titleOf(clip);
  return [
    ["og:type", isKnownToPlay ? "video.other" : "website"],
    ["og:site_name", "Clipcourier"],
    ["og:title", title],
    ["og:description", describe(clip)],
    ["og:url", clip.url],
    ["og:image", clip.thumbnail_url ?? clip.photo_url],
    ...(clip.thumbnail_url
      ? ([
          ["og:image:type", "image/jpeg"],
          ["og:image:width", thumbnailSize?.width],
          ["og:image:height", thumbnailSize?.height],
          ["og:image:alt", describePicture(clip)],
        ] satisfies Tag[])
      : []),
  ];
}

/** Only what plays: a program that shows the video itself has no other player. */
function describeVideo({ clip, playType, isKnownToPlay }: ClipView): Tag[] {
  const video = isKnownToPlay ? clip.play_url : null;
  if (!video) return [];
  return [
    ["og:video", video],
    ...(video.startsWith("https:") ? ([["og:video:secure_url", video]] satisfies Tag[]) : []),
    ["og:video:type", playType],
    ["og:video:width", clip.width],
    ["og:video:height", clip.height],
    ["og:video:duration", clip.duration && Math.round(clip.duration)],
  ];
}

function describeCard(view: ClipView): Tag[] {
  const { clip, embedUrl, playType, isKnownToPlay } = view;
  const title = titleOf(clip);
  const picture: Tag[] = [
    ["description", describe(clip)],
    ["twitter:title", title],
    ["twitter:description", describe(clip)],
    ["twitter:image", clip.thumbnail_url ?? clip.photo_url],
    ["twitter:image:alt", (clip.thumbnail_url ?? clip.photo_url) && describePicture(clip)],
  ];
  if (!isKnownToPlay) return [["twitter:card", "summary_large_image"], ...picture];
  const { width, height } = playerSize(view, mostOfCard);
  return [
    ["twitter:card", "player"],
    ...picture,
    ["twitter:player", embedUrl],
    ["twitter:player:width", width],
    ["twitter:player:height", height],
    ["twitter:player:stream", clip.play_url],
    ["twitter:player:stream:content_type", playType],
  ];
}

function describe(clip: ClipView["clip"]): string {
  const facts = summarize(clip);
  const kind = `A ${kindOf(clip)}`;
  return facts === "" ? `${kind}.` : `${kind}: ${facts}.`;
}

/** A photo is what its title says, and the thumbnail of a video only a moment of it. */
function describePicture(clip: ClipView["clip"]): string {
  return clip.asset === "photo" ? titleOf(clip) : `A picture of ${titleOf(clip)}`;
}

function isKnown([, value]: Tag): boolean {
  return value !== null && value !== undefined;
}
