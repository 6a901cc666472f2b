import type { RawFrame } from "./engine/engine.js";

/** Pixels from one that is counted to the next, and frames: one in 350 shows what there is. */
const pixelStep = 7;
const frameStep = 10;

/**
 * Which bits of a colour are kept, by the share of the counted pixels that have a colour of their own.
 * A user interface has few; photographs have many, and noise has no two alike.
 */
const masks = [
  { above: 0.8, mask: 0xf8 },
  { above: 0.15, mask: 0xfe },
];

/**
 * Drops the last bits of each colour where there are many, because each takes time when a palette is
 * chosen. The colours of a user interface stay as they are.
 */
export function simplifyColors(frames: readonly RawFrame[]): readonly RawFrame[] {
  const share = shareOfColors(frames);
  const mask = masks.find(({ above }) => share > above)?.mask;
  if (mask === undefined) return frames;
  let before: { original: Uint8Array; simple: Uint8Array } | null = null;
  return frames.map((frame) => {
    // Frames that show the same share their bytes.
    const isSame = before?.original === frame.data;
    const simple = before && isSame ? before.simple : frame.data.map((value) => value & mask);
    before = { original: frame.data, simple };
    return { ...frame, data: simple };
  });
}

function shareOfColors(frames: readonly RawFrame[]): number {
  const colors = new Set<number>();
  let counted = 0;
  for (let number = 0; number < frames.length; number += frameStep) {
    const data = frames[number]?.data ?? [];
    for (let index = 0; index + 2 < data.length; index += 3 * pixelStep) {
      const [red, green, blue] = [data[index] ?? 0, data[index + 1] ?? 0, data[index + 2] ?? 0];
      colors.add((red << 16) | (green << 8) | blue);
      counted += 1;
    }
  }
  return colors.size / Math.max(1, counted);
}
