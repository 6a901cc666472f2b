import { create } from "content-disposition";
import type { Context } from "hono";
import { type Clip, isPhoto, type StoryboardLayout } from "../../catalog/clip-state.js";
import { type ClipFile, fileKey } from "../../catalog/keys.js";
import type { LinkScope } from "../../clips/clip-link.js";
import { renderStoryboard } from "../../watch/storyboard.js";
import type { Backend, Route } from "../backend.js";
import {
  cachingOf,
  changing,
  nothingToSee,
  requireAvailable,
  type SeenClip,
} from "../clip-access.js";
import { addressOf } from "../clip-answer.js";
import { playableOf } from "../clip-video.js";
import type { Validators } from "../conditions.js";
import { extensionOf, servingOf } from "../content-types.js";
import { answerFile, answerText, immutable } from "../file-answer.js";

/** `GET /c/<id>/video`: the original bytes, or a range of them. */
export const getVideo: Route = async (c, backend) => {
  const seen = await requireVideo(c, backend);
  return answerOriginal(c, backend, seen, servingOf(seen.clip.mime), immutable);
};

/** `GET /c/<id>/photo`: the picture as it was sent. */
export const getPhoto: Route = async (c, backend) => {
  const seen = await requireAvailable(c, backend);
  if (!isPhoto(seen.clip)) throw nothingToSee("missing");
  return answerOriginal(c, backend, seen, servingOf(seen.clip.mime), immutable);
};

/** `GET /c/<id>/download`: the original, to be saved. */
export const getDownload: Route = async (c, backend) => {
  const seen = await requireAvailable(c, backend);
  const { type } = servingOf(seen.clip.mime);
  return answerOriginal(c, backend, seen, { type, disposition: "attachment" }, immutable);
};

/**
 * `GET /c/<id>/video.<ending>`: what plays, under the ending that it has. With another ending, it is
 * a redirect there, so that an address stays good when a rendition takes the original's place.
 */
export const getPlayable: Route = async (c, backend) => {
  const seen = await requireVideo(c, backend);
  const { clip, expires } = seen;
  const { file, name, type, isFinal } = playableOf(clip);
  if (c.req.param("file") !== name) {
    const { privacy } = backend;
    const options = { privacy, baseUrl: backend.baseUrlOf(c.req.raw), expires };
    const headers = {
      Location: addressOf(clip, name, "clip", options),
      "Cache-Control": cachingOf(seen, changing, backend),
    };
    return new Response(null, { status: 302, headers });
  }
  const caching = isFinal ? immutable : changing;
  if (file === "content") return answerOriginal(c, backend, seen, servingOf(type), caching);
  const key = fileKey(clip.id, clip.version, file);
  const found = await backend.store.headObject(key);
  if (!found) throw nothingToSee("missing");
  const cacheControl = cachingOf(seen, caching, backend);
  const original = clip.filename ?? clip.id;
  return answerFile(c, backend, {
    ...{ key, size: found.size, type, cacheControl, mayRedirect: true, expires },
    // Of two that were made of the same video, the sizes differ.
    validators: validatorsOf(clip, `"${clip.checksum}-${found.size}"`),
    disposition: create(`${original.replace(/\.[^.]+$/, "")}.mp4`, { type: "inline" }),
  });
};

/** `GET /c/<id>/thumbnail.jpg` */
export const getThumbnail: Route = (c, backend) =>
  answerPicture(c, backend, "thumbnail.jpg", "image/jpeg");

/** `GET /c/<id>/preview.gif` */
export const getPreview: Route = (c, backend) =>
  answerPicture(c, backend, "preview.gif", "image/gif");

/** `GET /c/<id>/preview.webp` */
export const getWebpPreview: Route = (c, backend) =>
  answerPicture(c, backend, "preview.webp", "image/webp");

/** `GET /c/<id>/storyboard.jpg`: the tiles. */
export const getStoryboardImage: Route = (c, backend) =>
  answerPicture(c, backend, "storyboard.jpg", "image/jpeg", "clip");

/** `GET /c/<id>/storyboard.vtt`: where each tile is, and which times it stands for. */
export const getStoryboard: Route = async (c, backend) => {
  const seen = await requireAvailable(c, backend);
  const { clip, expires } = seen;
  const layout: StoryboardLayout | null = clip.storyboard;
  if (!layout) throw nothingToSee("missing");
  const query = expires === null ? "" : `?${backend.privacy.sign(clip, "clip", expires)}`;
  const image = `storyboard.jpg${query}`;
  return answerText(c, renderStoryboard(layout, image, clip.facts.duration), {
    validators: validatorsOf(clip, `"${clip.checksum}-storyboard.vtt"`),
    type: "text/vtt; charset=UTF-8",
    cacheControl: cachingOf(seen, immutable, backend),
  });
};

function answerOriginal(
  c: Context,
  backend: Backend,
  seen: SeenClip,
  { type, disposition }: ReturnType<typeof servingOf>,
  caching: string,
): Promise<Response> {
  const { clip, expires } = seen;
  const name = clip.filename ?? `${clip.id}.${extensionOf(clip.mime)}`;
  return answerFile(c, backend, {
    key: fileKey(clip.id, clip.version, "content"),
    // What is shown as a picture has headers that no bucket sends along, so that nothing in it runs.
    ...{ size: clip.size, type, mayRedirect: !isPhoto(clip), expires },
    cacheControl: cachingOf(seen, caching, backend),
    validators: validatorsOf(clip, `"${clip.checksum}"`),
    disposition: create(name, { type: disposition }),
    policy: isPhoto(clip) ? "default-src 'none'; sandbox" : null,
  });
}

async function answerPicture(
  c: Context,
  backend: Backend,
  file: ClipFile,
  type: string,
  scope: LinkScope = "pictures",
): Promise<Response> {
  const seen = await requireAvailable(c, backend, scope);
  const { clip, expires } = seen;
  const key = fileKey(clip.id, clip.version, file);
  const found = await backend.store.headObject(key);
  if (!found) throw nothingToSee("missing");
  return answerFile(c, backend, {
    ...{ key, size: found.size, type, disposition: null, expires },
    ...{ cacheControl: cachingOf(seen, immutable, backend), mayRedirect: false },
    validators: validatorsOf(clip, `"${clip.checksum}-${file}"`),
  });
}

async function requireVideo(c: Context, backend: Backend): Promise<SeenClip> {
  const seen = await requireAvailable(c, backend);
  if (isPhoto(seen.clip)) throw nothingToSee("missing");
  return seen;
}

function validatorsOf(clip: Clip, etag: string): Validators {
  return { etag, lastModified: new Date(clip.createdOn).toUTCString() };
}
