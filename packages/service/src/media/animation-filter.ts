import type { AnimationEncoding } from "./engine/engine.js";

/** The effort of the encoder of WebP, from 0 to 6: a third of the time of FFmpeg's usual 4. */
export const webpCompressionLevel = 2;

/**
 * The filter that prepares RGB frames for an encoder of animations.
 *
 * A GIF gets the palette of every third frame, because counting colours takes most of the time. It is
 * not dithered: a pattern of dots costs bytes in each frame, and areas of one colour would lose it.
 */
export function animationFilter({ format, width, height, quality }: AnimationEncoding): string {
  const scale = `scale=${width}:${height}:flags=area`;
  if (format === "webp") return `${scale},format=yuv420p`;
  const palette = `select='not(mod(n\\,3))',palettegen=max_colors=${quality}`;
  return `${scale},split[counted][shown];[counted]${palette}[palette];[shown][palette]paletteuse=dither=none:diff_mode=rectangle`;
}
