import {
  AV_CODEC_ID_VP8,
  AV_CODEC_ID_VP9,
  AV_FRAME_FLAG_CORRUPT,
  AVERROR_EAGAIN,
  FF_DECODER_LIBVPX_VP8,
  FF_DECODER_LIBVPX_VP9,
} from "node-av/constants";
import { Codec, CodecContext, FFmpegError, Frame, type Packet, type Stream } from "node-av/lib";

/** How much a decoder does. */
export interface DecoderEffort {
  /** Also decodes the transparency that VP8 and VP9 keep in a track of its own. */
  hasAlpha: boolean;
  /** Key frames alone, on one thread, at the codec's lowest resolution. */
  isCheap: boolean;
  /** Gives no frame of which a part cannot be decoded. */
  isStrict: boolean;
}

/** Decodes one stream. Damaged frames are left out instead of failing. */
export class StreamDecoder implements Disposable {
  readonly #context: CodecContext;
  readonly #stream: Stream;
  readonly #isCheap: boolean;
  #isSkipping = false;

  /** @throws when FFmpeg has no decoder for it */
  constructor(stream: Stream, { hasAlpha, isCheap, isStrict }: DecoderEffort) {
    const codec = findDecoder(stream, hasAlpha);
    if (!codec) throw new Error("FFmpeg has no decoder for it");
    this.#stream = stream;
    this.#isCheap = isCheap;
    this.#context = new CodecContext();
    this.#context.allocContext3(codec);
    this.#check(this.#context.parametersToContext(stream.codecpar));
    this.#context.pktTimebase = stream.timeBase;
    // Each thread holds frames of its own, and the other processors have other files to decode.
    this.#context.threadCount = 1;
    if (isStrict) this.#context.setOption("err_detect", "explode");
    if (isCheap) {
      this.#context.setOption("skip_frame", "nokey");
      if (codec.maxLowres > 0) this.#context.setOption("lowres", String(codec.maxLowres));
    }
    this.#check(this.#context.open2Sync(codec));
  }

  /**
   * The frames that come out after a packet, which the caller frees; after `null`, all that the
   * decoder still has. A frame's `pts` is the time at which it is displayed.
   */
  *decode(packet: Packet | null): Generator<Frame> {
    const sent = this.#context.sendPacketSync(packet);
    yield* this.#receive();
    if (sent !== AVERROR_EAGAIN) return;
    this.#context.sendPacketSync(packet);
    yield* this.#receive();
  }

  /** Whether packets that are sent from now on need not be decoded unless other frames refer to them. */
  skipUnreferenced(isSkipped: boolean): void {
    if (this.#isCheap || isSkipped === this.#isSkipping) return;
    this.#isSkipping = isSkipped;
    this.#context.setOption("skip_frame", isSkipped ? "noref" : "default");
  }

  /** Forgets what was sent. The next packet may be of another place, also after `null`. */
  reset(): void {
    this.#context.flushBuffers();
  }

  [Symbol.dispose](): void {
    this.#context.freeContext();
  }

  *#receive(): Generator<Frame> {
    for (;;) {
      const frame = new Frame();
      frame.alloc();
      if (this.#context.receiveFrameSync(frame) < 0) {
        frame.free();
        return;
      }
      if (frame.decodeErrorFlags || frame.hasFlags(AV_FRAME_FLAG_CORRUPT)) {
        frame.free();
        continue;
      }
      frame.timeBase = this.#stream.timeBase;
      frame.pts = frame.bestEffortTimestamp;
      yield frame;
    }
  }

  #check(result: number): void {
    if (result >= 0) return;
    this.#context.freeContext();
    FFmpegError.throwIfError(result);
  }
}

function findDecoder({ codecpar: { codecId } }: Stream, hasAlpha: boolean): Codec | null {
  // FFmpeg's own decoders of these leave transparency out.
  if (hasAlpha && codecId === AV_CODEC_ID_VP8)
    return Codec.findDecoderByName(FF_DECODER_LIBVPX_VP8);
  if (hasAlpha && codecId === AV_CODEC_ID_VP9)
    return Codec.findDecoderByName(FF_DECODER_LIBVPX_VP9);
  return Codec.findDecoder(codecId);
}
