import { type ClipCase, refused, video } from "./clip-case.ts";
import { altered, made, type Recipe } from "./recipe.ts";
import { card } from "./scenes.ts";

const source = (graph: string) => ["-f", "lavfi", "-i", graph];
const h264 = "-c:v libx264 -preset veryfast".split(" ");

const words = Buffer.from("1\n00:00:00,500 --> 00:00:02,000\nHello\n").toString("base64");
const subtitles = ["-f", "srt", "-i", `data:text/plain;base64,${words}`];

/** Several streams, a picture beside the video, and files that were cut off. */
export const streams: ClipCase[] = [
  video(
    "many-streams.mkv",
    made(
      ...source(`${card(4)},format=yuv420p`),
      ...[...source("sine=440:d=4"), ...source("sine=660:d=4"), ...subtitles, ...subtitles],
      ...["-map", "0", "-map", "1", "-map", "2", "-map", "3", "-map", "4"],
      ...[...h264, "-c:a", "aac", "-c:s", "srt"],
    ),
    { size: [320, 240], mime: "video/x-matroska", plays: "rendition" },
  ),
  video(
    "cover.mp4",
    made(
      ...[...source(`${card(4)},format=yuv420p`), ...source("color=red:s=600x600:r=1:d=1")],
      ...["-map", "0", "-map", "1", "-c:v:0", "libx264", "-preset:v:0", "veryfast"],
      ...["-c:v:1", "mjpeg", "-frames:v:1", "1", "-disposition:v:1", "attached_pic"],
      ...["-movflags", "+faststart"],
    ),
    { size: [320, 240], mime: "video/mp4", plays: "everywhere" },
  ),
  refused("sound.m4a.mp4", made(...source("sine=d=3"), "-c:a", "aac"), /no video|without a video/i),
  refused("sound.mp3.mp4", made(...source("sine=d=3"), "-f", "mp3"), /MP3|sound|audio/i),
  refused("picture.png.mp4", picture("png"), /picture|PNG/i),
  refused("picture.jpeg.mp4", picture("mjpeg"), /picture|JPEG/i),
  // No container says when each frame is shown.
  refused(
    "raw-h264.mp4",
    made(...source(`${card(2)},format=yuv420p`), ...h264, "-f", "h264"),
    /put it into (an )?MP4/i,
  ),
  refused("cut-off-before-moov.mp4", cut(full("-f", "mp4"), 0.7), /cut off/),
  video("cut-off.mp4", cut(full("-movflags", "+faststart", "-f", "mp4"), 0.6), {
    ...{ size: [640, 360], mime: "video/mp4", plays: "everywhere" },
  }),
  video("cut-off.webm", cut(vp8(), 0.6), {
    ...{ size: [640, 360], mime: "video/webm", plays: "everywhere" },
  }),
  video("cut-off.avi", cut(full("-f", "avi"), 0.6), {
    ...{ size: [640, 360], mime: "video/x-msvideo", plays: "rendition" },
  }),
];

function full(...output: string[]): Recipe {
  return made(...source(`${card(8, "640x360")},format=yuv420p`), ...h264, ...output);
}

function vp8(): Recipe {
  const encoder = "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 1M".split(" ");
  return made(...source(`${card(8, "640x360")},format=yuv420p`), ...encoder);
}

function picture(codec: string): Recipe {
  const still = ["-frames:v", "1", "-c:v", codec, "-f", "image2pipe"];
  return made(...source("testsrc2=s=640x360"), ...still);
}

function cut(recipe: Recipe, share: number): Recipe {
  return altered(recipe, `cut to ${share}`, (bytes) => {
    return bytes.subarray(0, Math.floor(bytes.length * share));
  });
}
