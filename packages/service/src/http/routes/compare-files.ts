import type { Context } from "hono";
import { comparisonPicture } from "../../catalog/comparison-picture.js";
import { comparisonKeys } from "../../catalog/keys.js";
import { HttpError } from "../../http-error.js";
import { pathOf } from "../../watch/clip-view.js";
import { compareLook, renderComparePage } from "../../watch/compare/compare-page.js";
import { renderMissingPage } from "../../watch/watch-page.js";
import type { Backend, Route } from "../backend.js";
import { changing, nothingToSee, notStored } from "../clip-access.js";
import { answerComparison, comparisonAddress } from "../comparison-answer.js";
import { answerFile } from "../file-answer.js";
import { findSeenPair, pairCaching } from "../pair-access.js";
import { addressesOf, forEverybody } from "./clip-texts.js";
import { answerPage, answerUnseen, viewOf } from "./watch.js";

/** `GET /c/<new>/compare/<old>.json`: what is told of how two clips differ. */
export const getComparisonJson: Route = async (c, backend) => {
  const { comparison, ...seen } = await requirePair(c, backend, "clip");
  if (!comparison) throw notCompared();
  const signal = c.req.raw.signal;
  const diff = await backend.comparisons.readDiff(seen.clip, comparison, { signal });
  const addresses = addressesOf(c, backend, seen);
  return c.json(answerComparison({ ...seen, comparison, diff }, addresses), 200, {
    ...forEverybody,
    "Cache-Control": pairCaching({ ...seen, comparison }, changing, backend),
  });
};

/** `GET /c/<new>/compare/<old>.gif`, or `.png` of photos: what has changed most. */
export const getComparisonPicture: Route = async (c, backend) => {
  const seen = await requirePair(c, backend, "pictures");
  const { clip, comparison, expires } = seen;
  const { ending, contentType } = comparisonPicture(clip);
  const isAsked = c.req.path.endsWith(ending);
  if (!isAsked || comparison?.status !== "ready" || !comparison.hasPicture) throw notCompared();
  const key = comparisonKeys(clip.id, clip.version, comparison).picture;
  const found = await backend.store.headObject(key);
  if (!found) throw notCompared();
  return answerFile(c, backend, {
    ...{ key, size: found.size, type: contentType, disposition: null, expires },
    // It is another one when the two are compared in another way.
    ...{ cacheControl: pairCaching(seen, changing, backend), mayRedirect: false },
    validators: {
      etag: `"${clip.checksum}-${Date.parse(comparison.askedOn)}"`,
      lastModified: new Date(comparison.askedOn).toUTCString(),
    },
  });
};

/** `GET /c/<new>/compare/<old>`: both videos in step. Reading it has nothing compared. */
export const getComparePage: Route = async (c, backend) => {
  const seen = await findSeenPair(c, backend, "clip");
  if (typeof seen === "string") return answerUnseen(c, backend, seen, renderMissingPage, "'none'");
  const { clip, old, comparison, expires } = seen;
  const addresses = addressesOf(c, backend, seen);
  const signal = c.req.raw.signal;
  const diff = comparison && (await backend.comparisons.readDiff(clip, comparison, { signal }));
  const page = renderComparePage({
    clip: viewOf(c, { clip, expires }, backend, null),
    old: viewOf(c, { clip: old, expires }, backend, null),
    comparison: comparison && answerComparison({ clip, old, comparison, diff }, addresses),
    path: pathOf(comparisonAddress(clip, old, ".json", addresses)),
  });
  const caching = pairCaching(seen, changing, backend);
  return answerPage(c, backend, page, {
    status: 200,
    frames: "'none'",
    caching,
    look: compareLook,
  });
};

async function requirePair(c: Context, backend: Backend, scope: "clip" | "pictures") {
  const seen = await findSeenPair(c, backend, scope);
  if (typeof seen === "string") throw nothingToSee(seen, forEverybody);
  return seen;
}

function notCompared(): HttpError {
  const headers = { ...forEverybody, "Cache-Control": notStored };
  return new HttpError(404, "There is no such comparison, or it is not ready yet.", headers);
}
