import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ensureDebianPackages } from "../debian-packages.ts";

const run = promisify(execFile);

/** Debian's programs, which are not those that the service works with. */
export function installPrograms(): void {
  ensureDebianPackages([
    { name: "ffmpeg", file: "/usr/bin/ffmpeg" },
    { name: "chromium", file: "/usr/bin/chromium" },
    { name: "fonts-dejavu-core", file: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf" },
  ]);
}

/** The programs of Debian that write pictures. */
export function installPhotoPrograms(): void {
  ensureDebianPackages([
    { name: "imagemagick", file: "/usr/bin/convert" },
    { name: "webp", file: "/usr/bin/cwebp" },
    { name: "libavif-bin", file: "/usr/bin/avifenc" },
    { name: "libimage-exiftool-perl", file: "/usr/bin/exiftool" },
  ]);
}

/** @throws Error with what ffmpeg printed */
export async function ffmpeg(...args: readonly string[]): Promise<Buffer> {
  const { stdout } = await run(
    "/usr/bin/ffmpeg",
    ["-nostdin", "-hide_banner", "-loglevel", "error", "-y", ...args],
    // A filter that fails makes some of its sources wait for ever.
    { encoding: "buffer", maxBuffer: 2 ** 30, timeout: 300_000 },
  );
  return stdout;
}

/** What identifies the programs that the corpus is made with. */
export async function versionOfFfmpeg(): Promise<string> {
  const { stdout } = await run("/usr/bin/ffmpeg", ["-version"]);
  return stdout.split("\n")[0] ?? "";
}

/** The first video stream that is no cover, and the first audio stream, as ffprobe reports them. */
export interface Probed {
  videoCodec: string | undefined;
  audioCodec: string | undefined;
  /** Seconds, as the container states them. */
  duration: number | undefined;
}

interface ProbeOutput {
  streams: { codec_type: string; codec_name?: string; disposition: { attached_pic: number } }[];
  format: { duration?: string };
}

export async function ffprobe(path: string): Promise<Probed> {
  const shown = ["-show_streams", "-show_format", "-of", "json"];
  const { stdout } = await run("/usr/bin/ffprobe", ["-loglevel", "error", ...shown, path]);
  const { streams, format }: ProbeOutput = JSON.parse(stdout);
  const video = streams.find((s) => s.codec_type === "video" && !s.disposition.attached_pic);
  const audio = streams.find((s) => s.codec_type === "audio");
  return {
    videoCodec: video?.codec_name,
    audioCodec: audio?.codec_name,
    duration: format.duration === undefined ? undefined : Number(format.duration),
  };
}
