import * as v from "valibot";

/** The most comparisons that one clip has; a later one takes the place of the oldest. */
export const mostComparisons = 10;

/** The most parts of the picture that one comparison leaves out. */
export const mostIgnoreBoxes = 20;

const ignoreBoxSchema = v.object({
  ...{ x: v.number(), y: v.number(), width: v.number(), height: v.number() },
  unit: v.picklist(["pixel", "share"]),
});

/** How a clip differs from an older one of its account, as far as that is known. */
export const comparisonSchema = v.object({
  /** The id of the older clip. */
  old: v.string(),
  /** Which of its uploads is meant: the same content has the same id again after a deletion. */
  oldVersion: v.string(),
  /** When it was asked for, ISO 8601. It names the work and the files, so each of a clip has another. */
  askedOn: v.string(),
  ignore: v.array(ignoreBoxSchema),
  tolerance: v.number(),
  /** `ready` once its files are stored. */
  status: v.picklist(["pending", "ready", "failed"]),
  /** Why it has failed. */
  reason: v.nullable(v.string()),
  /** Whether there is a picture of what has changed: a GIF, or a PNG of photos. */
  hasPicture: v.boolean(),
  /** Whether it cannot be told for a limit of time or memory, which may be another one later. */
  isOverLimit: v.exactOptional(v.boolean()),
});
export type ComparisonState = v.InferOutput<typeof comparisonSchema>;

/** How two clips are compared. */
export type ComparisonWishes = Pick<ComparisonState, "ignore" | "tolerance">;
