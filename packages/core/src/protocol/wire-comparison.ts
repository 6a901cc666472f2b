import * as v from "valibot";
import { videoDiffVerdicts } from "./video-diff.js";

const amount = v.pipe(v.number(), v.minValue(0));
const span = v.object({ from: amount, to: amount });
const box = v.object({ x: amount, y: amount, width: amount, height: amount });
const video = v.object({
  duration: amount,
  width: amount,
  height: amount,
  codec: v.nullable(v.string()),
  rate: v.nullable(amount),
});

/** How two videos differ: the same JSON that `clipcourier diff --json` prints. */
export const wireVideoDiff = v.object({
  // Of a later service's verdict the sentence is shown.
  verdict: v.fallback(v.picklist(videoDiffVerdicts), "cannot-tell"),
  summary: v.string(),
  reason: v.nullable(v.string()),
  ranges: v.array(
    v.object({
      kind: v.picklist(["changed", "added", "removed"]),
      ...{ old: span, new: span, share: amount, regions: v.array(box) },
    }),
  ),
  delay: v.object({ start: v.number(), most: v.number() }),
  ...{ old: v.nullable(video), new: v.nullable(video) },
});

const wireIgnoreBox = v.object({
  ...{ x: v.number(), y: v.number(), width: v.number(), height: v.number() },
  unit: v.picklist(["pixel", "share"]),
});

/** A comparison of two clips; an extension. */
const wireComparison = v.object({
  old_id: v.string(),
  new_id: v.string(),
  status: v.picklist(["pending", "ready", "failed"]),
  created_on: v.string(),
  // How it was asked for.
  ignore: v.exactOptional(v.array(wireIgnoreBox)),
  tolerance: v.exactOptional(v.number()),
  diff: v.nullable(wireVideoDiff),
  reason: v.nullable(v.string()),
  picture_url: v.nullable(v.string()),
  url: v.pipe(v.string(), v.minLength(1)),
  private: v.exactOptional(v.nullable(v.boolean())),
  placeholder_url: v.exactOptional(v.nullable(v.string())),
  expires_on: v.exactOptional(v.nullable(v.string())),
});
export type WireComparison = v.InferOutput<typeof wireComparison>;

export const wireComparisonAnswer = v.object({
  data: v.tuple([wireComparison]),
  // The ids of the old clips whose comparisons have made room for this one.
  _dropped: v.exactOptional(v.fallback(v.array(v.string()), [])),
});
export type WireComparisonAnswer = v.InferOutput<typeof wireComparisonAnswer>;
