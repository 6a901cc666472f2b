import { firstPicture, type OpenedPhoto } from "../photo/open-photo.js";
import { pictureFilter } from "../picture-filter.js";
import type { Size } from "../picture-size.js";

/** A picture in memory, upright: 8 bits each of red, green, blue and alpha, row by row. */
export interface PhotoPixels extends Size {
  data: Uint8Array;
}

/** Decodes the first picture of a photo at a size; `null` where that cannot be done. */
export async function readPixels(
  { picture, stream }: OpenedPhoto,
  size: Size,
): Promise<PhotoPixels | null> {
  const pixels = "rgba";
  const filter = pictureFilter(stream, size, pixels);
  try {
    for await (const frame of picture.frames({ ...firstPicture, ...size, filter, pixels })) {
      return { ...size, data: frame.data };
    }
  } catch {
    // What FFmpeg says of it is not for people.
  }
  return null;
}

/** The upper left part of a picture, which is at most as large. */
export function crop({ data, ...whole }: PhotoPixels, part: Size): PhotoPixels {
  if (part.width === whole.width) {
    return { ...part, data: data.subarray(0, part.width * part.height * 4) };
  }
  const cropped = new Uint8Array(part.width * part.height * 4);
  for (let row = 0; row < part.height; row += 1) {
    const start = row * whole.width * 4;
    cropped.set(data.subarray(start, start + part.width * 4), row * part.width * 4);
  }
  return { ...part, data: cropped };
}

/** Whether two pictures of one size are equal in each byte, but for what is ignored. */
export function areEqual(old: PhotoPixels, now: PhotoPixels, mask: Uint8Array | null): boolean {
  if (Buffer.compare(old.data, now.data) === 0) return true;
  if (!mask) return false;
  return mask.every((isIgnored, pixel) => {
    if (isIgnored === 1) return true;
    const at = pixel * 4;
    return (
      old.data[at] === now.data[at] &&
      old.data[at + 1] === now.data[at + 1] &&
      old.data[at + 2] === now.data[at + 2] &&
      old.data[at + 3] === now.data[at + 3]
    );
  });
}
