import { describe, expect, test } from "vitest";
import type { ClipCase, VideoCase } from "./corpus/clip-case.ts";
import { corpus } from "./corpus/corpus.ts";
import { openings } from "./corpus/openings.ts";
import { readFrames } from "./frames.ts";
import { brightness, detail, nearest, ssim } from "./measure.ts";
import { compared, readReference, readReferenceFrame } from "./reference.ts";
import { useClips } from "./seen.ts";

const cases = Object.values(corpus).flat().filter(isVideo);
const { see, pathOf } = useClips(cases);

/** How far pixels lie from the mean in a picture that shows something. */
const shown = 6;

describe("a thumbnail is a frame of the video, and not a blank one", () => {
  for (const one of cases) {
    test(one.file, async () => {
      const { expected = true, isBlank = false, likeness = 0.93 } = one.gives.pictures ?? {};
      const { clip, thumbnail } = await see(one);
      if (thumbnail === null) {
        expect(expected).toBe("either");
        // The reason is told.
        expect(clip.notes?.join()).toMatch(/\w/);
        return;
      }
      const { frames, rate } = await readReference(one, pathOf(one));
      const [small] = await readFrames(thumbnail, { filter: compared, grey: true });
      if (!small) throw new Error("The thumbnail is no picture.");
      const most = Math.max(...frames.map((frame) => brightness(frame).deviation));
      expect(most > shown).toBe(!isBlank);
      if (!isBlank) expect(brightness(small).deviation).toBeGreaterThan(shown);
      if (likeness === 0) return;
      const { index } = nearest(small, frames);
      const [full] = await readFrames(thumbnail);
      if (!full) throw new Error("The thumbnail is no picture.");
      const frame = await readReferenceFrame(one, pathOf(one), { ...full, index, rate });
      expect(ssim(full, frame)).toBeGreaterThan(likeness);
    });
  }
});

describe("an awkward opening: as good as the frame in the middle, or better", () => {
  for (const one of openings) {
    test(one.file, async () => {
      const { thumbnail } = await see(one);
      const { frames } = await readReference(one, pathOf(one));
      const [small] = await readFrames(String(thumbnail), { filter: compared, grey: true });
      const middle = frames[frames.length >> 1];
      if (!small || !middle) throw new Error("There is no frame.");
      expect(detail(small)).toBeGreaterThan(detail(middle) * 0.9);
      expect(brightness(small).deviation).toBeGreaterThan(brightness(middle).deviation * 0.9);
    });
  }
});

function isVideo(one: ClipCase): one is ClipCase & { gives: VideoCase } {
  return one.gives.kind === "video";
}
