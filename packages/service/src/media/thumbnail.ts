import type { Engine, RawFrame } from "./engine/engine.js";
import { type Sample, type Subject, type Survey, takeFrames, toSample } from "./survey.js";

/** The longer side at most, in pixels. */
export const thumbnailSide = 1280;

/** On FFmpeg's scale for JPEG, from 2 (best) to 31. */
export const jpegQuality = 4;

/** Of the score of the best frame. */
const nearlyAsMuch = 0.98;

/** How many more places are looked at where all that were looked at show nothing. */
const morePlaces = 240;

/**
 * The frame at a second, clamped to the video, or the one that shows most, as a JPEG.
 *
 * @throws when no frame can be decoded
 */
export async function makeThumbnail(
  engine: Engine,
  subject: Subject,
  survey: Survey,
  second: number | null,
): Promise<Uint8Array> {
  const asked = second === null ? null : Math.max(0, Math.min(second, subject.duration));
  const frame =
    (asked === null ? null : await frameAt(subject, asked)) ??
    (await frameAt(subject, await findBest(subject, survey))) ??
    survey.samples[0]?.frame;
  if (!frame) throw new Error("no frame of it is intact");
  return engine.encodeJpeg(frame, jpegQuality);
}

async function frameAt(subject: Subject, start: number): Promise<RawFrame | null> {
  const passage = { start, length: 0, rate: 1, effort: subject.effort };
  const [frame] = await takeFrames(subject, thumbnailSide, passage);
  return frame ?? null;
}

/** Seconds from the first frame of the video to the one that shows most. */
async function findBest(subject: Subject, { samples }: Survey): Promise<number> {
  const best = chooseBest(samples);
  if (!best.isFlat || subject.effort === "cheap") return best.frame.at;
  // Something may be shown between the places: every frame of a short video is looked at.
  const { duration, video } = subject;
  const rate = Math.min(video.probe.video.rate ?? 30, morePlaces / duration);
  const passage = { start: 0, length: duration, rate, effort: subject.effort };
  const others = (await takeFrames(subject, thumbnailSide / 8, passage)).map(toSample);
  return chooseBest([...samples, ...others]).frame.at;
}

/**
 * The sample that shows most, or the first that shows nearly as much: the earlier one is more likely
 * to be what the video is about, and takes less to decode again.
 */
export function chooseBest(samples: readonly Sample[]): Sample {
  const scores = samples.map(score);
  const enough = Math.max(...scores) * nearlyAsMuch;
  const best = samples[scores.findIndex((value) => value >= enough)];
  if (!best) throw new Error("no frame of it is intact");
  return best;
}

/**
 * Up to 3 for a frame that is rich in contrast, detail and shades. Flat frames have nearly nothing, and
 * black and white ones nothing.
 */
function score({ interest: { mean, deviation, detail, shades }, isFlat }: Sample): number {
  if (isFlat) return 0.01 * (1 - Math.abs(mean - 127.5) / 127.5);
  return Math.min(1, deviation / 64) + Math.min(1, detail / 16) + shades / 6;
}
