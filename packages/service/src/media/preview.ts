import { simplifyColors } from "./colors.js";
import type { AnimationEncoding, Engine, RawFrame } from "./engine/engine.js";
import type { Passage, PreviewPlan } from "./passages.js";
import { fitInto } from "./picture-size.js";
import { settleFrames } from "./settle-frames.js";
import { previewRate, previewSide, type Subject, type Survey, takeFrames } from "./survey.js";

/** The largest preview, in bytes. */
const byteLimit = 3 * 1024 * 1024;

/** How an animation is made smaller, step by step. */
export type Attempt = Pick<AnimationEncoding, "quality"> & { side: number };

/** How much larger than the limit an animation may be expected, and is tried nonetheless. */
const hope = 1.3;

/** With the last of them, even 60 frames of noise stay below the limit. */
const attempts: Record<AnimationEncoding["format"], readonly Attempt[]> = {
  gif: [
    { side: previewSide, quality: 256 },
    { side: previewSide, quality: 64 },
    { side: 360, quality: 64 },
    { side: 280, quality: 64 },
    { side: 200, quality: 32 },
  ],
  webp: [
    { side: previewSide, quality: 60 },
    { side: previewSide, quality: 30 },
    { side: 280, quality: 30 },
  ],
};

/** The frames of a preview, and how many of them are shown in a second. */
export interface Preview {
  frames: RawFrame[];
  rate: number;
}

/** Frames a second of a preview of key frames alone. */
const slideRate = 2;

/** @throws when no frame can be decoded */
export async function takePreview(
  subject: Subject,
  survey: Survey,
  { passages }: PreviewPlan,
): Promise<Preview> {
  if (subject.effort === "cheap") return takeSlides(subject, survey);
  const frames: RawFrame[] = [];
  for (const passage of passages) frames.push(...(await takePassage(subject, survey, passage)));
  if (frames.length === 0) throw new Error("no frame of it is intact");
  return { frames: settleFrames(frames), rate: previewRate };
}

async function takePassage(
  subject: Subject,
  { samples, isPreview }: Survey,
  { start, length }: Passage,
): Promise<RawFrame[]> {
  if (!isPreview) {
    return takeFrames(subject, previewSide, { start, length, rate: previewRate, effort: "full" });
  }
  const first = Math.round(start * previewRate);
  const count = Math.max(1, Math.round(length * previewRate));
  return samples.slice(first, first + count).map(({ frame }) => frame);
}

/** One frame of each place that was looked at. */
async function takeSlides(subject: Subject, { samples }: Survey): Promise<Preview> {
  const times = [...new Set(samples.map(({ frame }) => frame.at))];
  const frames: RawFrame[] = [];
  for (const start of times) {
    const passage = { start, length: 0, rate: 1, effort: subject.effort };
    frames.push(...(await takeFrames(subject, previewSide, passage)));
  }
  if (frames.length === 0) throw new Error("no frame of it is intact");
  return { frames, rate: slideRate };
}

/**
 * Encodes a preview as an animation that loops for ever.
 *
 * @throws when no attempt is small enough
 */
export async function encodePreview(
  engine: Engine,
  { frames, rate }: Preview,
  format: AnimationEncoding["format"],
  tries: readonly Attempt[] = attempts[format],
): Promise<Uint8Array> {
  const [first] = frames;
  if (!first) throw new Error("no frame of it is intact");
  const shown = format === "gif" ? simplifyColors(frames) : frames;
  let size = 0;
  let tried: Attempt | null = null;
  for (const attempt of tries) {
    const isLast = attempt === tries.at(-1);
    // Each takes its time: those that are far from small enough are left out.
    if (tried && !isLast && size * shrinkage(tried, attempt) > byteLimit * hope) continue;
    const { side, quality } = attempt;
    const encoding = { format, rate, ...fitInto(side, first), quality };
    const animation = await engine.encodeAnimation(shown, encoding);
    if (animation.length <= byteLimit) return animation;
    size = animation.length;
    tried = attempt;
  }
  throw new Error(`it does not fit into ${byteLimit} bytes`);
}

/** How large an animation of the second attempt is likely to be, compared to one of the first. */
function shrinkage(first: Attempt, second: Attempt): number {
  const bits = Math.log2(second.quality) / Math.log2(first.quality);
  return bits * (second.side / first.side) ** 2;
}
