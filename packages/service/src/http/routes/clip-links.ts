import { HttpError } from "../../http-error.js";
import { requireAccount } from "../audit.js";
import type { Route } from "../backend.js";
import { answerClip } from "../clip-answer.js";
import { linkBodySize, readLifetime } from "../link-lifetime.js";
import { readParameters } from "../request-body.js";

/**
 * `POST /me/videoclips/<id>/link`: an extension; the clip with addresses that open it until they
 * expire. Those of a clip that is not private need no signature, and do not expire.
 */
export const createLink: Route = async (c, backend) => {
  const { clips, limits, privacy, baseUrlOf } = backend;
  const account = await requireAccount(c, backend);
  const parameters = await readParameters(c.req.raw, limits, linkBodySize);
  const lifetime = readLifetime(parameters.expires_in);
  const clip = await clips.findOf(account, c.req.param("id") ?? "", { signal: c.req.raw.signal });
  if (!clip) throw new HttpError(404, "There is no such clip.");
  const expires = Math.floor(Date.now() / 1000) + lifetime;
  const signed = { privacy, baseUrl: baseUrlOf(c.req.raw), expires };
  const headers = { "Cache-Control": "no-store" };
  return c.json({ _count: 1, data: [answerClip(clip, signed)] }, 200, headers);
};
