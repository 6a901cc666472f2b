import { checkChapters, formatChapters } from "@clipcourier/core/wire";
import { HttpError } from "../../http-error.js";
import { requireAccount } from "../audit.js";
import type { Route } from "../backend.js";
import { cachingOf, changing, requireAvailable } from "../clip-access.js";
import { answerClip } from "../clip-answer.js";
import { chaptersOf } from "../clip-chapters.js";
import { parseJson, readParameters } from "../request-body.js";

// Seconds. WebVTT needs an end, and players take one that is behind the video's.
const beyondAnyVideo = 1_000_000;

/**
 * `POST /me/videoclips/<id>/chapters`: an extension; the clip with these chapters in place of those that it
 * had. An empty list leaves it without.
 */
export const setChapters: Route = async (c, backend) => {
  const { clips, limits, privacy, baseUrlOf } = backend;
  const account = await requireAccount(c, backend);
  const given = (await readParameters(c.req.raw, limits)).chapters;
  if (given === undefined) throw new HttpError(400, "chapters: missing.");
  const list = typeof given === "string" ? parseJson(given, "chapters") : given;
  const { chapters, problem } = checkChapters(list);
  if (chapters === undefined) throw new HttpError(400, `chapters: ${problem}.`);
  const clip = await clips.setChapters(account, c.req.param("id") ?? "", chapters);
  if (!clip) throw new HttpError(404, "There is no such clip.");
  const data = [answerClip(clip, { privacy, baseUrl: baseUrlOf(c.req.raw) })];
  return c.json({ _count: 1, data });
};

/** `GET /c/<id>/chapters.vtt`: it has no cue where the clip has no chapters. */
export const getChapters: Route = async (c, backend) => {
  const seen = await requireAvailable(c, backend);
  const cues = chaptersOf(seen.clip).map((each) => ({ ...each, end: each.end ?? beyondAnyVideo }));
  return c.body(formatChapters(cues), 200, {
    "Content-Type": "text/vtt; charset=UTF-8",
    "Cache-Control": cachingOf(seen, changing, backend),
    "X-Content-Type-Options": "nosniff",
  });
};
