import { codecTitle } from "./codec-title.js";
import type { Probe, VideoStream } from "./engine/engine.js";
import { isTooLarge } from "./pixel-limits.js";
import type { Playback } from "./types.js";

/** What browsers play of one kind of container. */
interface Container {
  video: ReadonlySet<string>;
  audio: ReadonlySet<string>;
}

const mp4: Container = {
  video: new Set(["h264", "vp9", "av1"]),
  audio: new Set(["aac", "mp3", "opus", "flac"]),
};

const webm: Container = {
  video: new Set(["vp8", "vp9", "av1"]),
  audio: new Set(["opus", "vorbis"]),
};

/** By the first name of FFmpeg's demuxer. A QuickTime file is played like an MP4. */
const containers: Record<string, Container> = { mov: mp4, matroska: webm };

const h264Profiles = new Set(["Constrained Baseline", "Baseline", "Main", "High"]);
const pixelFormats: Record<string, RegExp> = {
  h264: /^yuvj?420p$/,
  vp8: /^yuva?420p$/,
  vp9: /^(yuva?4(20|22|44)p(1[02]le)?|gbrp)$/,
  av1: /^(yuv420p(10le)?|gray(10le)?)$/,
};

/** How Chromium and Firefox play a video, without decoders of the operating system. */
export function playbackOf(probe: Probe): Playback {
  const { video, audio } = probe;
  if (video.codec === null || !video.isDecodable) {
    return { kind: "never", reason: `FFmpeg has no decoder for ${nameOf(video)}.` };
  }
  const refusal = refuseVideo(video);
  if (refusal && isTooLarge(video.width, video.height)) {
    const size = `${video.width}×${video.height}`;
    return {
      kind: "never",
      reason: `${refusal} A frame of ${size} is too large to be encoded anew.`,
    };
  }
  if (refusal) return { kind: "transcode", reason: refusal };
  const container = containers[probe.format.split(",")[0] ?? ""];
  // In the container that it will be played in: AAC is no reason against Matroska with H.264.
  const played = container?.video.has(video.codec) ? container : mp4;
  const sound = audio && refuseAudio(audio, played);
  if (container?.video.has(video.codec) && !sound) return { kind: "as-is" };
  const title = codecTitle(video.codec);
  if (!mp4.video.has(video.codec)) {
    const reason = sound || `Browsers do not play ${title} in ${probe.formatName}.`;
    return { kind: "transcode", reason };
  }
  return {
    kind: "remux",
    reason: sound || `Browsers do not play ${title} in ${probe.formatName}.`,
  };
}

/** Whether the sound may be copied into an MP4 for browsers. */
export function isCopiedAudio(audio: NonNullable<Probe["audio"]>): boolean {
  return refuseAudio(audio, mp4) === null;
}

function refuseVideo(video: VideoStream): string | null {
  const { codec, profile, pixelFormat } = video;
  const known = pixelFormats[codec ?? ""];
  if (!known) return `Browsers do not play ${nameOf(video)}.`;
  if (pixelFormat !== null && !known.test(pixelFormat)) {
    return `Browsers do not play ${nameOf(video)} with ${describePixels(pixelFormat)}.`;
  }
  if (codec === "h264" && profile !== null && !h264Profiles.has(profile)) {
    return `Browsers do not play ${nameOf(video)} of the profile ${profile}.`;
  }
  return null;
}

function refuseAudio(
  { codec, profile }: NonNullable<Probe["audio"]>,
  { audio }: Container,
): string | null {
  if (audio.has(codec) && profile !== "xHE-AAC") return null;
  const title = profile === "xHE-AAC" ? profile : codecTitle(codec);
  return `Browsers do not play its sound: ${title}.`;
}

function nameOf({ codec, tag }: VideoStream): string {
  if (codec !== null) return codecTitle(codec);
  return tag ? `the codec "${tag}"` : "its codec";
}

function describePixels(pixelFormat: string): string {
  const depth = /p(9|1\d)(le|be)?$/.exec(pixelFormat)?.[1];
  if (depth) return `${depth} bits a colour`;
  if (pixelFormat.includes("444")) return "4:4:4 colours";
  if (pixelFormat.includes("422")) return "4:2:2 colours";
  return `${pixelFormat} colours`;
}
