import { describe, expect, test } from "vitest";
import { corpus } from "./corpus/corpus.ts";
import { ffprobe } from "./programs.ts";
import { useClips } from "./seen.ts";

const cases = Object.values(corpus).flat();
const { see, seeRefused, pathOf } = useClips(cases);

describe("facts as ffprobe tells them, and how it plays", () => {
  for (const one of cases) {
    const { file, gives } = one;
    if (gives.kind !== "video") continue;
    test(file, async () => {
      const [{ clip }, probed] = await Promise.all([see(one), ffprobe(pathOf(one))]);
      const [width, height] = gives.size;
      const seconds = gives.seconds ?? probed.duration;
      expect(clip).toMatchObject({
        ...{ status: "available", width, height, mime: gives.mime, plays: gives.plays },
        codec: probed.videoCodec,
      });
      expect(clip.audioCodec).toBe(probed.audioCodec);
      if (seconds === undefined) expect(clip.duration).toBeGreaterThan(0);
      else expect(Math.abs((clip.duration ?? 0) - seconds)).toBeLessThan(0.1);
    });
  }
});

describe("no video: the reason says what it is and what to do", () => {
  for (const one of cases) {
    const { file, gives } = one;
    if (gives.kind !== "refused") continue;
    test(file, async () => {
      expect(await seeRefused(one)).toMatch(gives.reason);
    });
  }
});
