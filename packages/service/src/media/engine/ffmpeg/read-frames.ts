import type { Readable } from "node:stream";
import type { OpenedSource } from "../../source.js";
import type { FrameRequest, Probe, RawFrame } from "../engine.js";
import { alphaDecoder } from "./alpha-decoder.js";
import { toNumber } from "./describe-streams.js";
import type { ProbedVideo } from "./probe.js";
import type { ProgramInput } from "./program-input.js";
import { ProgramError } from "./run-program.js";
import { startFfmpeg, type Tools } from "./tools.js";

/** Microseconds that a frame may come late: timestamps do not match tenths of a second exactly. */
const tolerance = 100;

/** Seconds between two steps from which a seek to a key frame costs less than reading up to it. */
const seekFrom = 2;

/** These have no index: a seek leads to the time itself, and so after the key frame that it needs. */
const withoutIndex = new Set(["mpegts", "mpeg"]);

/** Seconds from one key frame to the next in them, at most. Broadcasts have one or two. */
const keyFrameSpan = 3;

/** What is displayed at each step, each passage of it from one run of ffmpeg. */
export async function* readFrames(
  tools: Tools,
  source: OpenedSource,
  input: ProgramInput,
  video: ProbedVideo,
  request: FrameRequest,
): AsyncGenerator<RawFrame> {
  const { rate, effort } = request;
  const count = countFrames(request, video.probe.duration);
  if (effort === "cheap") {
    const hasFewSteps = 1 / rate >= seekFrom;
    const frames = hasFewSteps
      ? seekEach(tools, input, video, request, count)
      : runFfmpeg(tools, input, video, request, count);
    yield* dateKeyFrames(frames);
  } else {
    let given = 0;
    for await (const frame of runFfmpeg(tools, input, video, request, count)) {
      given += 1;
      yield frame;
    }
    // A passage after the end of the video gives its last frame.
    if (given === 0) yield* runFfmpeg(tools, input, video, { ...request, length: 0 }, 1);
  }
  source.checkIntact();
}

async function* seekEach(
  tools: Tools,
  input: ProgramInput,
  video: ProbedVideo,
  request: FrameRequest,
  count: number,
): AsyncGenerator<RawFrame> {
  for (let step = 0; step < count; step += 1) {
    const start = request.start + step / request.rate;
    yield* runFfmpeg(tools, input, video, { ...request, start, length: 0 }, 1);
  }
}

/** A key frame that stays for several steps is of the first of them, as there are no others. */
async function* dateKeyFrames(frames: AsyncIterable<RawFrame>): AsyncGenerator<RawFrame> {
  let last: RawFrame | null = null;
  for await (const frame of frames) {
    if (!last || Buffer.compare(last.data, frame.data) !== 0) last = frame;
    yield last;
  }
}

/** Runs ffmpeg from the key frame before the passage on, and takes frames of its stdout. */
async function* runFfmpeg(
  tools: Tools,
  input: ProgramInput,
  video: ProbedVideo,
  request: FrameRequest,
  count: number,
): AsyncGenerator<RawFrame> {
  const { start, rate, width, height, pixels = "rgb24" } = request;
  const begin = (toNumber(video.stream.start_time) ?? 0) + start;
  const args = [
    ...decoding(video, request, input.isStrict),
    ...input.guards,
    ...seekTo(start, begin, video),
    ...["-noautorotate", "-copyts", "-i", input.url],
    ...["-map", `0:${video.stream.index}`, "-frames:v", String(count)],
    ...["-vf", filterOf(request, begin, video), "-fps_mode", "passthrough"],
    ...["-f", "rawvideo", "-pix_fmt", pixels, "pipe:1"],
  ];
  using running = startFfmpeg(tools, args, input.env);
  let given = 0;
  const bytes = width * height * (pixels === "rgba" ? 4 : 3);
  for await (const data of split(running.stdout, bytes)) {
    yield { at: start + given / rate, width, height, data };
    given += 1;
    if (given === count) return;
  }
  if (given === 0) await running.ended.catch(refuseOwnFailure);
}

/** What is damaged is no failure of FFmpeg: a filter or a decoder that is missing is one. */
function refuseOwnFailure(error: unknown): void {
  if (!(error instanceof ProgramError) || !error.mayBeOfInput) throw error;
}

function decoding(video: ProbedVideo, { effort }: FrameRequest, isStrict: boolean): string[] {
  return [
    ...(isStrict ? ["-err_detect", "explode"] : []),
    // One thread limits the memory, and the other processors have other files to decode.
    ...["-filter_threads", "1", "-max_error_rate", "1", "-threads", "1"],
    ...alphaDecoder(video),
    // A decoder that has no lower resolution than this takes its lowest.
    ...(effort === "cheap" ? ["-discard", "nokey", "-skip_frame", "nokey", "-lowres", "3"] : []),
  ];
}

/** To the key frame before. The frame that is displayed then can begin long before the time itself. */
function seekTo(start: number, begin: number, { probe }: ProbedVideo): string[] {
  const span = hasIndex(probe) ? 0 : keyFrameSpan;
  // Behind the end, some containers have nothing to begin with.
  const behind = Math.max(0, start - (probe.duration ?? start));
  if (start - behind <= span) return [];
  const second = (begin - behind - span).toFixed(6);
  return ["-seek_timestamp", "1", "-noaccurate_seek", "-ss", second];
}

/** Frames are chosen before they are converted. */
function filterOf(request: FrameRequest, begin: number, { probe }: ProbedVideo): string {
  const { filter, sequential, length, rate, effort } = request;
  const isCheap = effort === "cheap";
  // A seek has led to the one that is wanted.
  if (isCheap && length === 0 && hasIndex(probe)) return filter;
  const microseconds = Math.round(begin * 1e6) + tolerance;
  return [
    // The filter tpad drops what is transparent in a palette.
    ...(probe.video.pixelFormat === "pal8" ? ["format=rgba"] : []),
    ...(sequential !== null && !isCheap ? [sequential] : []),
    // Some decoders know no way to leave out the others.
    ...(isCheap ? ["select=key"] : []),
    `settb=1/1000000,setpts=PTS-(${microseconds})`,
    // The last frame stays: it is what a time at the end shows, and the last key frame all that follow.
    ...(length === 0 || isCheap ? ["tpad=stop=-1:stop_mode=clone"] : []),
    `fps=${rate}:start_time=0:round=up`,
    filter,
  ].join(",");
}

function hasIndex({ format }: Probe): boolean {
  return !withoutIndex.has(format);
}

function countFrames({ start, length, rate }: FrameRequest, duration: number | null): number {
  const end = Math.min(start + length, duration ?? Number.POSITIVE_INFINITY);
  return Math.max(1, Math.round((end - start) * rate));
}

/** The pieces of one size; a last one that is shorter is left out. */
async function* split(stdout: Readable, size: number): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    for (let taken = 0; taken < chunk.length; ) {
      const copied = chunk.copy(piece, filled, taken);
      taken += copied;
      filled += copied;
      if (filled < size) continue;
      yield piece;
      piece = Buffer.allocUnsafe(size);
      filled = 0;
    }
  }
}
