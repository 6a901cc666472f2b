import type { WireQueue } from "@clipcourier/core/wire";
import type { Context } from "hono";
import { isCursor } from "../../catalog/clip-index.js";
import type { Clip } from "../../catalog/clip-state.js";
import { HttpError } from "../../http-error.js";
import { noteDeleted, requireAccount } from "../audit.js";
import type { Backend, Route } from "../backend.js";
import { answerClip } from "../clip-answer.js";

const defaultCount = 20;
const maxCount = 100;
// Finding a page by its number means counting to it.
const maxPlace = 100_000;
const maxNameLength = 255;

/**
 * `GET /me/videoclips`: a page of the account's clips, newest first. `after` and `_next` are an
 * extension, with which a page costs the same wherever it is. So is `name`, with which it is a search
 * among the next 200 clips: its `_next` leads on.
 */
export const listClips: Route = async (c, backend) => {
  const { signal } = c.req.raw;
  const account = await requireAccount(c, backend);
  const count = Math.min(readCount(c, "count", defaultCount), maxCount);
  const page = readCount(c, "page", 1);
  if (page * count > maxPlace) {
    throw new HttpError(400, "page: too far from the newest clip. Go on from _next, with after.");
  }
  const after = readCursor(c);
  const name = readName(c, page);
  const found =
    name === null
      ? await backend.clips.list(account, { count, page, after }, { signal })
      : await backend.clips.search(account, { name, count, after }, { signal });
  const options = { privacy: backend.privacy, baseUrl: backend.baseUrlOf(c.req.raw) };
  // A list is for finding a clip, and the chapters of many are much to send.
  const data = found.clips.map((clip) => {
    const { chapters: _, ...row } = answerClip(clip, options);
    return row;
  });
  return c.json({
    _count: data.length,
    _page: page,
    ...(found.total !== null && { _total: found.total }),
    ...(found.next !== null && { _next: found.next }),
    data,
  });
};

/** `GET /me/videoclips/<id>`. `_queue`, the place of a pending clip, is an extension. */
export const getClip: Route = async (c, backend) => {
  const { signal } = c.req.raw;
  const account = await requireAccount(c, backend);
  const clip = await backend.clips.findOf(account, c.req.param("id") ?? "", { signal });
  const position = clip && (await backend.clips.countBefore(clip));
  return answerOne(c, clip, backend, position === null ? {} : { _queue: { position } });
};

/** `DELETE /me/videoclips/<id>`: an extension; answers with the clip as it was. */
export const deleteClip: Route = async (c, backend) => {
  const account = await requireAccount(c, backend);
  const id = c.req.param("id") ?? "";
  const clip = await backend.clips.delete(account, id, () => noteDeleted(c));
  return answerOne(c, clip, backend);
};

function answerOne(
  c: Context,
  clip: Clip | null,
  { baseUrlOf, privacy }: Backend,
  meta: { _queue?: WireQueue } = {},
): Response {
  if (!clip) throw new HttpError(404, "There is no such clip.");
  const data = [answerClip(clip, { privacy, baseUrl: baseUrlOf(c.req.raw) })];
  return c.json({ _count: 1, ...meta, data });
}

function readCursor(c: Context): string | null {
  const after = c.req.query("after");
  if (after === undefined) return null;
  if (isCursor(after)) return after;
  throw new HttpError(400, "after: not the _next of an earlier page.");
}

function readName(c: Context, page: number): string | null {
  const name = c.req.query("name");
  if (name === undefined) return null;
  if (name === "" || name.length > maxNameLength) {
    throw new HttpError(400, `name: empty, or longer than ${maxNameLength} characters.`);
  }
  if (page !== 1)
    throw new HttpError(400, "page: a search by name goes on from _next, with after.");
  return name;
}

function readCount(c: Context, name: string, standard: number): number {
  const text = c.req.query(name);
  if (text === undefined) return standard;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new HttpError(400, `${name}: not a whole number above 0.`);
}
