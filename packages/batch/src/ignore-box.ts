import type { IgnoreBox } from "@clipcourier/core";

/** How many boxes the service takes for one comparison. */
export const mostIgnoreBoxes = 20;

/** What {@link parseIgnoreBox} reads, for people. */
export const ignoreBoxForm =
  "x,y,width,height, such as 1180,0,100,40 in pixels or 90%,0%,10%,6% of the picture";

const pattern = /^(\d+(?:\.\d+)?),(\d+(?:\.\d+)?),(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/;

// Pixels; the service takes no larger numbers.
const mostPixels = 100_000;

/**
 * The part of the picture that a text such as `1180,0,100,40` (pixels of the old clip) or `90%,0%,10%,6%`
 * (of its picture) stands for; `undefined` for any other text, and for one with no area.
 */
export function parseIgnoreBox(text: string): IgnoreBox | undefined {
  const isShare = /^([\d.]+%,){3}[\d.]+%$/.test(text);
  const numbers = pattern.exec(isShare ? text.replaceAll("%", "") : text)?.slice(1);
  const [x = 0, y = 0, width = 0, height = 0] = (numbers ?? []).map((number) =>
    isShare ? Number(number) / 100 : Number(number),
  );
  const isTooLarge = Math.max(x, y, width, height) > (isShare ? 1 : mostPixels);
  if (width === 0 || height === 0 || isTooLarge) return undefined;
  return { x, y, width, height, unit: isShare ? "share" : "pixel" };
}
