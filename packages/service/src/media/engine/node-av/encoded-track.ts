import { FilterAPI } from "node-av/api";
import {
  AV_CHANNEL_LAYOUT_STEREO,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_YUV420P,
  AV_SAMPLE_FMT_FLTP,
  AVCOL_PRI_BT709,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_TRC_BT709,
  FF_ENCODER_AAC,
  FF_ENCODER_LIBX264,
} from "node-av/constants";
import {
  Codec,
  CodecContext,
  FFmpegError,
  type Frame,
  Packet,
  Rational,
  type Stream,
} from "node-av/lib";
import type { Conversion, VideoStream } from "../engine.js";
import type { Mp4Writer } from "./mp4-writer.js";
import { StreamDecoder } from "./stream-decoder.js";
import type { Track } from "./track.js";

/** From packets of one codec to those of another. */
interface Encoding {
  decoder: StreamDecoder;
  filter: string;
  codec: Codec;
  options: Record<string, string>;
  configure(encoder: CodecContext): void;
}

/** Ticks a second of the video, as broadcasts count. */
const videoClock = 90_000;

const sampleRate = 48_000;

/** Samples that AAC encodes together. */
const audioFrameSize = 1024;

/** Bits a second of the sound. */
const audioRate = 128_000n;

/** H.264 of a quality that shows no loss at a glance, fast enough for a small machine. */
export function encodeVideo(
  stream: Stream,
  { hasAlpha }: VideoStream,
  { filter, size }: Conversion,
): Encoding {
  const { avgFrameRate } = stream;
  return {
    decoder: new StreamDecoder(stream, { hasAlpha, isCheap: false, isStrict: false }),
    filter: `${filter},settb=1/${videoClock}`,
    codec: findEncoder(FF_ENCODER_LIBX264),
    options: { preset: "veryfast", crf: "23", profile: "high" },
    configure(encoder) {
      encoder.width = size.width;
      encoder.height = size.height;
      encoder.pixelFormat = AV_PIX_FMT_YUV420P;
      encoder.timeBase = new Rational(1, videoClock);
      if (avgFrameRate.num > 0) encoder.framerate = avgFrameRate;
      encoder.sampleAspectRatio = new Rational(1, 1);
      encoder.colorRange = AVCOL_RANGE_MPEG;
      encoder.colorSpace = AVCOL_SPC_BT709;
      encoder.colorPrimaries = AVCOL_PRI_BT709;
      encoder.colorTrc = AVCOL_TRC_BT709;
      encoder.threadCount = 2;
    },
  };
}

/** AAC in stereo. */
export function encodeAudio(stream: Stream): Encoding {
  const format = `aformat=sample_fmts=fltp:sample_rates=${sampleRate}:channel_layouts=stereo`;
  return {
    decoder: new StreamDecoder(stream, { hasAlpha: false, isCheap: false, isStrict: false }),
    // Gaps are filled with silence, so that sound and picture stay in step.
    filter: `aresample=${sampleRate}:async=1,${format},asetnsamples=n=${audioFrameSize}:p=0`,
    codec: findEncoder(FF_ENCODER_AAC),
    options: {},
    configure(encoder) {
      encoder.sampleFormat = AV_SAMPLE_FMT_FLTP;
      encoder.sampleRate = sampleRate;
      encoder.channelLayout = AV_CHANNEL_LAYOUT_STEREO;
      encoder.timeBase = new Rational(1, sampleRate);
      encoder.bitRate = audioRate;
    },
  };
}

function findEncoder(name: Parameters<typeof Codec.findEncoderByName>[0]): Codec {
  const codec = Codec.findEncoderByName(name);
  if (!codec) throw new Error(`FFmpeg has no encoder ${name}`);
  return codec;
}

/** A stream that is decoded, filtered and encoded anew. */
export class EncodedTrack implements Track {
  readonly #writer: Mp4Writer;
  readonly #decoder: StreamDecoder;
  readonly #filter: FilterAPI;
  readonly #encoder = new CodecContext();
  readonly #number: number;
  #last: bigint | null = null;

  constructor(writer: Mp4Writer, { decoder, filter, codec, options, configure }: Encoding) {
    this.#writer = writer;
    this.#decoder = decoder;
    this.#filter = FilterAPI.create(filter);
    this.#encoder.allocContext3(codec);
    configure(this.#encoder);
    writer.prepare(this.#encoder);
    // Not a Dictionary: opening frees it, and node-av 6 frees it again when it is collected.
    for (const [name, value] of Object.entries(options)) {
      FFmpegError.throwIfError(this.#encoder.setOption(name, value));
    }
    FFmpegError.throwIfError(this.#encoder.open2Sync(codec));
    this.#number = writer.encode(this.#encoder);
  }

  take(packet: Packet): void {
    for (const frame of this.#decoder.decode(packet)) this.#filterAndEncode(frame);
  }

  end(): void {
    for (const frame of this.#decoder.decode(null)) this.#filterAndEncode(frame);
    if (this.#filter.isFilterInitialized) {
      for (const frame of this.#filter.flushFramesSync()) this.#encode(frame);
    }
    this.#send(null);
  }

  [Symbol.dispose](): void {
    this.#decoder[Symbol.dispose]();
    this.#filter.close();
    this.#encoder.freeContext();
  }

  #filterAndEncode(frame: Frame): void {
    for (const filtered of this.#filter.processAllSync(frame)) this.#encode(filtered);
    frame.free();
  }

  #encode(frame: Frame): void {
    // Two frames at one moment: the first is shown.
    if (this.#last === null || frame.pts > this.#last) {
      this.#last = frame.pts;
      frame.pictType = AV_PICTURE_TYPE_NONE;
      this.#send(frame);
    }
    frame.free();
  }

  #send(frame: Frame | null): void {
    FFmpegError.throwIfError(this.#encoder.sendFrameSync(frame));
    for (;;) {
      using packet = new Packet();
      packet.alloc();
      if (this.#encoder.receivePacketSync(packet) < 0) return;
      this.#writer.write(packet, this.#number, this.#encoder.timeBase);
    }
  }
}
