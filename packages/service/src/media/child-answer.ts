import type { MediaResult } from "./types.js";

/** The one message that the child process sends to the service. */
export type ChildAnswer =
  | { kind: "result"; result: MediaResult }
  /** FFmpeg could not be loaded, which will be the same for every other file. */
  | { kind: "no-ffmpeg"; detail: string };

/** What the child writes to stderr before it ends itself for using too much memory. */
export const memoryLimitMark = "clipcourier: memory limit\n";
