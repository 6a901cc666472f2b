import { ignoreBoxForm, mostIgnoreBoxes, parseIgnoreBox } from "@clipcourier/batch";
import { type IgnoreBox, mostTolerance } from "@clipcourier/core";
import type { InputReader } from "./input-reader.js";

/** How clips are compared with those that the comment has shown before. */
export interface CompareInputs {
  failOnChange: boolean;
  tolerance: number | undefined;
  /** Parts of the picture that are not compared. */
  ignore: IgnoreBox[];
}

/**
 * `undefined` where clips are not to be compared. What is wrong is refused in that case, too.
 *
 * Both a comment and a service are needed for it.
 */
export function readCompare(
  reader: InputReader,
  { hasComment, hasService }: { hasComment: boolean; hasService: boolean },
): CompareInputs | undefined {
  const isOn = reader.isOn("compare", true) && hasComment;
  const failOnChange = reader.isOn("fail-on-change", false);
  const tolerance = reader.amount("compare-tolerance", mostTolerance, { isWhole: false });
  const ignore = readIgnore(reader);
  if (failOnChange && !isOn) {
    const why = "the comment remembers the clips that these are compared with";
    reader.refuse("fail-on-change", `needs compare: true, and comment: true or auto: ${why}`);
  } else if (failOnChange && !hasService) {
    reader.refuse("fail-on-change", "needs api-url with gather: the service compares the clips");
  }
  return isOn && hasService ? { failOnChange, tolerance, ignore } : undefined;
}

function readIgnore(reader: InputReader): IgnoreBox[] {
  const lines = reader.lines("compare-ignore");
  if (lines.length > mostIgnoreBoxes) {
    reader.refuse("compare-ignore", `takes at most ${mostIgnoreBoxes} boxes, not ${lines.length}`);
  }
  return lines.flatMap((line) => {
    const box = parseIgnoreBox(line);
    if (box !== undefined) return box;
    reader.refuse("compare-ignore", `takes ${ignoreBoxForm}, one on each line, not "${line}"`);
    return [];
  });
}
