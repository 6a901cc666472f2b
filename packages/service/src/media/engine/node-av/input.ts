import { Demuxer } from "node-av/api";
import {
  AVDISCARD_ALL,
  AVERROR_EIO,
  AVSEEK_CUR,
  AVSEEK_END,
  AVSEEK_FLAG_BACKWARD,
  AVSEEK_SIZE,
} from "node-av/constants";
import { Packet, type Stream } from "node-av/lib";
import { explainRefusal, NotMediaError, probeSize } from "../../container.js";
import { isTooLarge } from "../../pixel-limits.js";
import type { RangeReader } from "../../range-reader.js";
import type { OpenedSource } from "../../source.js";

/** An opened container, of which packets are read one by one. */
export class Input implements AsyncDisposable {
  readonly demuxer: Demuxer;
  /** A URL is read by callbacks that run on this thread, which a synchronous read would block. */
  readonly #isLocal: boolean;

  private constructor(demuxer: Demuxer, isLocal: boolean) {
    this.demuxer = demuxer;
    this.#isLocal = isLocal;
  }

  /**
   * Opens a video file, but no other file that it refers to.
   *
   * @param options of FFmpeg's demuxer
   * @throws NotMediaError when the content is not a video container
   * @throws another error when the source cannot be read
   */
  static async open(source: OpenedSource, options: Record<string, string> = {}): Promise<Input> {
    const head = await source.readHead(probeSize);
    if (head.length === 0) throw new NotMediaError("the file is empty");
    try {
      const { place } = source;
      const guarded = { ...options, format_whitelist: source.formats };
      const isLocal = typeof place === "string";
      return new Input(
        await (isLocal
          ? openFile(place, guarded, source.format)
          : openRanges(place, guarded, source.format ?? (await findFormat(head)))),
        isLocal,
      );
    } catch {
      source.checkIntact();
      throw explainRefusal(await Demuxer.probeFormat(head));
    }
  }

  /** Skips the packets of all other streams, where the container can. */
  select(streams: readonly Stream[]): void {
    const wanted = new Set(streams.map(({ index }) => index));
    for (const stream of this.demuxer.streams) {
      if (!wanted.has(stream.index)) stream.discard = AVDISCARD_ALL;
    }
  }

  /** The next packet, or `null` at the end. The caller frees it. */
  async read(): Promise<Packet | null> {
    const packet = new Packet();
    packet.alloc();
    const context = this.demuxer.getFormatContext();
    const result = this.#isLocal ? context.readFrameSync(packet) : await context.readFrame(packet);
    if (result >= 0) return packet;
    packet.free();
    return null;
  }

  /**
   * All packets from here on, then `null`. Times that jump, as in broadcasts, are made continuous. Not
   * to be mixed with the other ways to read.
   */
  packets(): Iterable<Packet | null> | AsyncIterable<Packet | null> {
    return this.#isLocal ? this.demuxer.packetsSync() : this.demuxer.packets();
  }

  /** Goes to the last key frame at or before a timestamp. Whether the container could. */
  async seek(stream: Stream, timestamp: bigint): Promise<boolean> {
    const context = this.demuxer.getFormatContext();
    const result = this.#isLocal
      ? context.seekFrameSync(stream.index, timestamp, AVSEEK_FLAG_BACKWARD)
      : await context.seekFrame(stream.index, timestamp, AVSEEK_FLAG_BACKWARD);
    return result >= 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.demuxer.close();
  }
}

function openFile(
  file: string,
  extra: Record<string, string>,
  format: string | undefined,
): Promise<Demuxer> {
  const options = { ...extra, protocol_whitelist: "file" };
  const given = format === undefined ? {} : { format };
  return openCarefully((skipStreamInfo) =>
    Demuxer.open(file, { ...given, options, skipStreamInfo }),
  );
}

async function findFormat(head: Buffer): Promise<string> {
  const found = await Demuxer.probeFormat(head);
  const [format] = found?.format.split(",") ?? [];
  if (format === undefined) throw new Error("no known format");
  return format;
}

async function openRanges(
  reader: RangeReader,
  extra: Record<string, string>,
  format: string,
): Promise<Demuxer> {
  // FFmpeg opens nothing by itself, not even a file.
  const options = { ...extra, protocol_whitelist: "none" };
  const bufferSize = 256 * 1024;
  return openCarefully((skipStreamInfo) =>
    Demuxer.open(createCallbacks(reader), { format, bufferSize, options, skipStreamInfo }),
  );
}

/**
 * FFmpeg decodes a frame where a container does not say enough. That is left out where the container
 * says that a frame is too large.
 */
async function openCarefully(
  openDemuxer: (skipStreamInfo: boolean) => Promise<Demuxer>,
): Promise<Demuxer> {
  const stated = await openDemuxer(true);
  if (stated.streams.some(({ codecpar: { width, height } }) => isTooLarge(width, height))) {
    return stated;
  }
  await stated.close();
  return openDemuxer(false);
}

function createCallbacks(reader: RangeReader) {
  let position = 0;
  return {
    async read(length: number): Promise<Buffer | null | number> {
      try {
        const bytes = await reader.read(position, length);
        position += bytes.length;
        return bytes.length > 0 ? bytes : null;
      } catch {
        // The reader keeps the reason.
        return AVERROR_EIO;
      }
    },
    seek(offset: bigint, whence: number): bigint {
      if (whence === AVSEEK_SIZE) return BigInt(reader.size);
      const bases: Record<number, number> = { [AVSEEK_CUR]: position, [AVSEEK_END]: reader.size };
      position = (bases[whence] ?? 0) + Number(offset);
      return BigInt(position);
    },
  };
}
