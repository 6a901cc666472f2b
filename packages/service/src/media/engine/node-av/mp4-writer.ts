import { AV_CODEC_FLAG_GLOBAL_HEADER, AVFMT_GLOBALHEADER } from "node-av/constants";
import {
  type CodecContext,
  FFmpegError,
  FormatContext,
  type IRational,
  type Packet,
  type Stream,
} from "node-av/lib";

/** Writes packets to an MP4 of which the index comes first. */
export class Mp4Writer implements AsyncDisposable {
  readonly #context = new FormatContext();
  readonly #byteLimit: number;
  #written = 0;
  #isOpen = false;

  /** @param byteLimit the most bytes of packets */
  constructor(path: string, byteLimit: number) {
    this.#byteLimit = byteLimit;
    FFmpegError.throwIfError(this.#context.allocOutputContext2(null, "mp4", path));
  }

  /** Adds a stream whose packets are the original's. Returns its number. */
  copy(original: Stream): number {
    const stream = this.#context.newStream(null);
    FFmpegError.throwIfError(original.codecpar.copy(stream.codecpar));
    // The container has tags of its own.
    stream.codecpar.codecTag = 0;
    stream.timeBase = original.timeBase;
    stream.sampleAspectRatio = original.sampleAspectRatio;
    stream.avgFrameRate = original.avgFrameRate;
    return stream.index;
  }

  /** Adds a stream of an encoder, which is opened between `prepare` and this. Returns its number. */
  encode(encoder: CodecContext): number {
    const stream = this.#context.newStream(null);
    FFmpegError.throwIfError(stream.codecpar.fromContext(encoder));
    stream.timeBase = encoder.timeBase;
    stream.avgFrameRate = encoder.framerate;
    return stream.index;
  }

  /** Tells an encoder what the container needs, before it is opened. */
  prepare(encoder: CodecContext): void {
    if (this.#context.oformat?.hasFlags(AVFMT_GLOBALHEADER)) {
      encoder.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
    }
  }

  /** Opens the file. No stream is added after that. */
  async start(): Promise<void> {
    FFmpegError.throwIfError(await this.#context.openOutput());
    this.#isOpen = true;
    // Not a Dictionary: writing the header frees it, and node-av 6 frees it again when it is collected.
    FFmpegError.throwIfError(this.#context.setOption("movflags", "+faststart"));
    FFmpegError.throwIfError(await this.#context.writeHeader());
  }

  /**
   * Writes a packet with times of a time base.
   *
   * @throws when the file grows too large
   */
  write(packet: Packet, number: number, timeBase: IRational): void {
    const stream = this.#context.streams[number];
    if (!stream) throw new Error(`there is no stream ${number}`);
    this.#written += packet.size;
    if (this.#written > this.#byteLimit) {
      throw new Error(`it would be larger than ${this.#byteLimit} bytes`);
    }
    packet.rescaleTs(timeBase, stream.timeBase);
    packet.timeBase = stream.timeBase;
    packet.streamIndex = number;
    packet.pos = -1n;
    FFmpegError.throwIfError(this.#context.interleavedWriteFrameSync(packet));
  }

  /** Completes the file. */
  async finish(): Promise<void> {
    FFmpegError.throwIfError(await this.#context.writeTrailer());
    await this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#context.closeOutput();
    this.#context.freeContext();
  }
}
