import { imageSize } from "image-size";
import type { Size } from "../picture-size.js";
import { type PhotoOrientation, readOrientationOf } from "./photo-orientation.js";

/** Bytes from the beginning of a picture in which its size has to be stated. */
export const headerSize = 1024 * 1024;

/** What a picture says of itself before it is decoded. */
export interface PhotoHeader {
  /** Stored pixels, before it is turned. */
  size: Size;
  orientation: PhotoOrientation;
}

/** What stands in the beginning of a PNG, a JPEG, a WebP or a GIF; `null` where no size does. */
export function readHeader(type: string, head: Buffer): PhotoHeader | null {
  try {
    // The library knows it of JPEGs.
    const { width, height, orientation = readOrientationOf(type, head) } = imageSize(head);
    return width > 0 && height > 0 ? { size: { width, height }, orientation } : null;
  } catch {
    return null;
  }
}

/** Whether a picture moves by what stands in its beginning, of the types whose frames nobody counts. */
export function isStatedToMove(type: string, head: Uint8Array): boolean {
  const bytes = Buffer.from(head);
  if (type === "image/webp")
    return bytes.toString("latin1", 12, 16) === "VP8X" && bit(bytes[20], 1);
  if (type !== "image/png") return false;
  // A PNG that moves says so before its first picture.
  const moves = bytes.indexOf("acTL", 0, "latin1");
  const picture = bytes.indexOf("IDAT", 0, "latin1");
  return moves !== -1 && (picture === -1 || moves < picture);
}

/**
 * An orientation of EXIF as a display matrix, as videos have it: nine integers of 32 bits in native byte
 * order, of which the first, second, fourth and fifth turn and mirror.
 */
export function toDisplayMatrix(orientation: PhotoOrientation): Buffer | null {
  const turns: Record<number, readonly [number, number, number, number]> = {
    2: [-1, 0, 0, 1],
    3: [-1, 0, 0, -1],
    4: [1, 0, 0, -1],
    5: [0, 1, 1, 0],
    6: [0, 1, -1, 0],
    7: [0, -1, -1, 0],
    8: [0, -1, 1, 0],
  };
  const turn = turns[orientation];
  if (!turn) return null;
  const [a, b, c, d] = turn;
  return Buffer.from(new Int32Array([a, b, 0, c, d, 0, 0, 0, 1]).buffer);
}

function bit(byte: number | undefined, place: number): boolean {
  return (((byte ?? 0) >> place) & 1) === 1;
}
