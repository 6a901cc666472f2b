import { type ClipCase, type Plays, video } from "./clip-case.ts";
import { made, type Recipe } from "./recipe.ts";
import { card } from "./scenes.ts";

const seconds = 4;

/** How the picture and the sound are encoded; `null` for silence. */
function encoded(
  picture: string,
  sound: string | null,
  size = "320x240",
  format = "yuv420p",
): Recipe {
  const audio = ["-f", "lavfi", "-i", `sine=440:d=${seconds}:r=48000`];
  return made(
    ...["-f", "lavfi", "-i", `${card(seconds, size)},format=${format}`],
    ...(sound === null ? [] : audio),
    ...["-c:v", ...picture.split(" ")],
    ...(sound === null ? [] : ["-ac", "2", "-c:a", ...sound.split(" ")]),
  );
}

const h264 = "libx264 -preset veryfast";
const fastStart = "-movflags +faststart";
const hevc = "libx265 -preset ultrafast -x265-params log-level=none";
const mpeg4 = "mpeg4 -q:v 3";
const vp9 = "libvpx-vp9 -deadline realtime -cpu-used 8";

interface Row {
  file: string;
  recipe: Recipe;
  mime: string;
  plays: Plays;
  because?: RegExp;
  size?: readonly [number, number];
}

/** What browsers play as it is. */
const everywhere: Row[] = [
  row("h264-aac.mp4", encoded(`${h264} ${fastStart}`, "aac"), "video/mp4", "everywhere"),
  row("h264-mp3.mp4", encoded(`${h264} ${fastStart}`, "libmp3lame"), "video/mp4", "everywhere"),
  row("h264-opus.mp4", encoded(`${h264} ${fastStart}`, "libopus"), "video/mp4", "everywhere"),
  row(
    "av1-opus.mp4",
    encoded(`libsvtav1 -preset 12 ${fastStart}`, "libopus"),
    "video/mp4",
    "everywhere",
  ),
  row(
    "vp8-vorbis.webm",
    encoded("libvpx -deadline realtime -cpu-used 8", "libvorbis"),
    "video/webm",
    "everywhere",
  ),
  row("vp9-opus.webm", encoded(vp9, "libopus"), "video/webm", "everywhere"),
  row("av1-opus.webm", encoded("libsvtav1 -preset 12", "libopus"), "video/webm", "everywhere"),
  row(
    "fragmented.mp4",
    encoded(`${h264} -g 25 -movflags +frag_keyframe+empty_moov+default_base_moof`, "aac"),
    ...(["video/mp4", "everywhere"] as const),
  ),
];

/** What they play in another container. */
const otherContainers: Row[] = [
  row("h264-moov-at-the-end.mp4", encoded(h264, "aac"), "video/mp4", "everywhere"),
  row("h264-aac.mov", encoded(h264, "aac"), "video/quicktime", "everywhere"),
  row("h264-pcm.mov", encoded(h264, "pcm_s16le"), "video/quicktime", "rendition"),
  row("h264-ac3.mp4", encoded(`${h264} ${fastStart}`, "ac3"), "video/mp4", "rendition"),
  row("h264-mp3.avi", encoded(h264, "libmp3lame"), "video/x-msvideo", "rendition"),
  row("h264-aac.mkv", encoded(h264, "aac"), "video/x-matroska", "rendition", /H\.264 in/),
  row("h264-vorbis.mkv", encoded(h264, "libvorbis"), "video/x-matroska", "rendition"),
  row("h264-aac.ts", encoded(h264, "aac"), "video/mp2t", "rendition"),
  row("h264-aac.flv", encoded(h264, "aac -ar 44100"), "video/x-flv", "rendition"),
];

/** What has to be encoded anew. */
const otherCodecs: Row[] = [
  row("hevc-hvc1.mp4", encoded(`${hevc} -tag:v hvc1`, "aac"), "video/mp4", "rendition", /HEVC/),
  row("hevc-hev1.mp4", encoded(`${hevc} -tag:v hev1`, "aac"), "video/mp4", "rendition", /HEVC/),
  row("h264-10-bit.mp4", encoded(h264, null, "320x240", "yuv420p10le"), "video/mp4", "rendition"),
  row("h264-422.mp4", encoded(h264, null, "320x240", "yuv422p"), "video/mp4", "rendition"),
  row("h264-444.mp4", encoded(h264, null, "320x240", "yuv444p"), "video/mp4", "rendition"),
  row(
    "prores.mov",
    encoded("prores_ks -profile:v 1", "pcm_s16le", "320x240", "yuv422p10le"),
    "video/quicktime",
    "rendition",
    /ProRes/,
  ),
  row("mpeg4.mp4", encoded(mpeg4, "aac"), "video/mp4", "rendition", /MPEG-4/),
  row("mpeg4-mp3.avi", encoded(mpeg4, "libmp3lame"), "video/x-msvideo", "rendition", /MPEG-4/),
  row(
    "mjpeg-pcm.avi",
    encoded("mjpeg -q:v 4", "pcm_s16le", "320x240", "yuvj420p"),
    "video/x-msvideo",
    "rendition",
    /Motion JPEG|MJPEG/,
  ),
  row(
    "mjpeg.mov",
    encoded("mjpeg -q:v 4", null, "320x240", "yuvj420p"),
    "video/quicktime",
    "rendition",
    /Motion JPEG|MJPEG/,
  ),
  row(
    "dv.avi",
    encoded("dvvideo", "pcm_s16le", "720x576"),
    "video/x-msvideo",
    "rendition",
    /DV/,
    [720, 576],
  ),
  row("mpeg2-mp2.ts", encoded("mpeg2video -q:v 3", "mp2"), "video/mp2t", "rendition", /MPEG-2/),
  row("flv1-mp3.flv", encoded("flv -q:v 3", "libmp3lame -ar 44100"), "video/x-flv", "rendition"),
  row(
    "wmv2.wmv",
    encoded("wmv2 -q:v 3", "wmav2"),
    "video/x-ms-asf",
    "rendition",
    /WMV|Windows Media/,
  ),
  row("mpeg2.mpg", encoded("mpeg2video -q:v 3 -f vob", "mp2"), "video/mpeg", "rendition", /MPEG-2/),
  row("mpeg1.mpg", encoded("mpeg1video -q:v 3", "mp2"), "video/mpeg", "rendition", /MPEG-1/),
  row(
    "mpeg2.mxf",
    encoded("mpeg2video -q:v 3", "pcm_s16le"),
    "application/mxf",
    "rendition",
    /MPEG-2/,
  ),
  row(
    "h263.3gp",
    encoded("h263 -q:v 3", "aac", "352x288"),
    "video/3gpp",
    "rendition",
    /H\.263/,
    [352, 288],
  ),
  row(
    "theora-vorbis.ogv",
    encoded("libtheora -q:v 7", "libvorbis"),
    "video/ogg",
    "rendition",
    /Theora/,
  ),
];

/** Every codec and container of which people upload files. */
export const codecs: ClipCase[] = [...everywhere, ...otherContainers, ...otherCodecs].map(
  ({ file, recipe, size = [320, 240], ...gives }) => video(file, recipe, { ...gives, size }),
);

function row(
  file: string,
  recipe: Recipe,
  mime: string,
  plays: Plays,
  because?: RegExp,
  size?: readonly [number, number],
): Row {
  return { file, recipe, mime, plays, ...(because && { because }), ...(size && { size }) };
}
