import type { RawFrame } from "./engine/engine.js";

/** The most by which a colour may differ from the one that is kept, of 255. */
const tolerance = 5;

/**
 * Gives pixels that hardly change the colour that they had in the frame before. Compression of the
 * original makes them flicker, and an animation stores each change: still areas then cost nothing.
 */
export function settleFrames(frames: readonly RawFrame[]): RawFrame[] {
  let before: RawFrame | null = null;
  return frames.map((frame) => {
    if (before && frame.data !== before.data) frame = settle(before, frame);
    before = frame;
    return frame;
  });
}

function settle(before: RawFrame, frame: RawFrame): RawFrame {
  const data = Buffer.from(frame.data);
  const stride = frame.width * 3;
  for (let start = 0; start < data.length; start += stride) {
    const old = before.data.subarray(start, start + stride);
    const line = data.subarray(start, start + stride);
    if (line.compare(old) !== 0) settleLine(old, line);
  }
  return { ...frame, data };
}

function settleLine(old: Uint8Array, line: Uint8Array): void {
  for (let index = 0; index + 2 < line.length; index += 3) {
    const red = old[index] ?? 0;
    const green = old[index + 1] ?? 0;
    const blue = old[index + 2] ?? 0;
    if (
      Math.abs((line[index] ?? 0) - red) <= tolerance &&
      Math.abs((line[index + 1] ?? 0) - green) <= tolerance &&
      Math.abs((line[index + 2] ?? 0) - blue) <= tolerance
    ) {
      line[index] = red;
      line[index + 1] = green;
      line[index + 2] = blue;
    }
  }
}
