/** What is known about a video. */
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

/** What looking at one file came to. */
export type MediaResult =
  /**
   * The file is a video. `thumbnail` is a JPEG and `preview` an animated GIF;
   * each is null when it could not be made, and `note` then says why.
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
  /** Nothing could be found out: the tools are missing, or the work was stopped. */
  | { outcome: "unavailable"; reason: string };

/** Looks into uploaded files. */
export interface Media {
  /**
   * Reads facts, a thumbnail and a preview out of a local file.
   * Never rejects because of the file: a hostile or broken one is a result.
   */
  inspect(file: string, signal?: AbortSignal): Promise<MediaResult>;
  /** Stops what is running; waiting and later calls answer `unavailable`. */
  close(): Promise<void>;
}
