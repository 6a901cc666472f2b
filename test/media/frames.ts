import { ffmpeg } from "./programs.ts";

/** A decoded picture, row by row without padding. */
export interface Frame {
  width: number;
  height: number;
  /** 1 for grey, 3 for red, green and blue. */
  channels: 1 | 3;
  data: Uint8Array;
}

export interface Decoding {
  /** An ffmpeg filter chain. */
  filter?: string;
  /** Whether only brightness is wanted. Default: `false`. */
  grey?: boolean;
}

/** Decodes all frames of the video or picture at this path with Debian's ffmpeg. */
export async function readFrames(path: string, decoding: Decoding = {}): Promise<Frame[]> {
  const { filter = "null", grey = false } = decoding;
  const [codec, format] = grey ? ["pgm", "gray"] : ["ppm", "rgb24"];
  const output = ["-f", "image2pipe", "-c:v", codec, "-pix_fmt", format, "-"];
  const bytes = await ffmpeg(
    ...["-i", path, "-map", "0:V:0", "-vf", filter, "-vsync", "passthrough", ...output],
  );
  return [...splitPictures(bytes)];
}

function* splitPictures(bytes: Buffer): Generator<Frame> {
  let at = 0;
  while (at < bytes.length) {
    const header = /^P([56])\s(\d+)\s(\d+)\s255\s/.exec(bytes.toString("latin1", at, at + 64));
    if (!header) throw new Error("ffmpeg gave something else than pictures.");
    const [text, kind, width, height] = header;
    const channels = kind === "5" ? 1 : 3;
    const start = at + text.length;
    at = start + Number(width) * Number(height) * channels;
    const data = bytes.subarray(start, at);
    yield { width: Number(width), height: Number(height), channels, data };
  }
}
