import { rename, rm, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Conversion } from "../engine.js";
import { alphaDecoder } from "./alpha-decoder.js";
import type { ProbedVideo } from "./probe.js";
import type { ProgramInput } from "./program-input.js";
import { runTool, type Tools } from "./tools.js";

/**
 * Writes an MP4 that browsers play.
 *
 * @throws when FFmpeg fails, or the file grows over its limit
 */
export async function convertVideo(
  tools: Tools,
  input: ProgramInput,
  video: ProbedVideo,
  conversion: Conversion,
  output: string,
): Promise<void> {
  const { byteLimit } = conversion;
  const path = resolve(output);
  // The filter has turned the frames, and FFmpeg would also copy that they are to be turned.
  const isTurned = conversion.video === "h264" && video.probe.video.displayMatrix !== null;
  const upright = isTurned && tools.program.canStateRotation ? ["-display_rotation", "0"] : [];
  const args = [
    ...[
      "-threads",
      "2",
      ...alphaDecoder(video),
      ...input.guards,
      "-noautorotate",
      ...upright,
      "-fflags",
      "+genpts",
    ],
    ...["-i", input.url, ...encode(video, conversion, tools.program.decodable)],
    ...["-movflags", "+faststart", "-fs", String(byteLimit), "-f", "mp4", path],
  ];
  await runTool(tools, "ffmpeg", args, { env: input.env });
  // FFmpeg stops there without a word, and the rest would be missing.
  const { size } = await stat(path);
  if (size >= byteLimit) throw new Error(`it would be larger than ${byteLimit} bytes`);
  if (isTurned && !tools.program.canStateRotation) await setUpright(tools, path);
}

function encode(
  { stream, audio }: ProbedVideo,
  conversion: Conversion,
  decodable: readonly string[],
): string[] {
  const isUsable = conversion.audio === "copy" || decodable.includes(audio?.codec_name ?? "");
  const withSound = audio && conversion.audio !== "none" && isUsable;
  return [
    ...["-map", `0:${stream.index}`, ...(withSound ? ["-map", `0:${audio.index}`] : [])],
    ...(conversion.video === "copy" ? ["-c:v", "copy"] : encodeVideo(conversion)),
    ...(conversion.audio === "copy" ? ["-c:a", "copy"] : encodeAudio),
    ...withoutTags,
  ];
}

/** What the original says about itself, and where it was taken, stays there. */
const withoutTags = ["-map_metadata", "-1", "-map_chapters", "-1"];

/** Gaps are filled with silence, so that sound and picture stay in step. */
const encodeAudio = ["-af", "aresample=48000:async=1", "-c:a", "aac", "-b:a", "128k", "-ac", "2"];

function encodeVideo({ filter }: Conversion): string[] {
  const quality = ["-preset", "veryfast", "-crf", "23", "-profile:v", "high"];
  return ["-vf", filter, "-c:v", "libx264", ...quality, "-threads", "2"];
}

/** FFmpeg 5 says so only where it copies. */
async function setUpright(tools: Tools, path: string): Promise<void> {
  const copy = `${path}.upright`;
  const tags = [...withoutTags, "-metadata:s:v:0", "rotate=0", "-movflags", "+faststart"];
  try {
    const input = ["-protocol_whitelist", "file", "-i", `file:${path}`];
    await runTool(tools, "ffmpeg", [...input, "-c", "copy", ...tags, "-f", "mp4", copy]);
    await rename(copy, path);
  } finally {
    await rm(copy, { force: true });
  }
}
