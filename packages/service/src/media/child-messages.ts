import type { VideoDiff } from "@clipcourier/core/wire";
import type { DiffOptions } from "./diff/options.js";
import type { EngineChoice } from "./engine/load-engine.js";
import type { InspectOptions, MediaFacts, MediaSource, Pictures, Playback } from "./types.js";

/** What a child process is started for. */
export interface InspectTask {
  kind: "inspect";
  engine: EngineChoice;
  source: MediaSource;
  options: Omit<InspectOptions, "account">;
  /** `cheap` for pictures that need little memory and time. */
  effort: "full" | "cheap";
  /** Bytes of resident memory that the process may use. */
  memoryLimit: number;
  /** The pictures to make. */
  wanted: PictureName[];
}

/** The other thing a child process is started for. */
export interface RenderTask {
  kind: "render";
  engine: EngineChoice;
  source: MediaSource;
  /** The path of the file to write. */
  output: string;
  /** The largest file, in bytes. */
  byteLimit: number;
  /** Bytes of resident memory that the process may use. */
  memoryLimit: number;
}

/** What a picture is inspected with. */
export interface PhotoTask {
  kind: "photo";
  engine: EngineChoice;
  source: MediaSource;
  /** The media type that its first bytes have. */
  type: string;
  /** Bytes of resident memory that the process may use. */
  memoryLimit: number;
}

/** What two videos, or two photos, are compared for. */
export interface DiffTask {
  kind: "diff";
  engine: EngineChoice;
  old: MediaSource;
  new: MediaSource;
  options: DiffOptions;
  /** Whether a picture of the change is made. */
  hasPicture: boolean;
  /** Bytes of resident memory that the process may use. */
  memoryLimit: number;
}

export type ChildTask = InspectTask | PhotoTask | RenderTask | DiffTask;

export type PictureName = "thumbnail" | "gif" | "webp" | "storyboard";

export const pictureNames: PictureName[] = ["thumbnail", "gif", "webp", "storyboard"];

/** What the child process sends as soon as it is known. After `end` kinds, it sends nothing more. */
export type ChildMessage =
  | { kind: "facts"; facts: MediaFacts; playback: Playback }
  | { kind: "pictures"; pictures: Partial<Pictures> }
  | { kind: "note"; note: string }
  | { kind: "diff"; diff: VideoDiff }
  | { kind: "diff-picture"; picture: Uint8Array }
  | ChildEnd;

/** Takes what was found out, and resolves when it has been passed on. */
export type Report = (message: ChildMessage) => Promise<void>;

export type ChildEnd =
  | { kind: "done" }
  | { kind: "not-media"; reason: string }
  /** The file could not be read. */
  | { kind: "failed"; reason: string }
  /** FFmpeg could not be loaded, which will be the same for every other file. */
  | { kind: "no-engine"; detail: string };

/** FFmpeg could not be loaded. */
export type NoEngine = Extract<ChildEnd, { kind: "no-engine" }>;
