import type { MediaResult } from "./types.js";

/** What the child process sends to the service, once. */
export type ChildAnswer =
  | { kind: "result"; result: MediaResult }
  /** FFmpeg could not be loaded, and so cannot be for any other file. */
  | { kind: "no-ffmpeg"; detail: string };

/** The child's last words on stderr when it ends itself for using too much memory. */
export const memoryLimitMark = "clipcourier: memory limit\n";
