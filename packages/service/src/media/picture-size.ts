/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/**
 * The largest size of the same shape inside a square of `side` pixels, never larger than the
 * original, with even sides (chroma is stored for two pixels at a time).
 */
export function fitInto(side: number, { width, height }: Size): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: toEven(width * scale), height: toEven(height * scale) };
}

/** Like `fitInto`, with a limit for the longer side and one for the shorter. */
export function fitIntoBox(box: { longer: number; shorter: number }, size: Size): Size {
  const { width, height } = size;
  const longer = box.longer / Math.max(width, height);
  const shorter = box.shorter / Math.min(width, height);
  const scale = Math.min(1, longer, shorter);
  return { width: toEven(width * scale), height: toEven(height * scale) };
}

function toEven(length: number): number {
  return Math.max(2, Math.floor(Math.round(length) / 2) * 2);
}
