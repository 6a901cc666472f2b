import { movementBetween } from "./frame-measures.js";
import type { Size } from "./picture-size.js";
import type { Survey } from "./survey.js";
import type { PreviewChoice } from "./types.js";

/** Seconds. */
export interface Passage {
  start: number;
  length: number;
}

/** What a preview shows. */
export interface PreviewPlan {
  previewOf: "whole" | "passages" | "start" | "end";
  passages: Passage[];
}

/** Seconds up to which a preview shows all of a video, but for a blank lead. */
const wholeUpTo = 6;

/** Seconds of each of the passages of a longer video. */
const passageLength = 1;

/** Above so many pixels, a passage takes long to decode. */
const hugePixels = 1280 * 720;

/** Chooses what the preview of a video shows. */
export function planPreview(
  { width, height }: Size,
  survey: Survey,
  choice: PreviewChoice,
): PreviewPlan {
  const count = width * height > hugePixels ? 3 : 4;
  const oneLength = passageLength * count;
  if (survey.end <= wholeUpTo) {
    const start = leadOf(survey);
    return { previewOf: "whole", passages: [{ start, length: survey.end - start }] };
  }
  if (choice === "start") {
    return { previewOf: "start", passages: [{ start: 0, length: oneLength }] };
  }
  if (choice === "end") {
    return { previewOf: "end", passages: [{ start: survey.end - oneLength, length: oneLength }] };
  }
  return { previewOf: "passages", passages: choosePassages(survey, count) };
}

/**
 * The passages in which most moves, in order; the last one is the end of the video. None begins in a
 * blank lead, and where nothing moves they are spread over the video.
 */
function choosePassages(survey: Survey, count: number): Passage[] {
  const end = survey.end - passageLength;
  const lead = leadOf(survey);
  const candidates = candidatesOf(survey, lead, end - passageLength);
  const chosen: number[] = [end];
  const isFree = (start: number) =>
    start >= 0 && chosen.every((other) => Math.abs(other - start) >= passageLength);
  for (const { start, movement } of candidates) {
    if (chosen.length < count && movement > 0 && isFree(start)) chosen.push(start);
  }
  // Too few, because little moves.
  for (let part = 0; part < count; part += 1) {
    const start = lead + ((end - lead) * part) / count;
    if (chosen.length < count && isFree(start)) chosen.push(start);
  }
  return chosen.sort((a, b) => a - b).map((start) => ({ start, length: passageLength }));
}

/** Seconds of the first sample that shows something. */
function leadOf({ samples }: Survey): number {
  return samples.find(({ isFlat }) => !isFlat)?.frame.at ?? 0;
}

interface Candidate {
  start: number;
  movement: number;
}

/** Where a passage may begin, the liveliest first. */
function candidatesOf({ samples, interval }: Survey, from: number, to: number): Candidate[] {
  const movements = samples.map(({ luma }, index) => {
    const next = samples[index + 1];
    return next ? movementBetween(luma, next.luma) : 0;
  });
  const span = Math.max(1, Math.round(passageLength / interval));
  const candidates = samples.map(({ frame }, index) => ({
    start: frame.at,
    movement: movements.slice(index, index + span).reduce((sum, movement) => sum + movement, 0),
  }));
  return candidates
    .filter(({ start }) => start >= from && start <= to)
    .sort((a, b) => b.movement - a.movement || a.start - b.start);
}
