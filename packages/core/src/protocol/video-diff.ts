/**
 * What a comparison of two videos, or of two photos, came to.
 *
 * - `same`: the same pictures in the same order. A late start or a stall is no change.
 * - `re-encoded`: nothing that the eye sees has changed; the pixels differ by compression or scaling.
 * - `changed`: something has changed at the times and places of `ranges`.
 * - `longer`, `shorter`: the new video goes on longer, or begins earlier, and nothing else has
 *   changed; or the other way round. `ranges` says where. Never of photos: one that is larger is `changed`.
 * - `different`: most of the two has nothing in common.
 * - `cannot-tell`: `reason` says why.
 */
export type VideoDiffVerdict = (typeof videoDiffVerdicts)[number];

export const videoDiffVerdicts = [
  "same",
  "re-encoded",
  "changed",
  "longer",
  "shorter",
  "different",
  "cannot-tell",
] as const;

/** The largest factor that says how much more may differ than usual. */
export const mostTolerance = 100;

/** A part of the picture that is not compared: a clock, a spinner, an advertisement. */
export interface IgnoreBox {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Pixels of the old video or photo as displayed, or shares of its picture, from 0 to 1. */
  unit: "pixel" | "share";
}

/** A passage of a video, in seconds from its first frame. Both are equal for a place between frames. */
export interface DiffSpan {
  from: number;
  to: number;
}

/** A box in pixels. */
export interface DiffBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * A passage that is not the same in both videos. Two photos have one at most, whose spans are from 0 to 0.
 */
export interface DiffRange {
  /** `added` where the new video alone has it, `removed` where the old one alone has it. */
  kind: "changed" | "added" | "removed";
  old: DiffSpan;
  new: DiffSpan;
  /** How much of the picture the regions cover, from 0 to 1. */
  share: number;
  /**
   * In pixels of the new video or photo as it is displayed, the largest first. Of photos of two sizes, what
   * the old one alone has lies outside of the new one.
   */
  regions: DiffBox[];
}

/** A video or photo that was compared. `null` where it was not looked at, because the bytes are the same. */
export interface ComparedVideo {
  /** Seconds of pictures; 0 for a photo. */
  duration: number;
  /** Pixels as displayed. */
  width: number;
  height: number;
  /** FFmpeg's name of the codec. */
  codec: string | null;
  /** Frames a second on average; `null` where the file does not say, and for a photo. */
  rate: number | null;
}

/** How two videos, or two photos, differ. This is what `clipcourier diff --json` prints. */
export interface VideoDiff {
  verdict: VideoDiffVerdict;
  /** A sentence for people. */
  summary: string;
  /** Why it cannot be told; `null` for all other verdicts. */
  reason: string | null;
  /** In the order of time. */
  ranges: DiffRange[];
  /** By how many seconds the new video shows the same later, at its start and at most; 0 for photos. */
  delay: { start: number; most: number };
  old: ComparedVideo | null;
  new: ComparedVideo | null;
}
