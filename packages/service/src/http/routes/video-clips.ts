import type { Context } from "hono";
import type { ClipAddress } from "../../clips/clips.js";
import { HttpError } from "../../http-error.js";
import type { Backend, Route } from "../backend.js";
import { answerClip } from "../clip-answer.js";

const defaultCount = 20;
const maxCount = 100;

/** `GET /me/videoclips`: a page of the account's clips, newest first. */
export const listClips: Route = async (c, backend) => {
  const account = await backend.auth.requireAccount(c.req.raw.headers);
  const count = Math.min(readCount(c, "count", defaultCount), maxCount);
  const page = readCount(c, "page", 1);
  const clips = await backend.clips.list(account);
  const baseUrl = backend.baseUrlOf(c.req.raw);
  const data = clips
    .slice((page - 1) * count, page * count)
    .map((clip) => answerClip(clip, baseUrl));
  return c.json({ _count: data.length, _page: page, _total: clips.length, data });
};

/** `GET /me/videoclips/<id>` */
export const getClip: Route = async (c, backend) => {
  const address = await requireAddress(c, backend);
  const clip = (await backend.clips.read(address)) ?? noClip();
  return c.json({ _count: 1, data: [answerClip(clip, backend.baseUrlOf(c.req.raw))] });
};

/** `DELETE /me/videoclips/<id>`: an extension; answers with the clip as it was. */
export const deleteClip: Route = async (c, backend) => {
  const address = await requireAddress(c, backend);
  const clip = (await backend.uploads.delete(address)) ?? noClip();
  return c.json({ _count: 1, data: [answerClip(clip, backend.baseUrlOf(c.req.raw))] });
};

/** Another account's clip is treated as one that does not exist. */
async function requireAddress(c: Context, { auth, clips }: Backend): Promise<ClipAddress> {
  const account = await auth.requireAccount(c.req.raw.headers);
  const address = await clips.addressOf(c.req.param("id") ?? "");
  return address?.account === account ? address : noClip();
}

function noClip(): never {
  throw new HttpError(404, "There is no such clip.");
}

function readCount(c: Context, name: string, standard: number): number {
  const text = c.req.query(name);
  if (text === undefined) return standard;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new HttpError(400, `${name}: not a whole number above 0.`);
}
