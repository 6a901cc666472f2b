import type { Context } from "hono";
import type { FoundComparison, PairIds } from "../../comparisons/comparisons.js";
import { HttpError } from "../../http-error.js";
import { requireAccount } from "../audit.js";
import type { Backend, Route } from "../backend.js";
import { answerComparison } from "../comparison-answer.js";
import { readComparisonWishes } from "../comparison-wishes.js";
import { linkBodySize, readLifetime } from "../link-lifetime.js";
import { readParameters } from "../request-body.js";

/**
 * `POST /me/videoclips/<new>/comparisons/<old>`: an extension; has two clips compared, and answers with
 * the comparison as it is. Without a body it is made in the usual way.
 */
export const requestComparison: Route = async (c, backend) => {
  const pair = await requirePair(c, backend);
  if (pair.newId === pair.oldId) throw new HttpError(400, "A clip is not compared with itself.");
  const wishes = readComparisonWishes(await readParameters(c.req.raw, backend.limits));
  const found = await backend.comparisons.request(pair, wishes, { signal: c.req.raw.signal });
  const dropped = found.dropped.map(({ old }) => old);
  return answer(c, backend, found, { meta: dropped.length > 0 ? { _dropped: dropped } : {} });
};

/** `GET /me/videoclips/<new>/comparisons/<old>`: an extension; the comparison as it is. */
export const getComparison: Route = async (c, backend) => {
  const pair = await requirePair(c, backend);
  return answer(c, backend, await backend.comparisons.find(pair, { signal: c.req.raw.signal }));
};

/**
 * `POST /me/videoclips/<new>/comparisons/<old>/link`: an extension; the comparison with addresses that
 * open it, and both videos, until they expire.
 */
export const createComparisonLink: Route = async (c, backend) => {
  const pair = await requirePair(c, backend);
  const parameters = await readParameters(c.req.raw, backend.limits, linkBodySize);
  const expires = Math.floor(Date.now() / 1000) + readLifetime(parameters.expires_in);
  const found = await backend.comparisons.find(pair, { signal: c.req.raw.signal });
  return answer(c, backend, found, { expires });
};

async function requirePair(c: Context, backend: Backend): Promise<PairIds> {
  const account = await requireAccount(c, backend);
  return { account, newId: c.req.param("id") ?? "", oldId: c.req.param("old") ?? "" };
}

async function answer(
  c: Context,
  { comparisons, privacy, baseUrlOf }: Backend,
  found: FoundComparison,
  { expires = null, meta = {} }: { expires?: number | null; meta?: object } = {},
): Promise<Response> {
  const signal = c.req.raw.signal;
  const diff = await comparisons.readDiff(found.clip, found.comparison, { signal });
  const addresses = { privacy, baseUrl: baseUrlOf(c.req.raw), expires };
  const data = [answerComparison({ ...found, diff }, addresses)];
  return c.json({ _count: 1, ...meta, data }, 200, { "Cache-Control": "no-store" });
}
