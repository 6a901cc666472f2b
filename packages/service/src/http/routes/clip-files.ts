import { create } from "content-disposition";
import type { Context } from "hono";
import type { Clip, StoryboardLayout } from "../../catalog/clip-state.js";
import { type ClipFile, fileKey } from "../../catalog/keys.js";
import { renderStoryboard } from "../../watch/storyboard.js";
import type { Backend, Route } from "../backend.js";
import { playableOf } from "../clip-video.js";
import type { Validators } from "../conditions.js";
import { answerFile, answerText, changing, immutable, noClip } from "../file-answer.js";
import { extensionOf, servingOf } from "../video-types.js";

/** `GET /c/<id>/video`: the original bytes, or a range of them. */
export const getVideo: Route = async (c, backend) => {
  const clip = await requireAvailable(c, backend);
  return answerOriginal(c, backend, clip, servingOf(clip.mime), immutable);
};

/** `GET /c/<id>/download`: the original, to be saved. */
export const getDownload: Route = async (c, backend) => {
  const clip = await requireAvailable(c, backend);
  const { type } = servingOf(clip.mime);
  return answerOriginal(c, backend, clip, { type, disposition: "attachment" }, immutable);
};

/**
 * `GET /c/<id>/video.<ending>`: what plays, under the ending that it has. With another ending, it is
 * a redirect there, so that an address stays good when a rendition takes the original's place.
 */
export const getPlayable: Route = async (c, backend) => {
  const clip = await requireAvailable(c, backend);
  const { file, name, type, isFinal } = playableOf(clip);
  if (c.req.param("file") !== name) {
    const headers = {
      Location: new URL(`c/${clip.id}/${name}`, backend.baseUrlOf(c.req.raw)).href,
    };
    return new Response(null, { status: 302, headers: { ...headers, "Cache-Control": changing } });
  }
  const cacheControl = isFinal ? immutable : changing;
  if (file === "content") return answerOriginal(c, backend, clip, servingOf(type), cacheControl);
  const key = fileKey(clip.id, clip.version, file);
  const found = await backend.store.headObject(key);
  if (!found) throw noClip();
  const original = clip.filename ?? clip.id;
  return answerFile(c, backend, {
    ...{ key, size: found.size, type, cacheControl, mayRedirect: true },
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
  answerPicture(c, backend, "storyboard.jpg", "image/jpeg");

/** `GET /c/<id>/storyboard.vtt`: where each tile is, and which times it stands for. */
export const getStoryboard: Route = async (c, backend) => {
  const clip = await requireAvailable(c, backend);
  const layout: StoryboardLayout | null = clip.storyboard;
  if (!layout) throw noClip();
  return answerText(c, renderStoryboard(layout, clip.facts.duration), {
    validators: validatorsOf(clip, `"${clip.checksum}-storyboard.vtt"`),
    type: "text/vtt; charset=UTF-8",
  });
};

function answerOriginal(
  c: Context,
  backend: Backend,
  clip: Clip,
  { type, disposition }: ReturnType<typeof servingOf>,
  cacheControl: string,
): Promise<Response> {
  const name = clip.filename ?? `${clip.id}.${extensionOf(clip.mime)}`;
  return answerFile(c, backend, {
    key: fileKey(clip.id, clip.version, "content"),
    ...{ size: clip.size, type, cacheControl, mayRedirect: true },
    validators: validatorsOf(clip, `"${clip.checksum}"`),
    disposition: create(name, { type: disposition }),
  });
}

async function answerPicture(
  c: Context,
  backend: Backend,
  file: ClipFile,
  type: string,
): Promise<Response> {
  const clip = await requireAvailable(c, backend);
  const key = fileKey(clip.id, clip.version, file);
  const found = await backend.store.headObject(key);
  if (!found) throw noClip();
  return answerFile(c, backend, {
    ...{ key, size: found.size, type, disposition: null },
    ...{ cacheControl: immutable, mayRedirect: false },
    validators: validatorsOf(clip, `"${clip.checksum}-${file}"`),
  });
}

async function requireAvailable(c: Context, { clips }: Backend): Promise<Clip> {
  const clip = await clips.find(c.req.param("id") ?? "");
  if (clip?.status !== "available") throw noClip();
  return clip;
}

function validatorsOf(clip: Clip, etag: string): Validators {
  return { etag, lastModified: new Date(clip.createdOn).toUTCString() };
}
