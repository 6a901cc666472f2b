import { HttpError } from "../../http-error.js";
import { renderMissingPage, renderWatchPage, watchPagePolicy } from "../../watch/watch-page.js";
import type { Route } from "../backend.js";
import { answerClip } from "../clip-answer.js";

const headers = {
  "Cache-Control": "no-cache",
  "Content-Security-Policy": watchPagePolicy,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};

/** `GET /c/<id>`: the watch page. */
export const getWatchPage: Route = async (c, { clips, baseUrlOf }) => {
  const clip = await clips.find(c.req.param("id") ?? "");
  if (clip) return c.html(renderWatchPage(answerClip(clip, baseUrlOf(c.req.raw))), 200, headers);
  if (!c.req.header("accept")?.includes("text/html")) {
    throw new HttpError(404, "There is no such clip.");
  }
  return c.html(renderMissingPage(), 404, headers);
};
