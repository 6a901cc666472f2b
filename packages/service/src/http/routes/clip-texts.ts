import type { Context } from "hono";
import { renderClipText } from "../../watch/clip-text.js";
import type { Backend, Route } from "../backend.js";
import { cachingOf, changing, findSeen, nothingToSee, type SeenClip } from "../clip-access.js";
import { addressOf, answerClip } from "../clip-answer.js";

/** For answers that programs in pages of other origins may read. They hold nothing that is secret. */
export const forEverybody = { "Access-Control-Allow-Origin": "*" };

/** `GET /c/<id>.json`: the public facts. */
export const getClipJson: Route = async (c, backend) => {
  const seen = await requireSeen(c, backend);
  return c.json(answerClip(seen.clip, addressesOf(c, backend, seen)), 200, {
    ...forEverybody,
    "Cache-Control": cachingOf(seen, changing, backend),
  });
};

/** `GET /c/<id>.md`: the same for whoever reads Markdown. */
export const getClipMarkdown: Route = async (c, backend) => {
  const seen = await requireSeen(c, backend);
  const { clip } = seen;
  const addresses = addressesOf(c, backend, seen);
  const text = renderClipText({
    clip: answerClip(clip, addresses),
    storyboard: clip.status === "available" ? clip.storyboard : null,
    tilesUrl: addressOf(clip, "storyboard.jpg", "clip", addresses),
  });
  return c.body(text, 200, {
    ...forEverybody,
    "Content-Type": "text/markdown; charset=UTF-8",
    "Cache-Control": cachingOf(seen, changing, backend),
    "X-Content-Type-Options": "nosniff",
  });
};

/** What the addresses in an answer about this clip depend on. */
export function addressesOf(
  c: Context,
  { baseUrlOf, privacy }: Backend,
  { expires }: Pick<SeenClip, "expires">,
) {
  return { baseUrl: baseUrlOf(c.req.raw), privacy, expires };
}

async function requireSeen(c: Context, backend: Backend): Promise<SeenClip> {
  const [id] = (c.req.param("file") ?? "").split(".");
  const seen = await findSeen(c, backend, "clip", id);
  if (typeof seen === "string") throw nothingToSee(seen, forEverybody);
  return seen;
}
