import { open, stat } from "node:fs/promises";
import { containers } from "./container.js";
import { RangeReader } from "./range-reader.js";
import type { MediaSource } from "./types.js";

/** The bytes of a video, wherever they are. */
export interface OpenedSource {
  /** A local path, or ranges of a URL. */
  readonly place: string | RangeReader;
  /** Bytes. */
  readonly size: number;
  /** Bytes that may be read to count the frames of a video that does not state its duration. */
  readonly countingLimit: number;
  /** The demuxers of FFmpeg that may open it, by its names. */
  readonly formats: string;
  /**
   * The one of them that opens it, where the first bytes have told what it is. FFmpeg, which takes the end of
   * a name into account, may find another.
   */
  readonly format?: string;
  /**
   * Whether a frame of which a part cannot be decoded is none. Otherwise decoders mend it.
   *
   * @default false
   */
  readonly isStrict?: boolean;
  /** The first bytes: at most `length`. */
  readHead(length: number): Promise<Buffer>;
  /** @throws when bytes could not be read, which FFmpeg takes for the end of the video */
  checkIntact(): void;
}

export async function openSource(source: MediaSource): Promise<OpenedSource> {
  if (typeof source !== "string") return openUrl(new RangeReader(source.url, source.size));
  return openFile(source, (await stat(source)).size);
}

function openFile(file: string, size: number): OpenedSource {
  return {
    place: file,
    size,
    formats: containers,
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
    checkIntact() {},
  };
}

function openUrl(reader: RangeReader): OpenedSource {
  return {
    place: reader,
    size: reader.size,
    formats: containers,
    countingLimit: 64 * 1024 * 1024,
    readHead: (length) => reader.read(0, length),
    checkIntact() {
      if (reader.failure) throw reader.failure;
    },
  };
}
