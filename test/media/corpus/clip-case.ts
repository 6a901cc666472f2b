import type { Recipe } from "./recipe.ts";

export type Plays = "everywhere" | "rendition" | "download only";

/** A file, and what the service must make of it. */
export interface ClipCase {
  /** Its name, which is unlike all others. */
  file: string;
  recipe: Recipe;
  gives: VideoCase | RefusedCase;
}

/** A clip that is available. */
export interface VideoCase {
  kind: "video";
  /** As displayed, in square pixels. */
  size: readonly [width: number, height: number];
  /** `undefined`: as long as ffprobe says. */
  seconds?: number;
  mime: string;
  plays: Plays;
  /** The word of `download only` that the reason names. */
  because?: RegExp;
  pictures?: Partial<PictureCase>;
}

/** What the pictures of a clip must show. */
interface PictureCase {
  /** Whether any can be made; `either` where a limit may forbid it. Default: `true`. */
  expected: boolean | "either";
  /**
   * How like a frame of the video the thumbnail must be, as SSIM; `0` where ffmpeg gives other
   * colours than the service has to. Default: 0.93.
   */
  likeness: number;
  /** Whether something moves. Default: `true`. */
  moves: boolean;
  /** Whether every frame is of one colour. Default: `false`. */
  isBlank: boolean;
  /** The filter with which ffmpeg gives frames as they have to be shown. */
  filter: string;
}

/** A clip that fails, and words that the reason has. */
interface RefusedCase {
  kind: "refused";
  reason: RegExp;
}

export function video(
  file: string,
  recipe: Recipe,
  gives: Omit<VideoCase, "kind">,
): ClipCase & { gives: VideoCase } {
  return { file, recipe, gives: { kind: "video", ...gives } };
}

export function refused(file: string, recipe: Recipe, reason: RegExp): ClipCase {
  return { file, recipe, gives: { kind: "refused", reason } };
}
