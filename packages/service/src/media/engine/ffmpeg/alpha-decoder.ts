import type { ProbedVideo } from "./probe.js";

/** FFmpeg's own decoders of these leave transparency out. */
const decoders = new Map([
  ["vp8", "libvpx"],
  ["vp9", "libvpx-vp9"],
]);

/** The option that chooses a decoder which knows what is transparent, where there is another. */
export function alphaDecoder({ probe, stream }: ProbedVideo): string[] {
  const decoder = probe.video.hasAlpha && decoders.get(stream.codec_name ?? "");
  return decoder ? ["-c:v", decoder] : [];
}
