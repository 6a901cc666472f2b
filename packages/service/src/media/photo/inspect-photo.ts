import type { PhotoTask, Report } from "../child-messages.js";
import { NotMediaError } from "../container.js";
import type { Engine, OpenedVideo, VideoStream } from "../engine/engine.js";
import { shownSize } from "../facts.js";
import { pictureFilter } from "../picture-filter.js";
import { fitInto, type Size } from "../picture-size.js";
import { isTooLarge, mostPixels } from "../pixel-limits.js";
import { type OpenedSource, openSource } from "../source.js";
import { jpegQuality, thumbnailSide } from "../thumbnail.js";
import { headerSize, isStatedToMove, readHeader, toDisplayMatrix } from "./photo-header.js";

/** The demuxers of FFmpeg that may open a picture of each type, and nothing else that it could name. */
const demuxers: Record<string, string> = {
  "image/png": "png_pipe,apng",
  "image/jpeg": "jpeg_pipe",
  "image/gif": "gif",
  "image/webp": "webp_pipe,webp_anim",
  "image/avif": "mov,mp4,m4a,3gp,3g2,mj2",
};

/** AVIF says its size in a container, which FFmpeg reads without decoding. */
const statedInContainer = "image/avif";

/**
 * Inspects one picture in this process, which is a child process, as for `inspectSource`. What its header
 * says is believed before any memory is spent on its pixels.
 *
 * @throws NotMediaError when it has more pixels than are decoded, or a header without a size
 */
export async function inspectPhoto(
  engine: Engine,
  { source: place, type }: PhotoTask,
  report: Report,
): Promise<void> {
  const formats = demuxers[type] ?? "none";
  const source = { ...(await openSource(place)), formats, countingLimit: 0 };
  const head = await source.readHead(headerSize);
  const header = type === statedInContainer ? null : readHeader(head);
  if (header) refuseTooLarge(header.size);
  else if (type !== statedInContainer) throw explainHeader(source.size);
  const matrix = header && toDisplayMatrix(header.orientation);
  const move = isStatedToMove(type, head);
  const tell = async (size: Size | null, isAnimated: boolean): Promise<void> => {
    const facts = { ...unknownFacts, width: size?.width ?? null, height: size?.height ?? null };
    await report({
      kind: "facts",
      facts: { ...facts, mime: type, isAnimated },
      playback: { kind: "as-is" },
    });
  };
  const opened = await openPicture(engine, source);
  if ("reason" in opened) {
    await tell(header && shownSize({ ...header.size, aspect: 1, displayMatrix: matrix }), move);
    return report({ kind: "note", note: `no thumbnail: ${opened.reason}` });
  }
  await using picture: OpenedVideo = opened;
  const { probe } = picture;
  const stream = describePicture(probe.video, header?.size ?? probe.video, matrix);
  refuseTooLarge(stream);
  const size = shownSize(stream);
  await tell(size, move || (probe.frameCount ?? 1) > 1 || probe.brand === "avis");
  if (!size) return report({ kind: "note", note: "no thumbnail: it does not say how large it is" });
  await makeThumbnail(engine, picture, stream, size, report);
  source.checkIntact();
}

const unknownFacts = { duration: null, codec: null, audioCodec: null };

async function openPicture(
  engine: Engine,
  source: OpenedSource,
): Promise<OpenedVideo | { reason: string }> {
  try {
    return await engine.open(source);
  } catch (error) {
    source.checkIntact();
    if (error instanceof NotMediaError) return { reason: notDecoded };
    throw error;
  }
}

const notDecoded = "the FFmpeg of this service cannot decode the picture, which may be damaged";

/** The first picture of it, or the only one. */
async function makeThumbnail(
  engine: Engine,
  picture: OpenedVideo,
  stream: VideoStream,
  size: Size,
  report: Report,
): Promise<void> {
  const into = fitInto(thumbnailSide, size);
  const filter = pictureFilter(stream, into);
  const still = { start: 0, length: 0, rate: 1, sequential: null, effort: "full" as const };
  try {
    for await (const frame of picture.frames({ ...still, filter, ...into })) {
      const thumbnail = await engine.encodeJpeg(frame, jpegQuality);
      return await report({ kind: "pictures", pictures: { thumbnail } });
    }
  } catch {
    // What FFmpeg says of it is not for people. Where the store has failed, the caller finds out.
  }
  await report({ kind: "note", note: `no thumbnail: ${notDecoded}` });
}

/** A picture as browsers show it: its pixels are square, and without a colour matrix it has that of JPEG. */
function describePicture(video: VideoStream, { width, height }: Size, matrix: Buffer | null) {
  return {
    ...video,
    ...{ width, height, aspect: 1 },
    displayMatrix: matrix ?? (video.codec === "av1" ? video.displayMatrix : null),
    matrix: video.matrix === "unknown" ? "smpte170m" : video.matrix,
    // Some colours of a palette may be transparent.
    hasAlpha: video.hasAlpha || video.pixelFormat === "pal8",
  };
}

function refuseTooLarge({ width, height }: Size): void {
  if (!isTooLarge(width, height)) return;
  throw new NotMediaError(
    `The picture has ${width} × ${height} pixels, and more than ${mostPixels / 1e6} million are not decoded. Upload a smaller version.`,
  );
}

function explainHeader(size: number): NotMediaError {
  const place = size > headerSize ? ` in its first ${headerSize / 2 ** 20} MiB` : "";
  return new NotMediaError(
    `The picture does not say${place} how large it is: its beginning is damaged or cut off. Save it again and upload that.`,
  );
}
