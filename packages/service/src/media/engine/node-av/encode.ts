import { Encoder, FilterAPI, Muxer } from "node-av/api";
import {
  AV_CODEC_FLAG_QSCALE,
  AV_PIX_FMT_RGB24,
  FF_ENCODER_GIF,
  FF_ENCODER_LIBWEBP_ANIM,
  FF_ENCODER_MJPEG,
  FF_ENCODER_PNG,
  FF_QP2LAMBDA,
} from "node-av/constants";
import { Frame, Rational } from "node-av/lib";
import { animationFilter, webpCompressionLevel } from "../../animation-filter.js";
import type { AnimationEncoding, RawFrame } from "../engine.js";

/** JPEG's colours are BT.601's in full range. */
const jpegFilter = "scale=out_range=pc:out_color_matrix=bt601,setsar=1,format=yuvj420p";

/** Encodes one frame as a JPEG. `quality` is FFmpeg's scale, from 2 (best) to 31. */
export async function encodeJpeg(raw: RawFrame, quality: number): Promise<Uint8Array> {
  using filter = FilterAPI.create(jpegFilter);
  using frame = toFrame(raw, 0, 1);
  const [converted] = filter.processAllSync(frame);
  if (!converted) throw new Error("the frame could not be converted");
  using picture = converted;
  return Encoder.encodeOneSync(FF_ENCODER_MJPEG, picture, {
    configure: (context) => {
      context.setFlags(AV_CODEC_FLAG_QSCALE);
      context.globalQuality = quality * FF_QP2LAMBDA;
    },
  });
}

/** Encodes one frame as a PNG. */
export async function encodePng(raw: RawFrame): Promise<Uint8Array> {
  using frame = toFrame(raw, 0, 1);
  return Encoder.encodeOneSync(FF_ENCODER_PNG, frame);
}

/** Encodes frames of one size as an animation that loops for ever. */
export async function encodeAnimation(
  frames: readonly RawFrame[],
  encoding: AnimationEncoding,
): Promise<Uint8Array> {
  using filter = FilterAPI.create(animationFilter(encoding));
  const isGif = encoding.format === "gif";
  using encoder = isGif
    ? await Encoder.create(FF_ENCODER_GIF, { filter })
    : await Encoder.create(FF_ENCODER_LIBWEBP_ANIM, {
        filter,
        options: {
          quality: String(encoding.quality),
          compression_level: String(webpCompressionLevel),
        },
      });
  const chunks: Buffer[] = [];
  const output = { write: (chunk: Buffer) => void chunks.push(Buffer.from(chunk)) };
  await using muxer = await Muxer.open(output, {
    format: encoding.format,
    options: { loop: 0 },
  });
  const index = muxer.addStream(encoder);
  for await (using packet of encoder.packets(filter.frames(timed(frames, encoding.rate)))) {
    await muxer.writePacket(packet, index);
  }
  await muxer.close();
  return Buffer.concat(chunks);
}

/** The frames, evenly spaced from zero. */
async function* timed(frames: readonly RawFrame[], rate: number): AsyncGenerator<Frame | null> {
  for (const [number, frame] of frames.entries()) yield toFrame(frame, number, rate);
  yield null;
}

function toFrame({ data, width, height }: RawFrame, number: number, rate: number): Frame {
  const timeBase = new Rational(1, rate);
  const format = AV_PIX_FMT_RGB24;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const frame = Frame.fromVideoBuffer(bytes, { width, height, format, timeBase });
  frame.pts = BigInt(number);
  frame.duration = 1n;
  return frame;
}
