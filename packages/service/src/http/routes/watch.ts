import type { Context } from "hono";
import { accepts } from "hono/accepts";
import type { Clip } from "../../catalog/clip-state.js";
import { HttpError } from "../../http-error.js";
import { fitInto } from "../../media/picture-size.js";
import { thumbnailSide } from "../../media/thumbnail.js";
import type { ClipView } from "../../watch/clip-view.js";
import { renderEmbedPage, renderMissingEmbed } from "../../watch/embed-page.js";
import { pageIcon } from "../../watch/icon.js";
import { describeOembed } from "../../watch/oembed.js";
import { describePolicy, type Markup } from "../../watch/page.js";
import { parseTime } from "../../watch/times.js";
import { renderMissingPage, renderWatchPage } from "../../watch/watch-page.js";
import type { Backend, Route } from "../backend.js";
import { answerClip } from "../clip-answer.js";
import { isKnownToPlay, playableOf } from "../clip-video.js";

/** For answers that programs in pages of other origins may read. They hold nothing that is secret. */
const forEverybody = { "Access-Control-Allow-Origin": "*" };

/** `GET /c/<id>`: the watch page, or the public facts for a program that prefers JSON. */
export const getWatchPage: Route = async (c, backend) => {
  const clip = await backend.clips.find(c.req.param("id") ?? "");
  const type = accepts(c, {
    header: "Accept",
    supports: ["text/html", "application/json"],
    default: "text/html",
  });
  if (type === "application/json" && clip) {
    const headers = { ...forEverybody, "Cache-Control": "no-cache", Vary: "Accept" };
    return c.json(answerClip(clip, backend.baseUrlOf(c.req.raw)), 200, headers);
  }
  if (clip) return answerPage(c, backend, renderWatchPage(viewOf(c, clip, backend)), 200, "'none'");
  if (type !== "text/html" || !c.req.header("accept")?.includes("text/html")) {
    throw new HttpError(404, "There is no such clip.", { ...forEverybody, Vary: "Accept" });
  }
  return answerPage(c, backend, renderMissingPage(rootOf(c, backend)), 404, "'none'");
};

/** `GET /c/<id>/embed`: the player alone, which other pages may show in a frame. */
export const getEmbedPage: Route = async (c, backend) => {
  const clip = await backend.clips.find(c.req.param("id") ?? "");
  const { embedFrom } = backend;
  if (!clip) return answerPage(c, backend, renderMissingEmbed(rootOf(c, backend)), 404, embedFrom);
  return answerPage(c, backend, renderEmbedPage(viewOf(c, clip, backend)), 200, embedFrom);
};

/** `GET /icon.svg` */
export const getIcon: Route = (c) =>
  c.body(pageIcon, 200, {
    "Content-Type": "image/svg+xml",
    "Cache-Control": "public, max-age=86400",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
  });

/** `GET /oembed?url=`: how a page shows the clip that a link leads to. */
export const getOembed: Route = async (c, backend) => {
  if ((c.req.query("format") ?? "json") !== "json") {
    throw new HttpError(501, "format: only json is offered.", forEverybody);
  }
  const room = { width: readPixels(c, "maxwidth"), height: readPixels(c, "maxheight") };
  const baseUrl = backend.baseUrlOf(c.req.raw);
  const link = findClipLink(c.req.query("url"), baseUrl);
  const clip = await backend.clips.find(link.id);
  if (!clip) throw new HttpError(404, "url: there is no such clip.", forEverybody);
  const view = viewOf(c, clip, backend, link.start);
  const headers = { ...forEverybody, "Cache-Control": "no-cache" };
  return c.json(describeOembed(view, baseUrl, room), 200, headers);
};

function viewOf(
  c: Context,
  clip: Clip,
  { baseUrlOf }: Backend,
  start = parseTime(c.req.query("t")),
): ClipView {
  const baseUrl = baseUrlOf(c.req.raw);
  const wire = answerClip(clip, baseUrl);
  const { width, height } = clip.facts;
  const embedUrl = new URL(`${wire.url}/embed`);
  if (start !== null) embedUrl.searchParams.set("t", String(start));
  const oembedUrl = new URL("oembed", baseUrl);
  oembedUrl.searchParams.set("url", wire.url);
  oembedUrl.searchParams.set("format", "json");
  return {
    clip: wire,
    isKnownToPlay: isKnownToPlay(clip),
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

async function answerPage(
  c: Context,
  { findMediaOrigin }: Backend,
  page: Markup,
  status: 200 | 404,
  frames: string,
): Promise<Response> {
  return c.html(page, status, {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": describePolicy({ mediaOrigin: await findMediaOrigin(), frames }),
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
