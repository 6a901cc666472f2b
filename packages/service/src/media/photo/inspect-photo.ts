import type { PhotoTask, Report } from "../child-messages.js";
import type { Engine } from "../engine/engine.js";
import { pictureFilter } from "../picture-filter.js";
import { fitInto, type Size } from "../picture-size.js";
import { jpegQuality, thumbnailSide } from "../thumbnail.js";
import {
  firstPicture,
  type OpenedPhoto,
  openPhoto,
  type PhotoStart,
  readPhotoStart,
} from "./open-photo.js";

/**
 * Inspects one picture in this process, which is a child process, as for `inspectSource`.
 *
 * @throws PhotoError when it has more pixels than are decoded, or a header without a size
 */
export async function inspectPhoto(
  engine: Engine,
  { source: place, type }: PhotoTask,
  report: Report,
): Promise<void> {
  const start = await readPhotoStart(place, type);
  const tell = async (size: Size | null, isAnimated: boolean): Promise<void> => {
    const facts = { ...unknownFacts, width: size?.width ?? null, height: size?.height ?? null };
    await report({
      kind: "facts",
      facts: { ...facts, mime: type, isAnimated },
      playback: { kind: "as-is" },
    });
  };
  const opened = await openPhoto(engine, start);
  if (!opened) {
    await tell(start.size, start.isAnimated);
    return report({ kind: "note", note: `no thumbnail: ${explainFailure(start)}` });
  }
  await using photo = opened;
  await tell(photo.size, photo.isAnimated);
  await makeThumbnail(engine, photo, report);
  photo.checkIntact();
}

const unknownFacts = { duration: null, codec: null, audioCodec: null };

const notDecoded = "the FFmpeg of this service cannot decode the picture, which may be damaged";

/** Why FFmpeg does not open it. */
function explainFailure({ type, isAnimated }: PhotoStart): string {
  return type === "image/webp" && isAnimated ? notBefore : notDecoded;
}

const notBefore =
  "an FFmpeg before 8.1 decodes no WebP that moves, and no FFmpeg one that is damaged";

/** The first picture of it, or the only one. */
async function makeThumbnail(
  engine: Engine,
  { picture, stream, size }: OpenedPhoto,
  report: Report,
): Promise<void> {
  if (!size) return report({ kind: "note", note: "no thumbnail: it does not say how large it is" });
  const into = fitInto(thumbnailSide, size);
  const filter = pictureFilter(stream, into);
  try {
    for await (const frame of picture.frames({ ...firstPicture, filter, ...into })) {
      const thumbnail = await engine.encodeJpeg(frame, jpegQuality);
      return await report({ kind: "pictures", pictures: { thumbnail } });
    }
  } catch {
    // What FFmpeg says of it is not for people. Where the store has failed, the caller finds out.
  }
  await report({ kind: "note", note: `no thumbnail: ${notDecoded}` });
}
