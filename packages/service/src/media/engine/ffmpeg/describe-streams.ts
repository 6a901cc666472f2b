import type { Probe, VideoStream } from "../engine.js";
import type { ProbedStream } from "./probe-json.js";

/** The video that FFmpeg's libraries take for the best: `undefined` where there is none. */
export function findVideo(streams: readonly ProbedStream[]): ProbedStream | undefined {
  return findBest(
    streams.filter((stream) => isOf(stream, "video") && stream.disposition.attached_pic !== 1),
  );
}

/** The sound that goes with it. */
export function findAudio(streams: readonly ProbedStream[]): ProbedStream | undefined {
  return findBest(
    streams.filter((stream) => isOf(stream, "audio") && stream.channels && stream.sample_rate),
  );
}

function isOf(stream: ProbedStream, type: string): boolean {
  return stream.codec_type === type;
}

/** By disposition, then by bits a second; the first of equals. As `av_find_best_stream` does it. */
function findBest(streams: readonly ProbedStream[]): ProbedStream | undefined {
  let best: ProbedStream | undefined;
  for (const stream of streams) if (!best || isBetter(stream, best)) best = stream;
  return best;
}

function isBetter(one: ProbedStream, other: ProbedStream): boolean {
  const preference = preferenceOf(one) - preferenceOf(other);
  return preference > 0 || (preference === 0 && bitRate(one) > bitRate(other));
}

function preferenceOf({ disposition }: ProbedStream): number {
  const isForSome = disposition.hearing_impaired === 1 || disposition.visual_impaired === 1;
  return (isForSome ? 0 : 1) + (disposition.default === 1 ? 1 : 0);
}

function bitRate({ bit_rate: rate }: ProbedStream): number {
  return Number(rate ?? 0);
}

/** @param decodable the codecs that FFmpeg has a decoder for */
export function describeVideo(stream: ProbedStream, decodable: readonly string[]): VideoStream {
  const pixelFormat = known(stream.pix_fmt);
  const codec = known(stream.codec_name);
  return {
    codec,
    isDecodable: codec !== null && decodable.includes(codec),
    profile: known(stream.profile),
    // FFmpeg writes a tag of zeros like this.
    tag: stream.codec_tag_string === "[0][0][0][0]" ? null : known(stream.codec_tag_string),
    pixelFormat,
    width: stream.width ?? 0,
    height: stream.height ?? 0,
    aspect: ratio(stream.sample_aspect_ratio, ":") ?? 1,
    displayMatrix: readMatrix(stream),
    fieldOrder: stream.field_order ?? "unknown",
    range: stream.color_range ?? "unknown",
    matrix: stream.color_space ?? "unknown",
    primaries: stream.color_primaries ?? "unknown",
    transfer: stream.color_transfer ?? "unknown",
    hasAlpha: isTransparent(pixelFormat) || stream.tags.alpha_mode === "1",
    rate: ratio(stream.avg_frame_rate, "/"),
  };
}

export function describeAudio(stream: ProbedStream | undefined): Probe["audio"] {
  const codec = known(stream?.codec_name);
  if (!stream || !codec) return null;
  return {
    codec,
    profile: known(stream.profile),
    channels: stream.channels ?? 0,
    sampleRate: Number(stream.sample_rate ?? 0),
  };
}

/** The number in a text such as `1.500000`, or `null`. */
export function toNumber(text: string | undefined): number | null {
  const number = Number(text ?? Number.NaN);
  return Number.isFinite(number) ? number : null;
}

function known(name: string | undefined): string | null {
  return name === undefined || name === "unknown" || name === "none" ? null : name;
}

function ratio(text: string | undefined, separator: string): number | null {
  const [numerator = 0, denominator = 0] = (text ?? "").split(separator).map(Number);
  return numerator > 0 && denominator > 0 ? numerator / denominator : null;
}

function isTransparent(pixelFormat: string | null): boolean {
  return /^(yuva|gbrap|ya\d|argb|rgba|abgr|bgra|ayuv|vuya)/.test(pixelFormat ?? "");
}

/** ffprobe prints a matrix as three lines, each with its offset and three numbers. */
function readMatrix({ side_data_list: sideData }: ProbedStream): Buffer | null {
  const text = sideData.find(({ displaymatrix }) => displaymatrix !== undefined)?.displaymatrix;
  if (text === undefined) return null;
  const numbers = text
    .split("\n")
    .flatMap((line) => line.split(":")[1]?.trim().split(/\s+/).map(Number) ?? []);
  return numbers.length === 9 ? Buffer.from(Int32Array.from(numbers).buffer) : null;
}
