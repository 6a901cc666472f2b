import { mostTolerance } from "@clipcourier/core/wire";
import * as v from "valibot";
import { type ComparisonWishes, mostIgnoreBoxes } from "../catalog/comparison-state.js";
import { HttpError } from "../http-error.js";
import { defaultOptions } from "../media/diff/options.js";
import { parseJson } from "./request-body.js";

// Pixels, of the largest picture that anybody may have.
const mostPixels = 100_000;

const boxSchema = v.pipe(
  v.object({
    ...{ x: v.pipe(v.number(), v.minValue(0)), y: v.pipe(v.number(), v.minValue(0)) },
    width: v.pipe(v.number(), v.gtValue(0)),
    height: v.pipe(v.number(), v.gtValue(0)),
    unit: v.picklist(["pixel", "share"]),
  }),
  v.check(({ unit, ...numbers }) => {
    const most = unit === "share" ? 1 : mostPixels;
    return Object.values(numbers).every((value) => value <= most);
  }),
);

/**
 * How two clips are to be compared, from the parameters of a request.
 *
 * @throws HttpError 400
 */
export function readComparisonWishes(parameters: Record<string, unknown>): ComparisonWishes {
  return { ignore: readBoxes(parameters.ignore), tolerance: readTolerance(parameters.tolerance) };
}

function readBoxes(value: unknown): ComparisonWishes["ignore"] {
  if (value === undefined) return [];
  const list = typeof value === "string" ? parseJson(value, "ignore") : value;
  if (!Array.isArray(list)) throw new HttpError(400, "ignore: not a list of boxes.");
  if (list.length > mostIgnoreBoxes) {
    throw new HttpError(
      400,
      `ignore: ${list.length} boxes, and at most ${mostIgnoreBoxes} are taken.`,
    );
  }
  return list.map((each: unknown, index) => {
    const box = v.safeParse(boxSchema, each);
    if (box.success) return box.output;
    throw new HttpError(
      400,
      `ignore: box ${index + 1} is not { x, y, width, height, unit }, in pixels (unit "pixel") or in shares of the picture from 0 to 1 (unit "share").`,
    );
  });
}

function readTolerance(value: unknown): number {
  if (value === undefined) return defaultOptions.tolerance;
  const isGiven = typeof value === "number" || (typeof value === "string" && value.trim() !== "");
  const tolerance = isGiven ? Number(value) : Number.NaN;
  if (tolerance > 0 && tolerance <= mostTolerance) return tolerance;
  throw new HttpError(400, `tolerance: not a factor above 0, up to ${mostTolerance}.`);
}
