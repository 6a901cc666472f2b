import { NotMediaError } from "../container.js";
import type { Engine, OpenedVideo, VideoStream } from "../engine/engine.js";
import { shownSize } from "../facts.js";
import type { Size } from "../picture-size.js";
import { isTooLarge, mostPixels } from "../pixel-limits.js";
import { type OpenedSource, openSource } from "../source.js";
import type { MediaSource } from "../types.js";
import { headerSize, isStatedToMove, readHeader, toDisplayMatrix } from "./photo-header.js";
import { readOrientationOf } from "./photo-orientation.js";

/** The demuxer of FFmpeg that opens a picture of each type, and nothing else that it could name. */
const demuxers: Record<string, string> = {
  "image/png": "png_pipe",
  "image/jpeg": "jpeg_pipe",
  "image/gif": "gif",
  "image/webp": "webp_pipe",
  "image/avif": "mov",
};

/** The one for a WebP that moves, which FFmpeg has since its version 8.1. */
const movingWebp = "webp_anim";

/** AVIF says its size in a container, which FFmpeg reads without decoding. */
const statedInContainer = "image/avif";

/** Why a picture is not looked at. */
export class PhotoError extends NotMediaError {
  /** What follows on "the picture", without a full stop. */
  readonly problem: string;

  constructor(problem: string, remedy: string) {
    super(`The picture ${problem}. ${remedy}`);
    this.problem = problem;
  }
}

/** The request for the first picture of it, or the only one. */
export const firstPicture = {
  ...{ start: 0, length: 0, rate: 1 },
  sequential: null,
  effort: "full",
} as const;

/** A picture of which the beginning was read. */
export interface PhotoStart {
  /** The media type that its first bytes have. */
  type: string;
  source: OpenedSource;
  /** Its pixels before it is turned; `null` for an AVIF. */
  stored: Size | null;
  /** The display matrix by which it is turned; `null` for none. */
  turn: Buffer | null;
  /** As it is shown; `null` for an AVIF. */
  size: Size | null;
  /** Whether its beginning says that it moves. */
  isAnimated: boolean;
}

/** A picture that FFmpeg can open. */
export interface OpenedPhoto extends AsyncDisposable {
  picture: OpenedVideo;
  /** As browsers show it. */
  stream: VideoStream;
  /** As it is shown; `null` where it does not say. */
  size: Size | null;
  isAnimated: boolean;
  /** @throws when bytes could not be read, which FFmpeg takes for the end of the picture */
  checkIntact(): void;
}

/**
 * Reads what a picture says of itself, which is believed before any memory is spent on its pixels.
 *
 * @throws PhotoError when it has more pixels than are decoded, or a header without a size
 */
export async function readPhotoStart(place: MediaSource, type: string): Promise<PhotoStart> {
  const opened = await openSource(place);
  const head = await opened.readHead(headerSize);
  const isAnimated = isStatedToMove(type, head);
  const format = isAnimated && type === "image/webp" ? movingWebp : (demuxers[type] ?? "none");
  // Of the other types FFmpeg tells by itself what is damaged.
  const isStrict = type === "image/jpeg";
  const source = { ...opened, formats: format, format, isStrict, countingLimit: 0 };
  const header = type === statedInContainer ? null : readHeader(type, head);
  if (header) refuseTooLarge(header.size);
  else if (type !== statedInContainer) throw explainHeader(source.size);
  const turn = toDisplayMatrix(header?.orientation ?? readOrientationOf(type, head));
  const size = header && shownSize({ ...header.size, aspect: 1, displayMatrix: turn });
  return { type, source, stored: header?.size ?? null, turn, size, isAnimated };
}

/**
 * Opens it; `null` where FFmpeg cannot.
 *
 * @throws PhotoError when it has more pixels than are decoded
 */
export async function openPhoto(engine: Engine, start: PhotoStart): Promise<OpenedPhoto | null> {
  const picture = await openPicture(engine, start.source);
  if (!picture) return null;
  const { probe } = picture;
  const stream = describePicture(probe.video, start);
  try {
    refuseTooLarge(stream);
  } catch (error) {
    await picture[Symbol.asyncDispose]();
    throw error;
  }
  return {
    picture,
    stream,
    size: shownSize(stream),
    isAnimated: start.isAnimated || (probe.frameCount ?? 1) > 1 || probe.brand === "avis",
    checkIntact: () => start.source.checkIntact(),
    [Symbol.asyncDispose]: () => picture[Symbol.asyncDispose](),
  };
}

async function openPicture(engine: Engine, source: OpenedSource): Promise<OpenedVideo | null> {
  try {
    return await engine.open(source);
  } catch (error) {
    source.checkIntact();
    if (error instanceof NotMediaError) return null;
    throw error;
  }
}

/** A picture as browsers show it: its pixels are square, and without a colour matrix it has that of JPEG. */
function describePicture(video: VideoStream, { stored, turn }: PhotoStart): VideoStream {
  const { width, height } = stored ?? video;
  return {
    ...video,
    ...{ width, height, aspect: 1 },
    // Some FFmpegs tell it of some types, too.
    displayMatrix: turn,
    matrix: video.matrix === "unknown" ? "smpte170m" : video.matrix,
    // Some colours of a palette may be transparent.
    hasAlpha: video.hasAlpha || video.pixelFormat === "pal8",
  };
}

function refuseTooLarge({ width, height }: Size): void {
  if (!isTooLarge(width, height)) return;
  throw new PhotoError(
    `has ${width} × ${height} pixels, and more than ${mostPixels / 1e6} million are not decoded`,
    "Upload a smaller version.",
  );
}

function explainHeader(size: number): PhotoError {
  const place = size > headerSize ? ` in its first ${headerSize / 2 ** 20} MiB` : "";
  return new PhotoError(
    `does not say${place} how large it is: its beginning is damaged or cut off`,
    "Save it again and upload that.",
  );
}
