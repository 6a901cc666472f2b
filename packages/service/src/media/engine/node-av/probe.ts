import {
  AV_CODEC_ID_NONE,
  AV_DISPOSITION_ATTACHED_PIC,
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
} from "node-av/constants";
import { avGetCodecName, avGetPixFmtName, Codec, type Stream } from "node-av/lib";
import { explainSilentScreen, refusePictures } from "../../container.js";
import type { OpenedSource } from "../../source.js";
import type { Probe, VideoStream } from "../engine.js";
import { Input } from "./input.js";
import { fieldOrderName, matrixName, primariesName, rangeName, transferName } from "./names.js";
import { toSeconds } from "./time.js";

/** @throws NotMediaError when the container has no video track, or only a cover picture */
export function findVideo({ demuxer }: Input): Stream {
  const stream = demuxer.findBestStream(AVMEDIA_TYPE_VIDEO);
  if (stream && !stream.hasDisposition(AV_DISPOSITION_ATTACHED_PIC)) return stream;
  throw explainSilentScreen(demuxer.formatLongName);
}

/** @throws NotMediaError when the content is no video */
export async function readProbe(source: OpenedSource, input: Input): Promise<Probe> {
  const { demuxer } = input;
  const brand = demuxer.metadata.major_brand ?? null;
  refusePictures(source.formats, brand);
  const video = findVideo(input);
  return {
    format: demuxer.formatName,
    formatName: demuxer.formatLongName,
    brand,
    frameCount: Number(video.nbFrames) || null,
    duration: statedDuration(input, video) ?? (await countDuration(source)),
    video: describeVideo(video),
    audio: describeAudio(demuxer.findBestStream(AVMEDIA_TYPE_AUDIO)),
  };
}

function describeVideo(stream: Stream): VideoStream {
  const { codecpar, sampleAspectRatio, avgFrameRate } = stream;
  const pixelFormat = avGetPixFmtName(codecpar.format as Parameters<typeof avGetPixFmtName>[0]);
  return {
    codec: codecName(stream),
    isDecodable: Codec.findDecoder(codecpar.codecId) !== null,
    profile: profileName(stream),
    tag: codecpar.codecTag === 0 ? null : codecpar.codecTagString,
    pixelFormat,
    width: Math.max(0, codecpar.width),
    height: Math.max(0, codecpar.height),
    aspect: ratio(sampleAspectRatio) ?? 1,
    displayMatrix: codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX),
    fieldOrder: fieldOrderName(codecpar.toJSON().fieldOrder),
    range: rangeName(codecpar.colorRange),
    matrix: matrixName(codecpar.colorSpace),
    primaries: primariesName(codecpar.colorPrimaries),
    transfer: transferName(codecpar.colorTrc),
    hasAlpha: isTransparent(pixelFormat) || stream.metadata?.get("alpha_mode") === "1",
    rate: ratio(avgFrameRate),
  };
}

function describeAudio(stream: Stream | undefined): Probe["audio"] {
  const codec = stream && codecName(stream);
  if (!stream || !codec) return null;
  const { channels, sampleRate } = stream.codecpar;
  return { codec, profile: profileName(stream), channels, sampleRate };
}

function codecName({ codecpar: { codecId } }: Stream): string | null {
  return codecId === AV_CODEC_ID_NONE ? null : avGetCodecName(codecId);
}

function profileName({ codecpar: { codecId, profile } }: Stream): string | null {
  const profiles = Codec.findDecoder(codecId)?.profiles;
  return profiles?.find((known) => known.profile === profile)?.name ?? null;
}

function isTransparent(pixelFormat: string | null): boolean {
  return /^(yuva|gbrap|ya\d|argb|rgba|abgr|bgra|ayuv|vuya)/.test(pixelFormat ?? "");
}

function ratio({ num, den }: { num: number; den: number }): number | null {
  return num > 0 && den > 0 ? num / den : null;
}

function statedDuration({ demuxer }: Input, stream: Stream): number | null {
  if (demuxer.duration > 0) return demuxer.duration;
  const ticks = stream.duration;
  return ticks === AV_NOPTS_VALUE || ticks <= 0n ? null : toSeconds(ticks, stream.timeBase);
}

/** Browsers record WebM without a duration, so it is computed from the packets. */
async function countDuration(source: OpenedSource): Promise<number | null> {
  if (source.size > source.countingLimit) return null;
  await using input = await Input.open(source);
  const stream = findVideo(input);
  input.select([stream]);
  let first: bigint | null = null;
  let last = 0n;
  let frames = 0;
  for (let packet = await input.read(); packet; packet = await input.read()) {
    const { pts, streamIndex } = packet;
    packet.free();
    if (streamIndex !== stream.index || pts === AV_NOPTS_VALUE) continue;
    first ??= pts;
    last = pts > last ? pts : last;
    frames += 1;
  }
  if (first === null || last <= first) return null;
  // How long the last frame is shown is not stored: it counts as long as the average of the others.
  return (toSeconds(last - first, stream.timeBase) * frames) / (frames - 1);
}
