import type { Probe } from "./engine/engine.js";

/** By the first name of FFmpeg's demuxer. */
const types: Record<string, string> = {
  avi: "video/x-msvideo",
  flv: "video/x-flv",
  mpegts: "video/mp2t",
  mpeg: "video/mpeg",
  asf: "video/x-ms-asf",
  ogg: "video/ogg",
  mxf: "application/mxf",
  ivf: "video/x-ivf",
  nut: "video/x-nut",
};

/** What WebM may hold. FFmpeg reads it as Matroska, and does not tell which of them a file says it is. */
const webmVideo = new Set(["vp8", "vp9", "av1"]);
const webmAudio = new Set(["opus", "vorbis"]);

/** The media type of what the content is; `null` where there is none for the container. */
export function mediaTypeOf(probe: Probe): string | null {
  const [name = ""] = probe.format.split(",");
  if (name === "mov") return mp4Type(probe.brand);
  if (name === "matroska") return isWebm(probe) ? "video/webm" : "video/x-matroska";
  return types[name] ?? null;
}

function mp4Type(brand: string | null): string {
  // QuickTime wrote no brand before it had one.
  if (brand === null || brand.startsWith("qt")) return "video/quicktime";
  return brand.startsWith("3g") ? "video/3gpp" : "video/mp4";
}

function isWebm({ video, audio }: Probe): boolean {
  return webmVideo.has(video.codec ?? "") && (!audio || webmAudio.has(audio.codec));
}
