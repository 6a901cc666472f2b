import type { VideoDiff } from "@clipcourier/core/wire";
import type { DiffOptions } from "./diff/options.js";

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
  /** FFmpeg's name of the audio codec; `null` for a silent video, too. */
  audioCodec: string | null;
  /** The media type of what the content is, whatever it was called: `video/mp4`, `video/x-msvideo`, ... */
  mime: string | null;
  /** Whether the picture of a photo moves; absent for a video. */
  isAnimated?: boolean;
}

/**
 * How browsers play it: as it is, in another container, or encoded anew. `reason` is a sentence that
 * names what browsers do not take.
 */
export type Playback =
  | { kind: "as-is" }
  | { kind: "remux" | "transcode"; reason: string }
  | { kind: "never"; reason: string };

/** Which part of a video its preview shows. */
export type PreviewChoice = "auto" | "start" | "end";

/** A storyboard: one JPEG with tiles, and where each is and what time it shows. */
export interface Storyboard {
  image: Uint8Array;
  /** Seconds from one tile to the next. */
  interval: number;
  columns: number;
  count: number;
  /** Pixels of a tile. */
  tileWidth: number;
  tileHeight: number;
}

/** What was made of a video to look at. What could not be made is `null`. */
export interface Pictures {
  /** A JPEG. */
  thumbnail: Uint8Array | null;
  /** An animated GIF. */
  gif: Uint8Array | null;
  /** The frames of the GIF as an animated WebP. */
  webp: Uint8Array | null;
  storyboard: Storyboard | null;
  /** What the preview shows: all of the video, its liveliest passages, its start or its end. */
  previewOf: "whole" | "passages" | "start" | "end" | null;
}

/** Nothing could be done. */
export interface Unavailable {
  outcome: "unavailable";
  /** For people who see the clip. */
  reason: string;
  /** What is wrong with this machine, and what to do: for who runs the service. */
  detail?: string;
}

/** The result of inspecting one file. */
export type MediaResult =
  /** The file is a video, or a picture that is a photo. `notes` are sentences that say what could not be made, and why. */
  | {
      outcome: "ready";
      facts: MediaFacts;
      playback: Playback;
      pictures: Pictures;
      notes: string[];
    }
  /** The file is not what it has to be, or a picture that takes too much to be looked at. */
  | { outcome: "not-media"; reason: string }
  /** Not even the facts are known: FFmpeg is missing, the URL cannot be read, or the work was stopped. */
  | Unavailable;

/** The result of making a rendition. */
export type RenditionResult =
  | { outcome: "ready"; seconds: number }
  /** A sentence for people. */
  | { outcome: "failed"; reason: string }
  /** It may work later: the work was stopped, or FFmpeg is missing. */
  | Unavailable;

/** The result of comparing two videos, or two photos. */
export type CompareResult =
  /**
   * `picture` shows old, new and difference: an animated GIF of the range that changed most, or a PNG of
   * two photos. `null` where none was asked for, or nothing has changed. `isOverLimit` where it took more time
   * or memory than it may, which another limit would change.
   */
  | { outcome: "ready"; diff: VideoDiff; picture: Uint8Array | null; isOverLimit?: boolean }
  /** One of the files is neither a video nor a photo, or they are one of each. */
  | { outcome: "not-media"; reason: string }
  /**
   * It may work later: the work was stopped, FFmpeg is missing, a file could not be read, or the process that
   * compared the two ended unexpectedly. `reason` is a sentence.
   */
  | Unavailable;

/**
 * A local file, or a URL of which ranges can be read with GET and its size in bytes. The URL may hold a
 * signature: no result names it.
 */
export type MediaSource = string | { url: string; size: number };

export interface InspectOptions {
  /** Whose file it is: accounts take turns. */
  account: string;
  /** Seconds; `null` for the frame that shows most. */
  thumbnailTime: number | null;
  preview: PreviewChoice;
}

/** How two videos, or two photos, are compared. */
export interface CompareOptions extends DiffOptions {
  /** Whose files they are: accounts take turns. */
  account: string;
  /**
   * Whether a picture of the change is made.
   *
   * @default false
   */
  picture?: boolean;
}

/** The FFmpeg that a `Media` uses. */
export type MediaEngine =
  /** Such as `node-av 6.1.1`, and what it was built without, such as `the encoder libx264`. */
  | { name: string; lacks: string[] }
  /** Why there is none, and what to do: a sentence without its full stop. */
  | { missing: string };

/** Inspects uploaded files, and makes renditions of them. */
export interface Media {
  /**
   * Looks for FFmpeg: once, and where there was none again after half a minute. A `Media` that does not use any
   * leaves this out.
   */
  findEngine?(): Promise<MediaEngine>;
  /**
   * Reads the facts of a video and makes its pictures. It never rejects because of the file: a hostile
   * or broken one has a result too. `signal` stops the work.
   */
  inspect(source: MediaSource, options: InspectOptions, signal?: AbortSignal): Promise<MediaResult>;
  /**
   * Reads the facts of a picture and makes its thumbnail. `type` is its media type, which its first bytes
   * have to have. A `Media` that looks at no pictures leaves this out.
   */
  inspectPhoto?(
    source: MediaSource,
    options: { account: string; type: string },
    signal?: AbortSignal,
  ): Promise<MediaResult>;
  /**
   * Writes an MP4 that browsers play to the path `output`, which is removed where it fails. `null` for
   * a service that makes none. `onBegin` is awaited when its turn has come.
   */
  render:
    | ((
        source: MediaSource,
        output: string,
        account: string,
        signal?: AbortSignal,
        onBegin?: () => Promise<void>,
      ) => Promise<RenditionResult>)
    | null;
  /**
   * Tells how a new video, or photo, differs from an old one; what they are is found by their content. Files
   * of the same bytes are not decoded. What takes too much time or memory is the verdict `cannot-tell`.
   * `onBegin` is awaited when its turn has come. A
   * `Media` that compares none leaves this out.
   */
  compare?(
    old: MediaSource,
    now: MediaSource,
    options: CompareOptions,
    signal?: AbortSignal,
    onBegin?: () => Promise<void>,
  ): Promise<CompareResult>;
  /** Stops the work. Running, waiting and later calls resolve to `unavailable`. */
  close(): Promise<void>;
}
