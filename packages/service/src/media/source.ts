import { open, stat } from "node:fs/promises";
import { Demuxer } from "node-av/api";
import { AVERROR_EIO, AVSEEK_CUR, AVSEEK_END, AVSEEK_SIZE } from "node-av/constants";
import type { Packet } from "node-av/lib";
import { RangeReader } from "./range-reader.js";
import type { MediaSource } from "./types.js";

/** The bytes of a video, wherever they are. */
export interface OpenedSource {
  /** Bytes. */
  readonly size: number;
  /** Bytes that may be read to count the frames of a video that does not state its duration. */
  readonly countingLimit: number;
  /** The first bytes: at most `length`. */
  readHead(length: number): Promise<Buffer>;
  /** @param head what `readHead` gave, by which the format is found where FFmpeg cannot look */
  openDemuxer(head: Buffer, options: Record<string, string>): Promise<Demuxer>;
  packets(input: Demuxer, index: number): Iterable<Packet | null> | AsyncIterable<Packet | null>;
  /** @throws when bytes could not be read, which FFmpeg takes for the end of the video */
  checkIntact(): void;
}

export async function openSource(source: MediaSource): Promise<OpenedSource> {
  if (typeof source !== "string") return openUrl(new RangeReader(source.url, source.size));
  return openFile(source, (await stat(source)).size);
}

function openFile(file: string, size: number): OpenedSource {
  return {
    size,
    countingLimit: 512 * 1024 * 1024,
    async readHead(length) {
      const handle = await open(file, "r");
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, 0);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
    openDemuxer: (_, options) =>
      Demuxer.open(file, { options: { ...options, protocol_whitelist: "file" } }),
    packets: (input, index) => input.packetsSync(index),
    checkIntact() {},
  };
}

function openUrl(reader: RangeReader): OpenedSource {
  return {
    size: reader.size,
    countingLimit: 64 * 1024 * 1024,
    readHead: (length) => reader.read(0, length),
    async openDemuxer(head, options) {
      const found = await Demuxer.probeFormat(head);
      const [format] = found?.format.split(",") ?? [];
      if (format === undefined) throw new Error("no known format");
      return Demuxer.open(createCallbacks(reader), {
        format,
        bufferSize: 256 * 1024,
        // FFmpeg opens nothing by itself, not even a file.
        options: { ...options, protocol_whitelist: "none" },
      });
    },
    // The callbacks run on this thread, which a synchronous read would block.
    packets: (input, index) => input.packets(index),
    checkIntact() {
      if (reader.failure) throw reader.failure;
    },
  };
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
