import { join } from "node:path";
import type { Command } from "../measure.ts";

/** What is done with a video. */
export interface Work {
  name: string;
  title: string;
  /** What a child process of the service is asked for; nothing for the facts alone. */
  wanted: readonly string[];
  /** Whether versions before this one did the same. */
  wasDone?: boolean;
  /** What somebody would do with ffmpeg to get about the same. */
  byHand(video: string, seconds: number, folder: string): readonly Command[];
}

const facts: Work["byHand"] = (video) => [
  { program: "ffprobe", args: ["-v", "error", "-show_format", "-show_streams", video] },
];

const thumbnail: Work["byHand"] = (video, seconds, folder) => {
  const output = ["-frames:v", "1", "-vf", "scale=1280:-2", "-q:v", "4", join(folder, "t.jpg")];
  return [ffmpeg(["-ss", String(Math.min(3, seconds / 10)), "-i", video, ...output])];
};

const gif: Work["byHand"] = (video, _, folder) => {
  const filter =
    "fps=10,scale=480:-1:flags=lanczos,split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none";
  return [ffmpeg(["-t", "4", "-i", video, "-vf", filter, join(folder, "p.gif")])];
};

const webp: Work["byHand"] = (video, _, folder) => {
  const encoder = ["-c:v", "libwebp_anim", "-loop", "0", join(folder, "p.webp")];
  return [ffmpeg(["-t", "4", "-i", video, "-vf", "fps=10,scale=480:-1", ...encoder])];
};

const storyboard: Work["byHand"] = (video, seconds, folder) => {
  const filter = `fps=${Math.min(60, seconds * 2)}/${seconds},scale=160:-2,tile=10x6`;
  const output = ["-vf", filter, "-frames:v", "1", join(folder, "s.jpg")];
  return [ffmpeg(["-skip_frame", "nokey", "-i", video, ...output])];
};

const rendition: Work["byHand"] = (video, _, folder) => {
  const picture = ["-vf", "scale='min(1920,iw)':-2,format=yuv420p", "-c:v", "libx264"];
  const encoding = ["-preset", "veryfast", "-crf", "23", "-c:a", "aac", "-movflags", "+faststart"];
  return [ffmpeg(["-i", video, ...picture, ...encoding, join(folder, "r.mp4")])];
};

function ffmpeg(args: readonly string[]): Command {
  return { program: "ffmpeg", args: ["-nostdin", "-y", "-v", "error", "-threads", "2", ...args] };
}

function all(...parts: readonly Work["byHand"][]): Work["byHand"] {
  return (video, seconds, folder) => parts.flatMap((part) => part(video, seconds, folder));
}

export const works: readonly Work[] = [
  { name: "facts", title: "facts", wanted: [], byHand: facts },
  { name: "thumbnail", title: "thumbnail", wanted: ["thumbnail"], byHand: thumbnail },
  { name: "gif", title: "GIF", wanted: ["gif"], byHand: gif },
  { name: "webp", title: "WebP", wanted: ["webp"], byHand: webp },
  { name: "storyboard", title: "storyboard", wanted: ["storyboard"], byHand: storyboard },
  {
    name: "before",
    title: "facts, thumbnail, GIF",
    wanted: ["thumbnail", "gif"],
    wasDone: true,
    byHand: all(facts, thumbnail, gif),
  },
  {
    name: "all",
    title: "facts and all pictures",
    wanted: ["thumbnail", "gif", "storyboard", "webp"],
    byHand: all(facts, thumbnail, gif, storyboard, webp),
  },
  { name: "rendition", title: "rendition", wanted: ["rendition"], byHand: rendition },
];
