import type { Demuxer } from "node-av/api";
import {
  AV_CODEC_ID_NONE,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVMEDIA_TYPE_VIDEO,
} from "node-av/constants";
import { avGetCodecName, type Stream } from "node-av/lib";
import { NotMediaError, openContainer } from "./container.js";
import { type Orientation, readOrientation } from "./orientation.js";
import type { Size } from "./picture-size.js";
import type { OpenedSource } from "./source.js";
import type { MediaFacts } from "./types.js";

/** The video of a container: its stream, and how to display it. */
export interface VideoTrack {
  stream: Stream;
  orientation: Orientation;
  /** As displayed; `null` when the container does not say. */
  size: Size | null;
}

/** @throws NotMediaError when the container has no video track, or only a cover picture */
export function findVideo(input: Demuxer): VideoTrack {
  const stream = input.findBestStream(AVMEDIA_TYPE_VIDEO);
  if (!stream || stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC)) {
    throw new NotMediaError(`the content is ${input.formatLongName} without a video track`);
  }
  const orientation = readOrientation(stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
  return { stream, orientation, size: shownSize(stream, orientation) };
}

/** What the container says about the video, without decoding any of it. */
export async function readFacts(
  source: OpenedSource,
  input: Demuxer,
  { stream, size }: VideoTrack,
): Promise<MediaFacts> {
  const { codecId } = stream.codecpar;
  return {
    duration: statedDuration(input, stream) ?? (await countDuration(source)),
    width: size?.width ?? null,
    height: size?.height ?? null,
    codec: codecId === AV_CODEC_ID_NONE ? null : avGetCodecName(codecId),
  };
}

function shownSize(stream: Stream, { sidesSwapped }: Orientation): Size | null {
  const { width, height } = stream.codecpar;
  if (width <= 0 || height <= 0) return null;
  const { num, den } = stream.sampleAspectRatio;
  const square = Math.max(1, Math.round(num > 0 && den > 0 ? (width * num) / den : width));
  return sidesSwapped ? { width: height, height: square } : { width: square, height };
}

function statedDuration(input: Demuxer, stream: Stream): number | null {
  if (input.duration > 0) return input.duration;
  const ticks = stream.duration;
  return ticks === AV_NOPTS_VALUE || ticks <= 0n ? null : toSeconds(ticks, stream);
}

/** Browsers record WebM without a duration, so it is computed from the packets. */
async function countDuration(source: OpenedSource): Promise<number | null> {
  if (source.size > source.countingLimit) return null;
  await using input = await openContainer(source);
  const { stream } = findVideo(input);
  let first: bigint | null = null;
  let last = 0n;
  let frames = 0;
  for await (using packet of source.packets(input, stream.index)) {
    if (!packet || packet.pts === AV_NOPTS_VALUE) continue;
    first ??= packet.pts;
    last = packet.pts > last ? packet.pts : last;
    frames += 1;
  }
  if (first === null || last <= first) return null;
  // How long the last frame is shown is not stored: it counts as long as the average of the others.
  return (toSeconds(last - first, stream) * frames) / (frames - 1);
}

function toSeconds(ticks: bigint, { timeBase }: Stream): number {
  return (Number(ticks) * timeBase.num) / timeBase.den;
}
