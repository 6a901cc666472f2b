/** The file is not a video. The message says why and what to do, and is shown to people. */
export class NotMediaError extends Error {}

/**
 * Containers that hold the video themselves. Playlists and scripts that refer to other files (HLS,
 * DASH, concat, image sequences) are excluded: through them an upload could read local files.
 */
export const containers = "mov,mp4,matroska,webm,avi,flv,mpegts,mpeg,asf,ogg,mxf,ivf,nut";

/** Bytes from the beginning of a file by which its format is found. */
export const probeSize = 64 * 1024;

/** MP4 brands that stand for a picture: AVIF and HEIF. */
const pictureBrands = new Set(["avif", "avis", "mif1", "msf1", "heic", "heix", "hevc", "hevx"]);

/** @throws NotMediaError when a video is asked for, and the `major_brand` of an MP4 stands for a picture */
export function refusePictures(formats: string, brand: string | null): void {
  if (formats !== containers || !pictureBrands.has(brand ?? "")) return;
  throw new NotMediaError("the content is a picture of the AVIF or HEIF kind, not a video");
}

/** A format as FFmpeg names it: `mov,mp4,m4a,3gp,3g2,mj2`, and for people `QuickTime / MOV`. */
interface FoundFormat {
  format: string;
  longName?: string;
}

/** Streams without a container, by FFmpeg's name: what people call them, and the usual extension. */
const bareStreams: Record<string, { title: string; extension: string }> = {
  h264: { title: "H.264", extension: "h264" },
  hevc: { title: "HEVC (H.265)", extension: "h265" },
  m4v: { title: "MPEG-4", extension: "m4v" },
  mpegvideo: { title: "MPEG", extension: "m2v" },
  obu: { title: "AV1", extension: "obu" },
  vc1: { title: "VC-1", extension: "vc1" },
};

const movingPictures: Record<string, string> = { gif: "GIF", apng: "APNG" };

const sounds = new Set(
  "aac,ac3,aiff,amr,au,caf,dts,eac3,flac,mp3,truehd,tta,w64,wav,wv".split(","),
);

const lists = new Set(["hls", "dash", "concat", "imf"]);

/** Why content cannot be opened as a video, and what to do. `found` is what FFmpeg takes it for. */
export function explainRefusal(found: FoundFormat | null): NotMediaError {
  return new NotMediaError(found ? describe(found) : noFormat);
}

/** The container holds no video. `formatName` is for people. */
export function explainSilentScreen(formatName: string): NotMediaError {
  return new NotMediaError(
    `the content is sound only, without a video track (${formatName}); a clip needs a picture that moves`,
  );
}

const noFormat =
  "the content is in no video format that the service knows; MP4, WebM, MOV, MKV and AVI work";

function describe({ format, longName = format }: FoundFormat): string {
  const names = format.split(",");
  const [name = ""] = names;
  const bare = bareStreams[name];
  if (bare) {
    return `the content is a bare ${bare.title} stream, which does not say when to show what; put it into an MP4, for example with \`ffmpeg -i in.${bare.extension} -c copy out.mp4\``;
  }
  const moving = movingPictures[name];
  if (moving) {
    return `the content is a picture that moves (${moving}), not a video; turn it into one, for example with \`ffmpeg -i in.${name} -pix_fmt yuv420p out.mp4\``;
  }
  const [, picture] = /^(.+)_pipe$/.exec(name) ?? [];
  if (picture) return `the content is a picture (${picture.toUpperCase()}), not a video`;
  if (sounds.has(name)) return `the content is sound only (${longName}), not a video`;
  if (lists.has(name)) {
    return `the content is a list of other files (${longName}); upload the video itself`;
  }
  const known = containers.split(",");
  if (!names.some((other) => known.includes(other)))
    return `the content is ${longName}, not a video`;
  return `the content begins as ${longName}, and the rest that a player needs is missing or broken; the file may have been cut off while it was written, so make it again`;
}
