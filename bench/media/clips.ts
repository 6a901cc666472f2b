import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder, fillCacheFolder } from "@clipcourier/test/cache-folder.ts";
import { ensureDebianPackages } from "@clipcourier/test/debian-packages.ts";

/** A video that is measured. */
export interface ClipRecipe {
  name: string;
  title: string;
  /** Its length. */
  seconds: number;
  /** A graph of ffmpeg that makes its picture. */
  source: string;
  encoding: readonly string[];
  /** Seconds that are encoded, and then repeated up to the length. */
  encoded?: number;
  /** `false` where a rendition takes so long that it is not made. Default `true`. */
  isRendered?: boolean;
}

const text = "drawbox=x=200:y='160+40*mod(t,8)':w=700:h=18:color=0x33373d:t=fill";
const menu = "drawbox=x=0:y=0:w=1280:h=56:color=0x2f6fdb:t=fill";
const dialog =
  "drawbox=x=380:y=220:w=520:h=280:color=white:t=fill:enable='between(t,3,6)',drawbox=x=380:y=220:w=520:h=280:color=0x9aa0a6:t=2:enable='between(t,3,6)'";
const h264 = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"];
const hevc = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"];

/** @param quick makes them a tenth as long */
export function listClips(quick: boolean): ClipRecipe[] {
  const all: ClipRecipe[] = [
    {
      name: "ui-720p.webm",
      title: "A page in 1280×720, 10 s, VP8",
      seconds: 10,
      // A page that appears after a second, with a list that is read and a dialog.
      source: `color=0xf6f4ef:s=1280x720:r=25,${menu},${text},${dialog},drawbox=c=white:t=fill:enable='lt(t,1)'`,
      encoding: ["-c:v", "libvpx", "-b:v", "1M", "-deadline", "realtime", "-cpu-used", "8"],
    },
    {
      name: "moving-1080p.mp4",
      title: "Movement in 1920×1080, 60 s, H.264",
      seconds: 60,
      source: "testsrc2=s=1920x1080:r=30,noise=alls=6:allf=t",
      encoding: [...h264, "-g", "60"],
      encoded: 20,
    },
    {
      name: "long-4k.mp4",
      title: "Movement in 3840×2160, 10 min, H.264",
      seconds: 600,
      source: "testsrc2=s=3840x2160:r=24,noise=alls=4:allf=t",
      encoding: [...h264, "-g", "48"],
      encoded: 10,
      isRendered: false,
    },
    {
      name: "short-8k.mov",
      title: "Movement in 7680×4320, 1 s, HEVC of 10 bits",
      seconds: 1,
      source: "testsrc2=s=7680x4320:r=24",
      encoding: [...hevc, "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1"],
    },
  ];
  return quick ? all.map((clip) => ({ ...clip, seconds: Math.ceil(clip.seconds / 10) })) : all;
}

/** Makes a video with Debian's ffmpeg, where this version of it has not made it yet. */
export async function makeClip(recipe: ClipRecipe): Promise<string> {
  ensureDebianPackages([{ name: "ffmpeg", file: "/usr/bin/ffmpeg" }]);
  const made = createHash("sha256")
    .update(JSON.stringify([recipe, await versionOfFfmpeg()]))
    .digest("hex");
  const folder = cacheFolder("bench-media", made.slice(0, 16));
  await fillCacheFolder(folder, (draft) => encodeClip(recipe, draft));
  return join(folder, recipe.name);
}

export async function versionOfFfmpeg(): Promise<string> {
  const { stdout } = await promisify(execFile)("ffmpeg", ["-version"]);
  return /^ffmpeg version (\S+)/.exec(stdout)?.[1] ?? "unknown";
}

async function encodeClip(
  { name, seconds, source, encoding, encoded = seconds }: ClipRecipe,
  folder: string,
): Promise<void> {
  const length = Math.min(encoded, seconds);
  const part = join(folder, `part-${name}`);
  const picture = ["-f", "lavfi", "-i", `${source},trim=duration=${length}`];
  await ffmpeg(...picture, ...encoding, part);
  const repeats = Math.ceil(seconds / length) - 1;
  await ffmpeg("-stream_loop", String(repeats), "-i", part, "-c", "copy", join(folder, name));
  await rm(part);
}

async function ffmpeg(...args: readonly string[]): Promise<void> {
  await promisify(execFile)("ffmpeg", ["-nostdin", "-y", "-v", "error", ...args]);
}
