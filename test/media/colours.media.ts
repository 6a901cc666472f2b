import { describe, expect, test } from "vitest";
import type { ClipCase } from "./corpus/clip-case.ts";
import { alpha, combed, hdr, sdr, untagged } from "./corpus/colours.ts";
import { patchColours } from "./corpus/scenes.ts";
import { type Frame, readFrames } from "./frames.ts";
import { colourAt, rowDifference, saturation } from "./measure.ts";
import { useClips } from "./seen.ts";

const { see } = useClips([sdr, ...hdr, ...untagged, ...alpha, ...combed]);

/** The thumbnail, and the first frame of the animation, which are made in two ways. */
async function seePictures(one: ClipCase): Promise<Record<"thumbnail" | "preview", Frame>> {
  const { thumbnail, gif } = await see(one);
  const [still] = await readFrames(String(thumbnail));
  const [moving] = await readFrames(String(gif));
  if (!still || !moving) throw new Error(`${one.file} has no pictures.`);
  return { thumbnail: still, preview: moving };
}

/** How far each patch is from the colour that it was made with: the most of all channels, of 255. */
function farthest(frame: Frame): number {
  const distances = patchColours.flatMap((colour, index) => {
    const x = Math.round(frame.width * ((index + 0.5) / patchColours.length));
    const seen = colourAt(frame, x - 2, Math.round(frame.height / 3));
    return colour.map((value, channel) => Math.abs(value - (seen[channel] ?? 0)));
  });
  return Math.max(...distances);
}

describe("colours are those of the scene", () => {
  for (const one of [sdr, ...untagged]) {
    test(one.file, async () => {
      const { thumbnail, preview } = await seePictures(one);
      expect(farthest(thumbnail)).toBeLessThan(8);
      expect(farthest(preview)).toBeLessThan(8);
    });
  }
  for (const one of hdr) {
    test(`${one.file}: as saturated as without HDR`, async () => {
      const [plain, wide] = await Promise.all([seePictures(sdr), seePictures(one)]);
      for (const picture of ["thumbnail", "preview"] as const) {
        const share = saturation(wide[picture]) / saturation(plain[picture]);
        expect(share).toBeGreaterThan(0.8);
        expect(share).toBeLessThan(1.2);
      }
    });
  }
});

describe("transparent pixels lie on a neutral ground", () => {
  for (const one of alpha) {
    test(one.file, async () => {
      for (const frame of Object.values(await seePictures(one))) {
        const ground = colourAt(frame, Math.round(frame.width / 16), Math.round(frame.height / 16));
        // Neither the magenta below, nor so bright or dark that a page swallows it.
        expect(Math.max(...ground) - Math.min(...ground)).toBeLessThan(6);
        expect(Math.max(...ground)).toBeLessThan(250);
        expect(Math.min(...ground)).toBeGreaterThan(20);
        const [red = 0, green = 0, blue = 0] = colourAt(
          frame,
          Math.round(frame.width * 0.7),
          Math.round(frame.height * 0.6),
        );
        expect(Math.abs(red - 0x10) + Math.abs(green - 0x60) + Math.abs(blue - 0x20)).toBeLessThan(
          30,
        );
      }
    });
  }
});

describe("the fields of two times are not woven into one picture", () => {
  for (const one of combed) {
    test(one.file, async () => {
      for (const frame of Object.values(await seePictures(one))) {
        expect(rowDifference(frame)).toBeLessThan(3);
      }
    });
  }
});
