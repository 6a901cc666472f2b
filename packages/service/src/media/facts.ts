import type { Probe, VideoStream } from "./engine/engine.js";
import { mediaTypeOf } from "./media-type.js";
import { readOrientation } from "./orientation.js";
import type { Size } from "./picture-size.js";
import type { MediaFacts } from "./types.js";

/** What the container says about the video, for people. */
export function readFacts(probe: Probe): MediaFacts {
  const size = shownSize(probe.video);
  return {
    duration: probe.duration,
    width: size?.width ?? null,
    height: size?.height ?? null,
    codec: probe.video.codec,
    audioCodec: probe.audio?.codec ?? null,
    mime: mediaTypeOf(probe),
  };
}

/** The size as displayed; `null` when the container does not say. */
export function shownSize({
  width,
  height,
  aspect,
  displayMatrix,
}: Pick<VideoStream, "width" | "height" | "aspect" | "displayMatrix">): Size | null {
  if (width <= 0 || height <= 0) return null;
  const square = Math.max(1, Math.round(width * aspect));
  const { sidesSwapped } = readOrientation(displayMatrix);
  return sidesSwapped ? { width: height, height: square } : { width: square, height };
}
