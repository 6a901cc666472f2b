import { execFile } from "node:child_process";
import { open, readFile, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ensureDebianPackages } from "../../../test/debian-packages.ts";

/** Debian's programs, which the engine under test runs as well. */
export const debian = { ffmpeg: "/usr/bin/ffmpeg", ffprobe: "/usr/bin/ffprobe" };

export function installFfmpeg(): void {
  ensureDebianPackages([{ name: "ffmpeg", file: debian.ffmpeg }]);
}

/** Runs Debian's ffmpeg, and gives what it wrote to stdout. */
export async function ffmpeg(args: readonly string[]): Promise<Buffer> {
  const quiet = ["-nostdin", "-y", "-v", "error"];
  const { stdout } = await promisify(execFile)(debian.ffmpeg, [...quiet, ...args], {
    encoding: "buffer",
    maxBuffer: 2 ** 28,
  });
  return stdout;
}

const picture = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3"];
const sound = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=3"];
const h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "2"];
const yuv = ["-pix_fmt", "yuv420p"];

/** The arguments that make each file. */
const recipes: Record<string, readonly string[]> = {
  "h264-aac.mp4": [...picture, ...sound, ...h264, ...yuv, "-c:a", "aac"],
  "vp9-opus.webm": [...picture, ...sound, "-c:v", "libvpx-vp9", ...yuv, "-c:a", "libopus"],
  "hevc.mov": [...picture, "-c:v", "libx265", "-x265-params", "log-level=none", ...yuv],
  "mpeg4-mp3.avi": [...picture, ...sound, "-c:v", "mpeg4", "-q:v", "3", "-c:a", "libmp3lame"],
  "late.ts": [...picture, ...sound, ...h264, ...yuv, "-c:a", "aac", "-output_ts_offset", "5"],
  "anamorphic.mp4": [...picture, "-vf", "setsar=4/3", ...h264, ...yuv],
  "alpha.mov": [...transparent("yuva444p10le"), "-c:v", "prores_ks", "-profile:v", "4444"],
  "alpha.webm": [...transparent("yuva420p"), "-c:v", "libvpx-vp9", "-auto-alt-ref", "0"],
  "interlaced.mpg": [
    ...["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=50:duration=3"],
    ...["-vf", "tinterlace=interleave_top", "-c:v", "mpeg2video", "-flags", "+ildct+ilme"],
    ...["-top", "1", "-q:v", "3"],
  ],
  "hdr.mp4": [
    ...[...picture, "-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1"],
    ...["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"],
    ...["-x265-params", "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"],
  ],
  "uneven.mkv": [
    ...["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3"],
    ...["-vf", "select=not(between(n\\,20\\,60))", "-vsync", "vfr", ...h264, ...yuv],
  ],
  "sound-first.mp4": [
    ...["-itsoffset", "0.5", ...picture, ...sound, ...h264, ...yuv, "-c:a", "aac"],
  ],
  "mjpeg.flv": [...picture, "-c:v", "flv1", "-q:v", "3"],
};

function transparent(format: string): string[] {
  const hole = "geq=lum='p(X,Y)':cb='p(X,Y)':cr='p(X,Y)':a='if(lt(X,160),0,255)'";
  return [...picture, "-vf", `format=yuva444p,${hole},format=${format}`];
}

/** Makes one video of each kind in a folder, and gives their names. */
export async function makeVideos(folder: string): Promise<string[]> {
  for (const [name, args] of Object.entries(recipes)) await ffmpeg([...args, join(folder, name)]);
  await makeFromOthers(folder);
  return [...Object.keys(recipes), "turned.mp4", "unstated.webm", "cut-off.mkv", "damaged.ts"];
}

async function makeFromOthers(folder: string): Promise<void> {
  const path = (name: string): string => join(folder, name);
  const copy = ["-c", "copy"];
  await ffmpeg([
    ...["-i", path("h264-aac.mp4"), ...copy, "-metadata:s:v", "rotate=90", path("turned.mp4")],
  ]);
  // To a pipe no duration can be written afterwards.
  await writeFile(
    path("unstated.webm"),
    await ffmpeg(["-i", path("vp9-opus.webm"), ...copy, "-f", "webm", "pipe:1"]),
  );
  await ffmpeg(["-i", path("h264-aac.mp4"), ...copy, path("cut-off.mkv")]);
  await truncate(path("cut-off.mkv"), Math.floor((await stat(path("cut-off.mkv"))).size * 0.7));
  await writeFile(path("damaged.ts"), await readFile(path("late.ts")));
  await spoil(path("damaged.ts"));
}

/** Writes over a packet in the middle. */
async function spoil(file: string): Promise<void> {
  await using handle = await open(file, "r+");
  const { size } = await handle.stat();
  await handle.write(Buffer.alloc(2000, 0x55), 0, 2000, Math.floor(size / 2));
}
