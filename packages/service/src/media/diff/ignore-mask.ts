import type { IgnoreBox } from "@clipcourier/core/wire";
import type { Size } from "../picture-size.js";

/** The pixels of compared pictures that lie in a box, even in part; `null` for none. */
export function maskOf(boxes: readonly IgnoreBox[], shown: Size, size: Size): Uint8Array | null {
  if (boxes.length === 0) return null;
  const mask = new Uint8Array(size.width * size.height);
  for (const box of boxes) {
    const { x, y, width, height } = toShares(box, shown);
    const left = Math.max(0, Math.floor(x * size.width));
    const right = Math.min(size.width, Math.ceil((x + width) * size.width));
    const bottom = Math.min(size.height, Math.ceil((y + height) * size.height));
    for (let row = Math.max(0, Math.floor(y * size.height)); row < bottom; row += 1) {
      mask.fill(1, row * size.width + left, row * size.width + Math.max(left, right));
    }
  }
  return mask;
}

function toShares(box: IgnoreBox, shown: Size): Omit<IgnoreBox, "unit"> {
  if (box.unit === "share") return box;
  return {
    x: box.x / shown.width,
    y: box.y / shown.height,
    width: box.width / shown.width,
    height: box.height / shown.height,
  };
}
