import type { PixelLayout, VideoStream } from "./engine/engine.js";
import { type Orientation, readOrientation } from "./orientation.js";
import type { Size } from "./picture-size.js";

/** Transfer functions of which white is brighter than a screen's. */
const brightTransfers = new Set(["smpte2084", "arib-std-b67"]);

/** Primaries of which colours are outside of what BT.709 shows. */
const widePrimaries = new Set(["bt2020", "smpte431", "smpte432"]);

/** Candelas a square metre of a white page, by BT.2408. */
const referenceWhite = 203;

const planarFormats = new Set(["yuv420p", "yuv422p", "yuv444p"]);

/** The grey behind pixels that are transparent: neither a light nor a dark page swallows what is on it. */
const ground = 0x8c;

/** Rows and columns up to which a video without a colour matrix is taken for one of television. */
const standardDefinition = { width: 1024, height: 576 };

/**
 * The FFmpeg filters from a decoded frame to RGB of BT.709, upright and of a size. What is transparent is
 * put onto a ground where no alpha is asked for.
 */
export function pictureFilter(
  video: VideoStream,
  size: Size,
  pixels: PixelLayout = "rgb24",
): string {
  const orientation = readOrientation(video.displayMatrix);
  return [
    ...scaleAndConvert(video, stored(size, orientation), pixels),
    orientation.filter,
    "setsar=1",
    `format=${pixels}`,
  ].join(",");
}

/** The FFmpeg filters from decoded frames to what a browser's decoder of H.264 takes. */
export function renditionFilter(video: VideoStream, size: Size): string {
  const orientation = readOrientation(video.displayMatrix);
  const deinterlacer = sequentialFilter(video);
  return [
    ...(deinterlacer ? [deinterlacer] : []),
    ...scaleAndConvert(video, stored(size, orientation), "yuv420p"),
    orientation.filter,
    "setsar=1",
    "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709",
    "format=yuv420p",
  ].join(",");
}

/** The filter that has to see every decoded frame; `null` for none. */
export function sequentialFilter({ fieldOrder }: VideoStream): string | null {
  return ["tt", "bb", "tb", "bt"].includes(fieldOrder) ? "bwdif=mode=send_frame:deint=all" : null;
}

function scaleAndConvert(
  video: VideoStream,
  { width, height }: Size,
  format: PixelLayout | "yuv420p",
): string[] {
  const scale = `scale=${width}:${height}:flags=area+accurate_rnd+full_chroma_int`;
  const output = format !== "yuv420p" ? "" : ":out_color_matrix=bt709:out_range=tv";
  if (needsColorConversion(video)) {
    return [scale, ...convertColors(video), ...(output ? [`scale=${output.slice(1)}`] : [])];
  }
  // What the container says goes before what a decoder finds: browsers take it so.
  const range = video.range === "unknown" ? "" : `:in_range=${video.range}`;
  const matrix = `:in_color_matrix=${matrixOf(video)}${range}`;
  if (format !== "yuv420p" && isPlanar(video)) {
    const toRgb = `scale=flags=accurate_rnd+full_chroma_int${matrix}`;
    // Planes are scaled in two thirds of the time that it takes to scale and convert at once.
    return [
      `scale=${width}:${height}:flags=area+accurate_rnd`,
      "format=yuv444p",
      toRgb,
      `format=${format}`,
    ];
  }
  if (!video.hasAlpha || format === "rgba")
    return [`${scale}${matrix}${output}`, `format=${format}`];
  return [`${scale}${matrix}`, ...compose(), ...(output ? [`scale=${output.slice(1)}`] : [])];
}

/** Whether the brightness and the colours are planes of 8 bits each, of usual range. */
function isPlanar({ pixelFormat, range, hasAlpha }: VideoStream): boolean {
  return planarFormats.has(pixelFormat ?? "") && range !== "pc" && !hasAlpha;
}

/** Puts what is transparent onto the ground. */
function compose(): string[] {
  return [
    "format=rgba",
    // The filter drawbox, which is made for this, crashes FFmpeg 5.1.
    `split[top][copy];[copy]lutrgb=r=${ground}:g=${ground}:b=${ground}:a=255[ground];[ground][top]overlay=format=rgb`,
    "format=rgb24",
  ];
}

function needsColorConversion({ transfer, primaries }: VideoStream): boolean {
  return brightTransfers.has(transfer) || widePrimaries.has(primaries);
}

/** Maps what is brighter or more colourful than BT.709 to it. Ends in RGB. */
function convertColors(video: VideoStream): string[] {
  const { matrix, primaries, transfer, range } = video;
  const input = [
    `min=${known(matrix, "bt2020nc")}`,
    `pin=${known(primaries, "bt2020")}`,
    `tin=${known(transfer, "bt709")}`,
    `rin=${range === "pc" ? "full" : "limited"}`,
  ].join(":");
  const toScreen = ["zscale=p=bt709:t=bt709:m=gbr:r=full", "format=gbrp", "format=rgb24"];
  if (!brightTransfers.has(transfer)) {
    return ["format=yuv444p12le", `zscale=${input}:p=bt709:t=bt709:m=gbr:r=full`, "format=gbrp"];
  }
  return [
    "format=yuv444p12le",
    `zscale=${input}:t=linear:npl=${referenceWhite}:m=gbr`,
    "format=gbrpf32le",
    "zscale=p=bt709",
    "tonemap=tonemap=mobius:desat=0",
    ...toScreen,
  ];
}

/** How the decoded colours are stored, in the names of the filter `scale`. */
function matrixOf({ matrix, width, height }: VideoStream): string {
  if (matrix === "bt2020nc" || matrix === "bt2020c") return "bt2020";
  if (["bt709", "fcc", "smpte240m"].includes(matrix)) return matrix;
  if (["bt470bg", "smpte170m"].includes(matrix)) return "bt601";
  const isSmall = width <= standardDefinition.width && height <= standardDefinition.height;
  return isSmall ? "bt601" : "bt709";
}

function known(name: string, otherwise: string): string {
  return name === "unknown" ? otherwise : name;
}

/** The size before the picture is turned. */
function stored({ width, height }: Size, { sidesSwapped }: Orientation): Size {
  return sidesSwapped ? { width: height, height: width } : { width, height };
}
