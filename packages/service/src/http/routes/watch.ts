import type { Context } from "hono";
import { accepts } from "hono/accepts";
import { isPhoto } from "../../catalog/clip-state.js";
import { HttpError } from "../../http-error.js";
import { fitInto } from "../../media/picture-size.js";
import { thumbnailSide } from "../../media/thumbnail.js";
import { type ClipView, pathOf } from "../../watch/clip-view.js";
import { renderEmbedPage, renderMissingEmbed } from "../../watch/embed-page.js";
import { pageIcon } from "../../watch/icon.js";
import { describeOembed } from "../../watch/oembed.js";
import { describePolicy, type Markup, type PageLook } from "../../watch/page.js";
import { placeholderPicture } from "../../watch/placeholder.js";
import { parseTime } from "../../watch/times.js";
import type { Unseen } from "../../watch/unseen.js";
import { renderMissingPage, renderWatchPage } from "../../watch/watch-page.js";
import type { Backend, Route } from "../backend.js";
import {
  cachingOf,
  changing,
  findSeen,
  nothingToSee,
  notStored,
  type SeenClip,
} from "../clip-access.js";
import { addressOf, answerClip } from "../clip-answer.js";
import { isKnownToPlay, playableOf } from "../clip-video.js";
import { addressesOf, forEverybody } from "./clip-texts.js";

/** `GET /c/<id>`: the watch page, or the public facts for a program that prefers JSON. */
export const getWatchPage: Route = async (c, backend) => {
  const seen = await findSeen(c, backend, "clip");
  const type = accepts(c, {
    header: "Accept",
    supports: ["text/html", "application/json"],
    default: "text/html",
  });
  if (typeof seen === "string") {
    if (type !== "text/html" || !c.req.header("accept")?.includes("text/html")) {
      throw nothingToSee(seen, { ...forEverybody, Vary: "Accept" });
    }
    return answerUnseen(c, backend, seen, renderMissingPage, "'none'");
  }
  const caching = cachingOf(seen, changing, backend);
  if (type === "application/json") {
    const headers = { ...forEverybody, "Cache-Control": caching, Vary: "Accept" };
    return c.json(answerClip(seen.clip, addressesOf(c, backend, seen)), 200, headers);
  }
  const page = renderWatchPage(viewOf(c, seen, backend));
  return answerPage(c, backend, page, { status: 200, frames: "'none'", caching });
};

/** `GET /c/<id>/embed`: the player alone, which other pages may show in a frame. */
export const getEmbedPage: Route = async (c, backend) => {
  const seen = await findSeen(c, backend, "clip");
  const { embedFrom: frames } = backend;
  if (typeof seen === "string") return answerUnseen(c, backend, seen, renderMissingEmbed, frames);
  const caching = cachingOf(seen, changing, backend);
  const page = renderEmbedPage(viewOf(c, seen, backend));
  return answerPage(c, backend, page, { status: 200, frames, caching });
};

/** `GET /icon.svg` */
export const getIcon: Route = (c) => answerDrawing(c, pageIcon);

/** `GET /private.svg`: what stands where a picture of a private clip would. */
export const getPlaceholder: Route = (c) => answerDrawing(c, placeholderPicture);

function answerDrawing(c: Context, drawing: string): Response {
  return c.body(drawing, 200, {
    "Content-Type": "image/svg+xml",
    "Cache-Control": "public, max-age=86400",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
  });
}

/** `GET /oembed?url=`: how a page shows the clip that a link leads to. */
export const getOembed: Route = async (c, backend) => {
  if ((c.req.query("format") ?? "json") !== "json") {
    throw new HttpError(501, "format: only json is offered.", forEverybody);
  }
  const room = { width: readPixels(c, "maxwidth"), height: readPixels(c, "maxheight") };
  const baseUrl = backend.baseUrlOf(c.req.raw);
  const link = findClipLink(c.req.query("url"), baseUrl);
  const clip = await backend.clips.find(link.id);
  // Also with a link that opens it: those who ask here keep what they are told, and show it to others.
  if (!clip || backend.privacy.isPrivate(clip)) {
    const headers = { ...forEverybody, "Cache-Control": notStored };
    throw new HttpError(404, "url: there is no such clip, or it is private.", headers);
  }
  const view = viewOf(c, { clip, expires: null }, backend, link.start);
  const headers = { ...forEverybody, "Cache-Control": "no-cache" };
  return c.json(describeOembed(view, baseUrl, room), 200, headers);
};

/** What the pages of a clip show. */
export function viewOf(
  c: Context,
  seen: SeenClip,
  backend: Backend,
  start = parseTime(c.req.query("t")),
): ClipView {
  const { clip } = seen;
  const addresses = addressesOf(c, backend, seen);
  const { baseUrl } = addresses;
  const wire = answerClip(clip, addresses);
  const { width, height } = clip.facts;
  const fileUrl = (name: string) => addressOf(clip, name, "clip", addresses);
  const embedUrl = new URL(fileUrl("embed"));
  if (start !== null) embedUrl.searchParams.set("t", String(start));
  const oembedUrl = new URL("oembed", baseUrl);
  oembedUrl.searchParams.set("url", wire.url);
  oembedUrl.searchParams.set("format", "json");
  return {
    clip: wire,
    renditionPath: pathOf(fileUrl("video.mp4")),
    tilesPath: pathOf(fileUrl("storyboard.jpg")),
    isKnownToPlay: !isPhoto(clip) && isKnownToPlay(clip),
    playType: playableOf(clip).type,
    thumbnailSize: width && height ? fitInto(thumbnailSide, { width, height }) : null,
    storyboard: clip.storyboard,
    start,
    root: baseUrl.pathname,
    embedUrl: embedUrl.href,
    oembedUrl: oembedUrl.href,
  };
}

function rootOf(c: Context, { baseUrlOf }: Backend): string {
  return baseUrlOf(c.req.raw).pathname;
}

/** Answers that there is nothing to see. */
export function answerUnseen(
  c: Context,
  backend: Backend,
  why: Unseen,
  render: (why: Unseen, root: string) => Markup,
  frames: string,
): Promise<Response> {
  const status = why === "expired" ? 403 : 404;
  const page = render(why, rootOf(c, backend));
  return answerPage(c, backend, page, { status, frames, caching: notStored });
}

interface PageOptions {
  status: 200 | 403 | 404;
  /** Who may show it in a frame. */
  frames: string;
  caching: string;
  look?: PageLook;
}

/** Answers with a page, which runs its own script and nothing else. */
export async function answerPage(
  c: Context,
  { findMediaOrigin }: Backend,
  page: Markup,
  { status, frames, caching, look }: PageOptions,
): Promise<Response> {
  return c.html(page, status, {
    "Cache-Control": caching,
    "Content-Security-Policy": describePolicy({
      mediaOrigin: await findMediaOrigin(),
      ...{ frames, look },
    }),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    Vary: "Accept",
  });
}

function findClipLink(
  text: string | undefined,
  baseUrl: URL,
): { id: string; start: number | null } {
  if (text === undefined) throw new HttpError(400, "url: missing.", forEverybody);
  const url = URL.parse(text);
  const below = url?.href.startsWith(baseUrl.href)
    ? url.pathname.slice(baseUrl.pathname.length)
    : "";
  const id = /^c\/([^/]+)(?:\/(?:embed\/?)?)?$/.exec(below)?.[1];
  if (url && id) return { id, start: parseTime(url.searchParams.get("t") ?? undefined) };
  throw new HttpError(404, "url: not the address of a clip of this service.", forEverybody);
}

/** Infinity where nothing is asked for. */
function readPixels(c: Context, name: string): number {
  const text = c.req.query(name);
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new HttpError(400, `${name}: not a whole number of pixels above 0.`, forEverybody);
}
