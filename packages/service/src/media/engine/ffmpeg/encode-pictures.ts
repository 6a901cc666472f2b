import { animationFilter, webpCompressionLevel } from "../../animation-filter.js";
import type { AnimationEncoding, RawFrame } from "../engine.js";
import { runTool, type Tools } from "./tools.js";

/** Encodes one frame as a JPEG. */
export function encodeJpeg(tools: Tools, frame: RawFrame, quality: number): Promise<Uint8Array> {
  const jpeg = ["-c:v", "mjpeg", "-q:v", String(quality), "-f", "image2pipe"];
  const filter = "scale=out_range=pc:out_color_matrix=bt601,setsar=1,format=yuvj420p";
  return encode(tools, [frame], 1, ["-vf", filter, ...jpeg]);
}

/** Encodes one frame as a PNG. */
export function encodePng(tools: Tools, frame: RawFrame): Promise<Uint8Array> {
  return encode(tools, [frame], 1, ["-c:v", "png", "-f", "image2pipe"]);
}

/** Encodes frames of one size as an animation that loops for ever. */
export function encodeAnimation(
  tools: Tools,
  frames: readonly RawFrame[],
  encoding: AnimationEncoding,
): Promise<Uint8Array> {
  const filter = ["-vf", animationFilter(encoding)];
  return encode(tools, frames, encoding.rate, [...filter, ...output(encoding), "-loop", "0"]);
}

function output({ format, quality }: AnimationEncoding): string[] {
  if (format === "gif") return ["-f", "gif"];
  const effort = ["-compression_level", String(webpCompressionLevel)];
  return ["-c:v", "libwebp_anim", "-quality", String(quality), ...effort, "-f", "webp"];
}

function encode(
  tools: Tools,
  frames: readonly RawFrame[],
  rate: number,
  output: readonly string[],
): Promise<Uint8Array> {
  const [first] = frames;
  if (!first) throw new Error("no frame could be decoded");
  const size = `${first.width}x${first.height}`;
  const input = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", size];
  const args = [
    ...input,
    "-framerate",
    String(rate),
    "-protocol_whitelist",
    "pipe",
    "-i",
    "pipe:0",
  ];
  return runTool(tools, "ffmpeg", [...args, ...output, "pipe:1"], {
    input: frames.map(({ data }) => data),
  });
}
