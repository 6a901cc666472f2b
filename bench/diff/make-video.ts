import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Encoder, Recipe } from "./pairs.ts";

const encodings: Record<Encoder, { ending: string; args: readonly string[] }> = {
  h264: { ending: "mp4", args: ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20"] },
  "h264-worse": { ending: "mp4", args: ["-c:v", "libx264", "-preset", "veryfast", "-crf", "32"] },
  hevc: {
    ending: "mp4",
    args: [
      "-c:v",
      "libx265",
      "-preset",
      "ultrafast",
      "-crf",
      "26",
      "-x265-params",
      "log-level=none",
    ],
  },
  vp9: {
    ending: "webm",
    args: ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "7", "-b:v", "1500k"],
  },
  mpeg4: { ending: "avi", args: ["-c:v", "mpeg4", "-q:v", "4"] },
};

/** @returns the path, which has the file name ending of the container */
export async function makeVideo(path: string, recipe: Recipe): Promise<string> {
  const { ending, args } = encodings[recipe.encoder];
  const file = `${path}.${ending}`;
  const sound = ["-f", "lavfi", "-i", "sine=d=3", "-c:a", "aac", "-shortest"];
  await promisify(execFile)("ffmpeg", [
    ...["-nostdin", "-y", "-v", "error", "-f", "lavfi", "-i", recipe.graph],
    ...(recipe.hasSound ? sound : []),
    ...args,
    file,
  ]);
  return file;
}
