import { expect, test } from "vitest";
import type { Probe } from "../src/media/engine/engine.js";
import { readFacts } from "../src/media/facts.js";
import { playbackOf } from "../src/media/playback.js";
import { planConversion } from "../src/media/rendition.js";
import { probe as webm } from "./drawn-video.js";

const mp4 = { format: "mov,mp4,m4a,3gp,3g2,mj2", formatName: "QuickTime / MOV", brand: "isom" };
const mov = { ...mp4, brand: "qt  " };
const matroska = { format: "matroska,webm", formatName: "Matroska / WebM", brand: null };
const avi = { format: "avi", formatName: "AVI (Audio Video Interleaved)", brand: null };
const ts = { format: "mpegts", formatName: "MPEG-TS (MPEG-2 Transport Stream)", brand: null };
const flv = { format: "flv", formatName: "FLV (Flash Video)", brand: null };
const asf = { format: "asf", formatName: "ASF (Advanced / Active Streaming Format)", brand: null };

type Container = Pick<Probe, "format" | "formatName" | "brand">;

function probe(container: Container, video: Partial<Probe["video"]>, audio: string | null): Probe {
  const h264 = { codec: "h264", profile: video.codec === undefined ? "High" : null };
  return {
    ...{ ...webm, ...container, duration: 1 },
    video: { ...webm.video, ...h264, width: 640, height: 360, rate: 25, ...video },
    audio: audio === null ? null : { codec: audio, profile: null, channels: 2, sampleRate: 48_000 },
  };
}

test.each([
  ["MP4 with H.264", mp4, {}, "aac", "as-is", "video/mp4"],
  [
    "MP4 of a phone with a silent H.264",
    mp4,
    { profile: "Constrained Baseline" },
    null,
    "as-is",
    "video/mp4",
  ],
  ["MP4 with MP3", mp4, {}, "mp3", "as-is", "video/mp4"],
  ["MP4 with VP9 and Opus", mp4, { codec: "vp9" }, "opus", "as-is", "video/mp4"],
  [
    "MP4 with AV1 of ten bits",
    mp4,
    { codec: "av1", pixelFormat: "yuv420p10le" },
    "aac",
    "as-is",
    "video/mp4",
  ],
  ["QuickTime with H.264", mov, {}, "aac", "as-is", "video/quicktime"],
  ["WebM with VP8", matroska, { codec: "vp8" }, "vorbis", "as-is", "video/webm"],
  [
    "WebM with transparent VP9",
    matroska,
    { codec: "vp9", pixelFormat: "yuva420p" },
    "opus",
    "as-is",
    "video/webm",
  ],
  ["QuickTime with uncompressed sound", mov, {}, "pcm_s16le", "remux", "video/quicktime"],
  ["MP4 with AC-3", mp4, {}, "ac3", "remux", "video/mp4"],
  ["MKV with H.264", matroska, {}, "aac", "remux", "video/x-matroska"],
  ["MKV with VP9 and AAC", matroska, { codec: "vp9" }, "aac", "remux", "video/x-matroska"],
  ["AVI with H.264", avi, {}, "mp3", "remux", "video/x-msvideo"],
  ["TS with H.264", ts, {}, "aac", "remux", "video/mp2t"],
  ["FLV with H.264", flv, {}, "aac", "remux", "video/x-flv"],
  ["MKV with VP8 and AAC", matroska, { codec: "vp8" }, "aac", "transcode", "video/x-matroska"],
  ["MP4 with HEVC", mp4, { codec: "hevc" }, "aac", "transcode", "video/mp4"],
  [
    "QuickTime with ProRes",
    mov,
    { codec: "prores", pixelFormat: "yuv422p10le" },
    "pcm_s16le",
    "transcode",
    "video/quicktime",
  ],
  ["AVI with MPEG-4", avi, { codec: "mpeg4" }, "mp3", "transcode", "video/x-msvideo"],
  [
    "AVI with Motion JPEG",
    avi,
    { codec: "mjpeg", pixelFormat: "yuvj420p" },
    null,
    "transcode",
    "video/x-msvideo",
  ],
  ["WMV", asf, { codec: "wmv2" }, "wmav2", "transcode", "video/x-ms-asf"],
  [
    "MP4 with H.264 of ten bits",
    mp4,
    { profile: "High 10", pixelFormat: "yuv420p10le" },
    "aac",
    "transcode",
    "video/mp4",
  ],
  [
    "MP4 with H.264 in 4:4:4",
    mp4,
    { profile: "High 4:4:4 Predictive", pixelFormat: "yuv444p" },
    null,
    "transcode",
    "video/mp4",
  ],
  [
    "QuickTime with PNG of 16000 pixels",
    mov,
    { codec: "png", width: 16_000, height: 16_000 },
    null,
    "never",
    "video/quicktime",
  ],
  [
    "MP4 with an unknown codec",
    mp4,
    { codec: null, isDecodable: false, tag: "qqqq" },
    null,
    "never",
    "video/mp4",
  ],
] as const)("%s", (_, container, video, audio, kind, mime) => {
  const probed = probe(container, video, audio);
  expect(playbackOf(probed).kind).toBe(kind);
  expect(readFacts(probed).mime).toBe(mime);
});

test.each([
  [probe(mp4, { codec: "hevc" }, null), "Browsers do not play HEVC (H.265)."],
  [probe(avi, {}, "mp3"), "Browsers do not play H.264 in AVI (Audio Video Interleaved)."],
  [probe(mov, {}, "pcm_s16le"), "Browsers do not play its sound: uncompressed sound."],
  [
    probe(mp4, { pixelFormat: "yuv420p10le" }, null),
    "Browsers do not play H.264 with 10 bits a colour.",
  ],
  [probe(mp4, { pixelFormat: "yuv422p" }, null), "Browsers do not play H.264 with 4:2:2 colours."],
  [
    probe(mp4, { codec: null, isDecodable: false, tag: "qqqq" }, null),
    'FFmpeg has no decoder for the codec "qqqq".',
  ],
])("the reason names what browsers do not take: %#", (probed, reason) => {
  expect(playbackOf(probed)).toMatchObject({ reason });
});

test("a rendition keeps what browsers play, and fits into 1920 by 1080 either way round", () => {
  const plan = (probed: Probe) => planConversion(probed, 1000);
  expect(plan(probe(avi, {}, "mp3"))).toMatchObject({ video: "copy", audio: "copy" });
  expect(plan(probe(ts, {}, "ac3"))).toMatchObject({ video: "copy", audio: "aac" });
  expect(plan(probe(mp4, { codec: "hevc" }, null))).toMatchObject({ video: "h264", audio: "none" });
  const sizeOf = (width: number, height: number) =>
    plan(probe(mp4, { codec: "hevc", width, height }, null)).size;
  expect(sizeOf(3840, 2160)).toEqual({ width: 1920, height: 1080 });
  expect(sizeOf(2160, 3840)).toEqual({ width: 1080, height: 1920 });
  expect(sizeOf(2000, 2000)).toEqual({ width: 1080, height: 1080 });
  expect(sizeOf(641, 361)).toEqual({ width: 640, height: 360 });
});
