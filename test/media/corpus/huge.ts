import { type ClipCase, type VideoCase, video } from "./clip-case.ts";
import { made } from "./recipe.ts";

const source = (graph: string) => ["-f", "lavfi", "-i", graph];

/** One picture that moves a little, so that the file is small and each frame is large. */
function drifting(size: string, frames: number): string {
  return `testsrc2=s=${size}:r=24,trim=end_frame=1,loop=${frames - 1}:1,setpts=N/24/TB,scroll=horizontal=0.01`;
}

/** Files that cost a thousand times what their bytes say. */
export const hevc8k: ClipCase & { gives: VideoCase } = video(
  "hevc-8k-10-bit.mp4",
  made(
    ...source(`${drifting("7680x4320", 24)},format=yuv420p10le`),
    ...["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:crf=34"],
    ...["-tag:v", "hvc1", "-movflags", "+faststart"],
  ),
  {
    ...{ size: [7680, 4320], mime: "video/mp4" },
    // Within the memory that a file is given.
    ...{ plays: "download only", because: /Browsers.*memory/ },
    // Its key frames are shown.
    pictures: { moves: false },
  },
);

export const square8k: ClipCase & { gives: VideoCase } = video(
  "h264-8192-square.mp4",
  made(
    ...source("color=c=0x335577:s=8192x8192:r=24:d=2,format=yuv420p"),
    ...["-c:v", "libx264", "-preset", "ultrafast", "-movflags", "+faststart"],
  ),
  {
    ...{ size: [8192, 8192], mime: "video/mp4", plays: "everywhere" },
    pictures: { expected: "either", isBlank: true, moves: false, likeness: 0 },
  },
);

export const png16k: ClipCase & { gives: VideoCase } = video(
  "png-16000-square.mov",
  made(
    ...source("color=c=0x335577:s=16000x16000:r=1:d=1,format=rgb24"),
    ...["-c:v", "png", "-compression_level", "1"],
  ),
  {
    ...{ size: [16_000, 16_000], mime: "video/quicktime", plays: "download only" },
    pictures: { expected: "either", isBlank: true, moves: false, likeness: 0 },
  },
);
