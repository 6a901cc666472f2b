import { describe, expect, test } from "vitest";
import { openings } from "./corpus/openings.ts";
import { recorded } from "./corpus/recorded.ts";
import { type Frame, readFrames } from "./frames.ts";
import { nearest, ssim } from "./measure.ts";
import { compared, readReference, readReferenceFrames } from "./reference.ts";
import { useClips } from "./seen.ts";

const cases = [...recorded, ...openings.filter(({ file }) => /webm|logo/.test(file))];
const { see, pathOf } = useClips(cases);

/** One frame of this many is looked at, because each is compared pixel by pixel. */
const step = 6;

describe("the GIF of a recorded page is as sharp as its frames", () => {
  for (const one of cases) {
    test(one.file, async () => {
      const gif = String((await see(one)).gif);
      const { frames, rate } = await readReference(one, pathOf(one));
      const [full, small] = await Promise.all([
        readFrames(gif),
        readFrames(gif, { filter: compared, grey: true }),
      ]);
      const likenesses: number[] = [];
      const spoilt: number[] = [];
      for (let number = 0; number < full.length; number += step) {
        const frame = full[number] as Frame;
        const { index } = nearest(small[number] as Frame, frames);
        const place = { ...frame, index, rate, around: 1 };
        // Neighbours can look the same when they are small, and only one of them is the one that is shown.
        const originals = await readReferenceFrames(one, pathOf(one), place);
        const shares = originals.map((original) => shareOfSpoiltFlats(frame, original));
        likenesses.push(Math.max(...originals.map((original) => ssim(frame, original))));
        spoilt.push(Math.min(...shares));
      }
      expect(mean(likenesses)).toBeGreaterThan(0.99);
      expect(mean(spoilt)).toBeLessThan(mostSpoilt);
    });
  }
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of 255: two decoders differ by as much, and dithering and a palette of few colours by more. */
const visible = 2;

/**
 * How many pixels of flat colours may. A page that records itself while the machine is busy leaves noise
 * in them that 256 colours do not hold: up to 0.8 % were seen.
 */
const mostSpoilt = 0.012;

/** How many of the pixels that lie in a flat colour have another colour than the original. */
function shareOfSpoiltFlats(frame: Frame, { data, width, height }: Frame): number {
  const row = width * 3;
  let [flat, spoilt] = [0, 0];
  for (let y = 2; y < height - 2; y++) {
    for (let x = 2; x < width - 2; x++) {
      const at = y * row + x * 3;
      if (!isFlat(data, at, row)) continue;
      flat++;
      const off = [0, 1, 2].some((c) => {
        return Math.abs((data[at + c] ?? 0) - (frame.data[at + c] ?? 0)) > visible;
      });
      if (off) spoilt++;
    }
  }
  return flat === 0 ? 0 : spoilt / flat;
}

/** Whether the pixels two to each side have the same colour, but for what a codec loses. */
function isFlat(data: Uint8Array, at: number, row: number): boolean {
  const around = [-6, -3, 3, 6, -2 * row, -row, row, 2 * row];
  return around.every((step) => {
    return [0, 1, 2].every((c) => {
      return Math.abs((data[at + c] ?? 0) - (data[at + step + c] ?? 0)) <= 1;
    });
  });
}
