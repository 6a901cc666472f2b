import type { OpenedVideo, Probe, RawFrame } from "./engine/engine.js";
import { shownSize } from "./facts.js";
import { type Interest, isFlat, type Luma, lumaOf, measureInterest } from "./frame-measures.js";
import { pictureFilter, sequentialFilter } from "./picture-filter.js";
import { fitInto, type Size } from "./picture-size.js";

/** Frames a second of the preview. */
export const previewRate = 10;

/** The longer side of the largest preview, in pixels. */
export const previewSide = 480;

/** The longer side of a tile of the storyboard, in pixels. */
export const tileSide = 160;

/** The most places that are looked at, which is also the most tiles of a storyboard. */
const mostPlaces = 60;

/** Seconds between two places at least. */
const leastInterval = 0.5;

/** Bytes of frames at the preview's size that are kept while the others are looked at. */
const keptBytes = 48 * 1024 * 1024;

/** Pixels that may be decoded to look at all of a video. */
const decodedPixels = 0.5e9;

/** Pixels that may be decoded where key frames alone do not show enough. */
const mostDecodedPixels = 4e9;

/** Pixels of key frames that may be decoded, and the fewest places that are looked at. */
const keyFramePixels = 45e6;
const fewestPlaces = 16;

/** Below this many different key frames, they say little about a video. */
const fewKeyFrames = 6;

/** A frame at one place of a video, and what is to see in it. */
export interface Sample {
  frame: RawFrame;
  luma: Luma;
  interest: Interest;
  isFlat: boolean;
}

/** Frames of evenly spaced places of a video. */
export interface Survey {
  samples: Sample[];
  /** Seconds from one sample to the next. */
  interval: number;
  /**
   * Seconds to the end of what can be decoded, as far as that is known: of a file that was cut off, the
   * container still tells the length of the whole.
   */
  end: number;
  /** Whether the samples are all that a preview of the whole video shows, at its rate and size. */
  isPreview: boolean;
}

/** A video of which pictures are made, as it is displayed. */
export interface Subject {
  video: OpenedVideo;
  size: Size;
  /** Seconds. Where a video does not say how long it is, its beginning is looked at. */
  duration: number;
  effort: "full" | "cheap";
}

/** Seconds that are looked at where a video does not say how long it is. */
const assumedDuration = 10;

/** `null` when the container does not say how large the picture is. */
export function toSubject(video: OpenedVideo, effort: Subject["effort"]): Subject | null {
  const size = shownSize(video.probe.video);
  return size && { video, size, duration: video.probe.duration || assumedDuration, effort };
}

/** Takes frames of a passage, scaled to fit into a square. */
export async function takeFrames(
  { video, size }: Subject,
  side: number,
  passage: { start: number; length: number; rate: number; effort: Subject["effort"] },
): Promise<RawFrame[]> {
  const into = fitInto(side, size);
  const { probe } = video;
  const filter = pictureFilter(probe.video, into);
  const sequential = sequentialFilter(probe.video);
  const frames: RawFrame[] = [];
  for await (const frame of video.frames({ ...passage, filter, sequential, ...into })) {
    frames.push(frame);
  }
  return frames;
}

/**
 * Looks at a video: at all of it where that is cheap, and otherwise at key frames of places across
 * it.
 *
 * @throws when no frame can be decoded
 */
export async function takeSurvey(subject: Subject): Promise<Survey> {
  const { duration, size, effort, video } = subject;
  const pixels = pixelsOf(video.probe, size, duration);
  const { width, height } = fitInto(previewSide, size);
  const isAffordable = effort === "full" && pixels <= decodedPixels;
  if (isAffordable && duration * previewRate * width * height * 3 <= keptBytes) {
    const survey = await look(subject, previewSide, 1 / previewRate, "full");
    return { ...survey, isPreview: true };
  }
  const interval = Math.max(leastInterval, duration / mostPlaces);
  if (isAffordable) return look(subject, tileSide, interval, "full");
  const places = Math.max(
    fewestPlaces,
    Math.min(mostPlaces, keyFramePixels / (size.width * size.height)),
  );
  const survey = await look(subject, tileSide, Math.max(interval, duration / places), "cheap");
  if (effort === "cheap" || pixels > mostDecodedPixels || countPlaces(survey) >= fewKeyFrames) {
    return survey;
  }
  return look(subject, tileSide, interval, "full");
}

async function look(
  subject: Subject,
  side: number,
  interval: number,
  effort: Subject["effort"],
): Promise<Survey> {
  const passage = { start: 0, length: subject.duration, rate: 1 / interval, effort };
  const samples = (await takeFrames(subject, side, passage)).map(toSample);
  if (samples.length === 0) throw new Error("no frame of it is intact");
  // Of key frames alone, the last one says little of the end.
  const seen = effort === "full" ? samples.length * interval : subject.duration;
  return { samples, interval, end: Math.min(subject.duration, seen), isPreview: false };
}

export function toSample(frame: RawFrame): Sample {
  const luma = lumaOf(frame);
  const interest = measureInterest(luma);
  return { frame, luma, interest, isFlat: isFlat(interest) };
}

function countPlaces({ samples }: Survey): number {
  return new Set(samples.map(({ frame }) => frame.at)).size;
}

function pixelsOf({ video }: Probe, { width, height }: Size, duration: number): number {
  return duration * (video.rate ?? 30) * width * height;
}
