import { Decoder, FilterAPI } from "node-av/api";
import { AV_NOPTS_VALUE } from "node-av/constants";
import type { Frame, IRational, Packet, Stream } from "node-av/lib";

/** Seconds of video in the preview. Nothing after them is decoded. */
const openingSeconds = 4;

/** Seconds after the opening whose packets are still read: frames are stored out of order. */
const reorderSeconds = 2;

/** The most packets read, should timestamps not advance: four seconds at 500 frames a second. */
const packetLimit = 2000;

/** Frames a second of the preview. */
export const previewRate = 10;

/** Seconds. Timestamps are fractions that do not match tenths of a second exactly. */
const tolerance = 1e-4;

/** How many frames the poster is chosen from: the filter takes the one most like the others. */
const posterChoice = 10;

/** The first seconds of a video, decoded: the preview's frames, and the one for the thumbnail. */
export interface Opening {
  frames: Frame[];
  poster: Frame;
}

/** The filter for each picture, and the second from which the poster is taken. */
export interface OpeningPlan {
  previewFilter: string;
  posterFilter: string;
  posterAt: number;
}

/** The packets of the video's stream, from its beginning. */
type PacketSource = Iterable<Packet | null> | AsyncIterable<Packet | null>;

/**
 * Decodes the opening once, for both pictures.
 *
 * @throws when no frame of it can be decoded
 */
export async function decodeOpening(
  packets: PacketSource,
  stream: Stream,
  { previewFilter, posterFilter, posterAt }: OpeningPlan,
): Promise<Opening> {
  // A damaged frame is skipped instead of failing; two threads limit the memory.
  using decoder = await Decoder.create(stream, { exitOnError: false, threadCount: 2 });
  using preview = FilterAPI.create(previewFilter);
  using choice = FilterAPI.create(`${posterFilter},thumbnail=n=${posterChoice}`);
  const frames: Frame[] = [];
  const posters: Frame[] = [];
  let last: Frame | null = null;
  for await (const frame of steadyFrames(timedFrames(decoder, openingPackets(packets, stream)))) {
    const at = frames.length / previewRate;
    if (at >= posterAt && posters.length === 0) posters.push(...(await choice.processAll(frame)));
    frames.push(...(await preview.processAll(frame)));
    last?.free();
    last = frame;
  }
  if (!last) throw new Error("no frame in the first seconds is intact");
  // A file that was cut off can end before the poster's second.
  if (!choice.isFilterInitialized) posters.push(...(await choice.processAll(last)));
  posters.push(...(await choice.processAll(null)));
  last.free();
  const [poster] = posters;
  if (!poster) throw new Error("no frame could be chosen for the thumbnail");
  return { frames, poster };
}

interface TimedFrame {
  frame: Frame;
  /** Seconds from the first frame of the video. */
  at: number;
}

/** The frame displayed at each tenth of a second, as copies that the caller frees. */
async function* steadyFrames(source: AsyncIterable<TimedFrame>): AsyncGenerator<Frame> {
  let shown: Frame | null = null;
  let begin = 0;
  let end = 0;
  let count = 0;
  for await (const { frame, at } of source) {
    for (; shown && count / previewRate < at - tolerance; count += 1) yield copyOf(shown);
    shown?.free();
    shown = frame;
    // WebM often has no durations: then the last frame counts as long as the one before.
    end = at + (toSeconds(frame.duration, frame.timeBase) || at - begin);
    begin = at;
  }
  if (!shown) return;
  const total = Math.max(1, Math.round(Math.min(end, openingSeconds) * previewRate));
  for (; count < total; count += 1) yield copyOf(shown);
  shown.free();
}

/** The decoded frames of the opening. The caller frees them. */
async function* timedFrames(
  decoder: Decoder,
  packets: AsyncIterable<Packet | null>,
): AsyncGenerator<TimedFrame> {
  let first: number | null = null;
  for await (const frame of decoder.frames(packets)) {
    if (!frame) return;
    const time = toSeconds(frame.pts, frame.timeBase);
    first ??= time;
    if (time - first >= openingSeconds - tolerance) {
      frame.free();
      return;
    }
    yield { frame, at: time - first };
  }
}

/** The packets of the opening, then `null`, at which the decoder returns the frames it still has. */
async function* openingPackets(
  packets: PacketSource,
  stream: Stream,
): AsyncGenerator<Packet | null> {
  const { num, den } = stream.timeBase;
  const length = BigInt(Math.ceil(((openingSeconds + reorderSeconds) * den) / num));
  let first: bigint | null = null;
  let count = 0;
  for await (const packet of packets) {
    if (!packet) break;
    if (packet.dts !== AV_NOPTS_VALUE) first ??= packet.dts;
    const isPast = first !== null && packet.dts - first > length;
    count += 1;
    if (isPast || count > packetLimit) {
      packet.free();
      break;
    }
    yield packet;
  }
  yield null;
}

function copyOf(frame: Frame): Frame {
  const copy = frame.clone();
  if (!copy) throw new Error("out of memory");
  return copy;
}

function toSeconds(ticks: bigint, { num, den }: IRational): number {
  return (Number(ticks) * num) / den;
}
