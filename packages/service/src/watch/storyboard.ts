import { formatTimestamp } from "@clipcourier/core/wire";
import type { StoryboardLayout } from "../catalog/clip-state.js";

/**
 * A storyboard as WebVTT: for each passage the place of its tile in a picture, as a fragment `#xywh=`.
 * Video.js, JW Player, Shaka and others read it.
 *
 * @param image the address of the picture, such as `storyboard.jpg`
 */
export function renderStoryboard(
  layout: StoryboardLayout,
  image: string,
  duration: number | null,
): string {
  const { interval, columns, count, tileWidth, tileHeight } = layout;
  const cues = Array.from({ length: count }, (_, index) => {
    const start = index * interval;
    // The last tile stands for what is left, where that is known.
    const isLast = index === count - 1 && duration !== null && duration > start;
    const end = isLast ? duration : start + interval;
    const place = [
      (index % columns) * tileWidth,
      Math.floor(index / columns) * tileHeight,
      tileWidth,
      tileHeight,
    ];
    return `${formatTimestamp(start)} --> ${formatTimestamp(end)}\n${image}#xywh=${place.join(",")}\n`;
  });
  return ["WEBVTT\n", ...cues].join("\n");
}
