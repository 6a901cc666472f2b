import type { Context } from "hono";
import type { Clip } from "../../catalog/clip-state.js";
import { type ClipFile, fileKey } from "../../catalog/keys.js";
import { HttpError } from "../../http-error.js";
import type { Backend, Route } from "../backend.js";
import { parseRange } from "../byte-range.js";

/** The files at a clip's address never change: a clip with other bytes has another id. */
const immutable = "public, max-age=31536000, immutable";

/** `GET /c/<id>/video`: the bytes, or a range of them. */
export const getVideo: Route = async (c, backend) => {
  const clip = await requireAvailable(c, backend);
  const etag = `"${clip.checksum}"`;
  const headers = {
    ...fileHeaders(clip, clip.mime, etag),
    "Accept-Ranges": "bytes",
    "Content-Disposition": `inline; ${dispositionName(clip.filename ?? `${clip.id}.mp4`)}`,
  };
  if (c.req.header("if-none-match") === etag) return new Response(null, { status: 304, headers });
  const condition = c.req.header("if-range");
  const isSame = condition === undefined || condition === etag;
  const range = parseRange(isSame ? c.req.header("range") : undefined, clip.size);
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
  const etag = `"${clip.checksum}-${file}"`;
  const headers = fileHeaders(clip, type, etag);
  if (c.req.header("if-none-match") === etag) return new Response(null, { status: 304, headers });
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

function fileHeaders(clip: Clip, type: string, etag: string): Record<string, string> {
  return {
    "Content-Type": type,
    ETag: etag,
    "Last-Modified": new Date(clip.createdOn).toUTCString(),
    "Cache-Control": immutable,
    "X-Content-Type-Options": "nosniff",
  };
}

/** The name twice: in ASCII for old clients, and in full as RFC 8187 describes. */
function dispositionName(filename: string): string {
  const ascii = filename.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(filename).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
