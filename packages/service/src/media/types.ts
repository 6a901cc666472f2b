/** What is known about a video; `null` where the file does not say. */
export interface MediaFacts {
  /** Seconds. */
  duration: number | null;
  /** Pixels as shown, after rotation and with square pixels. */
  width: number | null;
  /** Pixels as shown, after rotation and with square pixels. */
  height: number | null;
  /** FFmpeg's name of the video codec: `h264`, `vp9`, ... */
  codec: string | null;
}

/** The result of inspecting one file. */
export type MediaResult =
  /**
   * The file is a video. `thumbnail` is a JPEG and `preview` an animated GIF. Each is `null` when it
   * could not be made, and `note` then says why.
   */
  | {
      outcome: "ready";
      facts: MediaFacts;
      thumbnail: Uint8Array | null;
      preview: Uint8Array | null;
      note?: string;
    }
  /** The file is not a video. */
  | { outcome: "not-media"; reason: string }
  /** Not inspected: node-av is missing, a limit was exceeded, its URL cannot be read, or the work was stopped. */
  | { outcome: "unavailable"; reason: string };

/**
 * A local file, or a URL of which ranges can be read with GET and its size in bytes. The URL may hold a
 * signature: no result names it.
 */
export type MediaSource = string | { url: string; size: number };

/** Inspects uploaded files. */
export interface Media {
  /**
   * Reads the facts of a video and makes its thumbnail and preview. It never rejects because of the
   * file: a hostile or broken one has a result too. `signal` stops the work.
   */
  inspect(source: MediaSource, signal?: AbortSignal): Promise<MediaResult>;
  /** Stops the work. Running, waiting and later calls resolve to `unavailable`. */
  close(): Promise<void>;
}
