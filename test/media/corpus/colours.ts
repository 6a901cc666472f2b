import { type ClipCase, type VideoCase, video } from "./clip-case.ts";
import { made, type Recipe } from "./recipe.ts";
import { patches, stripes, write } from "./scenes.ts";

type ColourCase = ClipCase & { gives: VideoCase };

const scene = ["-f", "lavfi", "-i"];
const seconds = 2;
const in709 = "scale=out_color_matrix=bt709:out_range=tv";
const mp4 = { mime: "video/mp4", size: [1280, 720] } as const;
const hevc = { plays: "rendition", because: /HEVC/ } as const;
// Other colours than ffmpeg's, which takes each number as it is.
const converted = { likeness: 0 } as const;

/** The scene of known colours with 203 nits of white, which the report ITU-R BT.2408 asks for. */
function wideGamut(transfer: string, tagged: string): Recipe {
  const from709 = "pin=709:tin=709:min=709:rin=limited:npl=203";
  const toWide = `zscale=${from709}:p=2020:t=${transfer}:m=2020_ncl:r=limited,format=yuv420p10le`;
  const colours = `colorprim=bt2020:transfer=${tagged}:colormatrix=bt2020nc:range=limited`;
  return made(
    ...[...scene, `${patches(seconds)},${in709},format=yuv444p10le,${toWide}`],
    ...["-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1"],
    ...["-x265-params", `log-level=none:crf=8:${colours}`],
    ...["-color_primaries", "bt2020", "-color_trc", tagged, "-colorspace", "bt2020nc"],
  );
}

function x264(graph: string, ...tags: string[]): Recipe {
  return made(...scene, graph, "-c:v", "libx264", "-preset", "veryfast", "-crf", "12", ...tags);
}

const in601 = "scale=out_color_matrix=bt601:out_range=tv,format=yuv420p";
const as709 = "-color_primaries bt709 -color_trc bt709 -colorspace bt709".split(" ");

/** What the others of the scene are compared with. */
export const sdr: ColourCase = video(
  "sdr-bt709.mp4",
  x264(`${patches(seconds)},${in709},format=yuv420p`, ...as709, "-movflags", "+faststart"),
  { ...mp4, plays: "everywhere" },
);

export const hdr: ColourCase[] = [
  video("hdr10-pq.mp4", wideGamut("smpte2084", "smpte2084"), {
    ...{ ...mp4, ...hevc },
    pictures: converted,
  }),
  video("hlg.mp4", wideGamut("arib-std-b67", "arib-std-b67"), {
    ...{ ...mp4, ...hevc },
    pictures: converted,
  }),
  video("bt2020-sdr.mp4", wideGamut("2020_10", "bt2020-10"), {
    ...{ ...mp4, ...hevc },
    pictures: converted,
  }),
];

/** Browsers take BT.709 for the first and BT.601 for the second. */
export const untagged: ColourCase[] = [
  video(
    "untagged-hd.mp4",
    x264(`${patches(seconds)},${in709},format=yuv420p`, "-movflags", "+faststart"),
    {
      ...{ ...mp4, plays: "everywhere" },
      pictures: converted,
    },
  ),
  video(
    "untagged-sd.mp4",
    x264(`${patches(seconds, "640x480")},${in601}`, "-movflags", "+faststart"),
    { ...{ ...mp4, plays: "everywhere", size: [640, 480] } },
  ),
];

/** Magenta where nothing is to be seen, and a green rectangle on which a mark moves. */
const transparent = [
  `color=c=0xff00ff:s=640x360:r=10:d=${seconds},format=rgb24`,
  "drawbox=x=160:y=90:w=320:h=180:c=0x106020:t=fill",
  write("●", "'170+t*90'", 110, "white", 60),
  "format=rgba",
  "geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='255*between(X,160,479)*between(Y,90,269)'",
].join(",");

function withAlpha(format: string, ...encoder: string[]): Recipe {
  return made(...scene, `${transparent},format=${format}`, ...encoder);
}

const alphaCase = {
  size: [640, 360],
  pictures: { likeness: 0 },
} as const;
const mov = { ...alphaCase, mime: "video/quicktime", plays: "rendition" } as const;

export const alpha: ColourCase[] = [
  video("alpha-vp9.webm", withAlpha("yuva420p", "-c:v", "libvpx-vp9", "-deadline", "realtime"), {
    ...{ ...alphaCase, mime: "video/webm", plays: "everywhere" },
  }),
  video("alpha-prores4444.mov", withAlpha("yuva444p10le", "-c:v", "prores_ks", "-profile:v", "4"), {
    ...{ ...mov, because: /ProRes/ },
  }),
  video("alpha-qtrle.mov", withAlpha("argb", "-c:v", "qtrle"), { ...mov }),
  video("alpha-png.mov", withAlpha("rgba", "-c:v", "png"), { ...mov, because: /PNG/ }),
];

function interlaced(mode: string, top: "0" | "1"): Recipe {
  const fields = ["-flags", "+ilme+ildct", "-top", top];
  return made(
    ...[...scene, `${stripes(2)},tinterlace=${mode}`, "-c:v", "libx264", "-preset", "veryfast"],
    ...["-crf", "16", ...fields, "-x264-params", top === "1" ? "tff=1" : "bff=1"],
    ...["-movflags", "+faststart"],
  );
}

const woven = {
  mime: "video/mp4",
  size: [720, 576],
  // Repeating stripes look alike at many times, and ffmpeg's filter is asked to do the same.
  pictures: { filter: "bwdif" },
} as const;

export const combed: ColourCase[] = [
  video("interlaced-tff.mp4", interlaced("interleave_top", "1"), { ...woven, plays: "everywhere" }),
  video("interlaced-bff.mp4", interlaced("interleave_bottom", "0"), {
    ...{ ...woven, plays: "everywhere" },
  }),
];
