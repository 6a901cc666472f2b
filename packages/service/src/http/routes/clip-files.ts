import { create } from "content-disposition";
import type { Context } from "hono";
import type { Clip } from "../../catalog/clip-state.js";
import { type ClipFile, fileKey } from "../../catalog/keys.js";
import { HttpError } from "../../http-error.js";
import type { Backend, Route } from "../backend.js";
import { parseRange } from "../byte-range.js";
import { allowsRange, isFresh, type Validators } from "../conditions.js";
import { servingOf } from "../video-types.js";

/** The files at a clip's address never change: a clip with other bytes has another id. */
const immutable = "public, max-age=31536000, immutable";

/** `GET /c/<id>/video`: the bytes, or a range of them. */
export const getVideo: Route = async (c, backend) => {
  const clip = await requireAvailable(c, backend);
  const validators = validatorsOf(clip, `"${clip.checksum}"`);
  const { type, disposition } = servingOf(clip.mime);
  const headers = {
    ...fileHeaders(validators, type),
    "Accept-Ranges": "bytes",
    "Content-Disposition": create(clip.filename ?? `${clip.id}.mp4`, { type: disposition }),
  };
  const requested = c.req.raw.headers;
  if (isFresh(requested, validators)) return new Response(null, { status: 304, headers });
  const elsewhere = c.req.method === "HEAD" ? null : await locateVideo(clip, headers, backend);
  if (elsewhere) return elsewhere;
  const wanted = allowsRange(requested, validators) ? requested.get("range") : null;
  const range = parseRange(wanted, clip.size);
  if (range === "unsatisfiable") {
    throw new HttpError(416, `The video has ${clip.size} bytes.`, {
      "Content-Range": `bytes */${clip.size}`,
    });
  }
  const length = range ? range.end - range.start + 1 : clip.size;
  const place = range ? { "Content-Range": `bytes ${range.start}-${range.end}/${clip.size}` } : {};
  const isHead = c.req.method === "HEAD";
  const object = isHead
    ? null
    : await backend.store.getObject(fileKey(clip.id, clip.version, "content"), {
        signal: c.req.raw.signal,
        ...(range && { range }),
      });
  if (!isHead && !object) throw noClip();
  return new Response(object?.body ?? null, {
    status: range ? 206 : 200,
    headers: { ...headers, ...place, "Content-Length": String(length) },
  });
};

/**
 * A redirect to where the store itself sends the bytes; `null` where the service has to. The address
 * is valid for as long as a part URL, so that a video can be watched to its end.
 */
async function locateVideo(
  clip: Clip,
  headers: Record<string, string>,
  { store, streamsVideos, urlLifetime }: Backend,
): Promise<Response | null> {
  if (!store.presignGet || streamsVideos) return null;
  const location = await store.presignGet(fileKey(clip.id, clip.version, "content"), {
    expires: Math.floor(Date.now() / 1000) + urlLifetime,
    ...(headers["Content-Type"] && { contentType: headers["Content-Type"] }),
    ...(headers["Content-Disposition"] && { contentDisposition: headers["Content-Disposition"] }),
    cacheControl: immutable,
  });
  return new Response(null, {
    status: 302,
    headers: { Location: location, "Cache-Control": "private, max-age=60" },
  });
}

/** `GET /c/<id>/thumbnail.jpg` */
export const getThumbnail: Route = (c, backend) =>
  answerPicture(c, backend, "thumbnail.jpg", "image/jpeg");

/** `GET /c/<id>/preview.gif` */
export const getPreview: Route = (c, backend) =>
  answerPicture(c, backend, "preview.gif", "image/gif");

async function answerPicture(
  c: Context,
  backend: Backend,
  file: ClipFile,
  type: string,
): Promise<Response> {
  const clip = await requireAvailable(c, backend);
  const validators = validatorsOf(clip, `"${clip.checksum}-${file}"`);
  const headers = fileHeaders(validators, type);
  if (isFresh(c.req.raw.headers, validators)) return new Response(null, { status: 304, headers });
  const key = fileKey(clip.id, clip.version, file);
  const found = await backend.store.headObject(key);
  if (!found) throw noClip();
  const object = c.req.method === "HEAD" ? null : await backend.store.getObject(key);
  return new Response(object?.body ?? null, {
    headers: { ...headers, "Content-Length": String(found.size) },
  });
}

async function requireAvailable(c: Context, { clips }: Backend): Promise<Clip> {
  const clip = await clips.find(c.req.param("id") ?? "");
  if (clip?.status !== "available") throw noClip();
  return clip;
}

function noClip(): HttpError {
  return new HttpError(404, "There is no such clip, or it is not available yet.");
}

function validatorsOf(clip: Clip, etag: string): Validators {
  return { etag, lastModified: new Date(clip.createdOn).toUTCString() };
}

function fileHeaders({ etag, lastModified }: Validators, type: string): Record<string, string> {
  return {
    "Content-Type": type,
    ETag: etag,
    "Last-Modified": lastModified,
    "Cache-Control": immutable,
    "X-Content-Type-Options": "nosniff",
  };
}
