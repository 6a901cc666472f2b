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

export type PictureName = "thumbnail" | "gif" | "webp" | "storyboard";

export const pictureNames: PictureName[] = ["thumbnail", "gif", "webp", "storyboard"];

/** What the child process sends as soon as it is known. After `end` kinds, it sends nothing more. */
export type ChildMessage =
  | { kind: "facts"; facts: MediaFacts; playback: Playback }
  | { kind: "pictures"; pictures: Partial<Pictures> }
  | { kind: "note"; note: string }
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
