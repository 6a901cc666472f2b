import type { OpenedSource } from "../source.js";

/** Where FFmpeg comes from: the package node-av, or a program on this machine. Both do the same. */
export interface Engine {
  /** With its version, such as `node-av 6.1.1` or `ffmpeg 5.1.6`. */
  readonly name: string;
  /**
   * Reads what a container says, without decoding.
   *
   * @throws NotMediaError when the content is no video
   */
  open(source: OpenedSource): Promise<OpenedVideo>;
  /** Encodes one frame as a JPEG. `quality` is FFmpeg's scale for JPEG, from 2 (best) to 31. */
  encodeJpeg(frame: RawFrame, quality: number): Promise<Uint8Array>;
  /** Encodes one frame as a PNG. */
  encodePng(frame: RawFrame): Promise<Uint8Array>;
  /** Encodes frames of one size as an animation that loops for ever. */
  encodeAnimation(frames: readonly RawFrame[], encoding: AnimationEncoding): Promise<Uint8Array>;
}

/** A video whose container was read. */
export interface OpenedVideo extends AsyncDisposable {
  readonly probe: Probe;
  /**
   * Decodes a passage, in order, and gives what is displayed at each step of the rate. A damaged frame
   * is left out, and the one before stands in for it, where FFmpeg tells which it is: its program does
   * not, and mends it as well as it can. Nothing where no frame can be decoded.
   */
  frames(request: FrameRequest): AsyncIterable<RawFrame>;
  /** Writes an MP4 that browsers play. `signal` and limits are the process's. */
  convert(conversion: Conversion, output: string): Promise<void>;
}

/**
 * A picture in memory: 8 bits each of red, green and blue, and of alpha where that was asked for, row by row
 * without padding.
 */
export interface RawFrame {
  /** Seconds from the first frame of the video. */
  at: number;
  width: number;
  height: number;
  data: Uint8Array;
}

/** By FFmpeg's names. */
export type PixelLayout = "rgb24" | "rgba";

export interface FrameRequest {
  /** Seconds from the first frame of the video. */
  start: number;
  /** Seconds of the passage; `0` for the one frame displayed at `start`. */
  length: number;
  /** Frames a second to give. */
  rate: number;
  /** An FFmpeg filter graph of one input and one output, which gives pixels of the size below. */
  filter: string;
  /**
   * What the filter gives.
   *
   * @default "rgb24"
   */
  pixels?: PixelLayout;
  /**
   * An FFmpeg filter that has to see every decoded frame, such as a deinterlacer, and comes before the
   * other; `null` for none. It is left out where the effort is `cheap`.
   */
  sequential: string | null;
  width: number;
  height: number;
  /** `cheap` takes key frames alone, at the codec's lowest resolution, on one thread. */
  effort: "full" | "cheap";
}

export interface AnimationEncoding {
  format: "gif" | "webp";
  /** Frames a second. */
  rate: number;
  width: number;
  height: number;
  /** GIF: the colours of the palette, 2 to 256. WebP: the quality, 0 to 100. */
  quality: number;
}

/** How a rendition is made. */
export interface Conversion {
  /** `copy` where the stream is one that browsers play in an MP4. */
  video: "copy" | "h264";
  audio: "copy" | "aac" | "none";
  /** For `h264`: what has to be done to each frame, ending in the size and `format=yuv420p`. */
  filter: string;
  /** What the filter gives. */
  size: { width: number; height: number };
  /** The largest file, in bytes. */
  byteLimit: number;
}

/** What the container says about a video. Names are FFmpeg's. */
export interface Probe {
  /** The demuxer: `mov,mp4,m4a,3gp,3g2,mj2`, `matroska,webm`, `avi`, … */
  format: string;
  /** For people: `QuickTime / MOV`. */
  formatName: string;
  /** The `major_brand` of an MP4: `isom`, `qt  `, … */
  brand: string | null;
  /** How many frames the container says that it has; `null` where it does not. */
  frameCount: number | null;
  /** Seconds; counted from the packets where the container does not say. */
  duration: number | null;
  video: VideoStream;
  /** The stream that a player takes; `null` for a silent video. */
  audio: { codec: string; profile: string | null; channels: number; sampleRate: number } | null;
}

export interface VideoStream {
  /** `h264`, `hevc`, `vp9`, … `null` where FFmpeg does not know it. */
  codec: string | null;
  /** Whether FFmpeg has a decoder for it. */
  isDecodable: boolean;
  /** Such as `High`, `High 4:4:4 Predictive`, `Main 10`. */
  profile: string | null;
  /** The four characters of the sample entry, such as `hvc1` or `hev1`; `null` outside MP4 and AVI. */
  tag: string | null;
  pixelFormat: string | null;
  /** Stored pixels, before rotation and aspect; `0` where the container does not say. */
  width: number;
  height: number;
  /** Of a pixel, width to height. */
  aspect: number;
  /** Nine integers as in the container, or `null`. */
  displayMatrix: Buffer | null;
  /** `progressive`, `tt`, `bb`, `tb`, `bt`, or `unknown`. */
  fieldOrder: string;
  /** `tv`, `pc`, or `unknown`. */
  range: string;
  /** `bt709`, `bt2020nc`, `smpte170m`, `gbr`, …, or `unknown`. */
  matrix: string;
  primaries: string;
  /** `bt709`, `smpte2084`, `arib-std-b67`, …, or `unknown`. */
  transfer: string;
  /** Whether pixels are transparent, also where VP8 or VP9 keep that in a track of its own. */
  hasAlpha: boolean;
  /** Frames a second on average; `null` where the container does not say. */
  rate: number | null;
}
