import type { VideoStream } from "../engine/engine.js";

/** The formats of WebP that are lossless: its others are YUV. */
const exactFormats = new Set(["argb", "bgra", "rgba", "rgb24", "rgb32"]);

/** Whether the pixels of a picture are those that it was made with: PNG, or WebP without loss. */
export function isExact({ codec, pixelFormat }: VideoStream): boolean {
  if (codec === "png" || codec === "apng") return true;
  return codec === "webp" && exactFormats.has(pixelFormat ?? "");
}
