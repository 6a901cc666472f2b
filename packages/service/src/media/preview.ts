import { Encoder, FilterAPI, Muxer } from "node-av/api";
import { FF_ENCODER_GIF } from "node-av/constants";
import { type Frame, Rational } from "node-av/lib";
import { previewRate } from "./opening.js";
import type { Orientation } from "./orientation.js";
import { fitInto, type Size } from "./picture-size.js";

/** The largest preview, in bytes. */
const byteLimit = 3 * 1024 * 1024;

/**
 * Tried in turn until the preview is small enough: the longer side in pixels, and the number of
 * colours. With the last of them, even 40 frames of noise stay below the limit.
 */
const attempts = [
  { side: 480, colors: 256 },
  { side: 480, colors: 64 },
  { side: 360, colors: 64 },
  { side: 280, colors: 64 },
  { side: 200, colors: 32 },
] as const;

/** The filter that scales a frame to the largest preview. */
export function previewFilter(shown: Size, { filter }: Orientation): string {
  const { width, height } = fitInto(attempts[0].side, shown);
  return `${filter},scale=${width}:${height}:flags=area,setsar=1,format=yuv420p`;
}

/**
 * Encodes frames, ten a second, as a GIF that loops for ever.
 *
 * @throws when no attempt is small enough
 */
export async function encodePreview(frames: readonly Frame[]): Promise<Uint8Array> {
  for (const attempt of attempts) {
    const gif = await encodeGif(frames, attempt);
    if (gif.length <= byteLimit) return gif;
  }
  throw new Error(`it does not fit into ${byteLimit} bytes`);
}

async function encodeGif(
  frames: readonly Frame[],
  { side, colors }: { side: number; colors: number },
): Promise<Uint8Array> {
  const [first] = frames;
  if (!first) throw new Error("no frame could be decoded");
  const { width, height } = fitInto(side, first);
  // Counting colours in 16 bits is ten times faster for pictures with many, and looks the same.
  const palette = `format=rgb565,format=rgb24,palettegen=max_colors=${colors}`;
  using filter = FilterAPI.create(
    `scale=${width}:${height}:flags=area,split[a][b];[a]${palette}[p];[b][p]paletteuse=dither=bayer:bayer_scale=3:diff_mode=rectangle`,
  );
  using encoder = await Encoder.create(FF_ENCODER_GIF, { filter });
  const chunks: Buffer[] = [];
  const output = { write: (chunk: Buffer) => void chunks.push(Buffer.from(chunk)) };
  await using muxer = await Muxer.open(output, { format: "gif", options: { loop: 0 } });
  const index = muxer.addStream(encoder);
  for await (using packet of encoder.packets(filter.frames(retimed(frames)))) {
    await muxer.writePacket(packet, index);
  }
  await muxer.close();
  return Buffer.concat(chunks);
}

/** The frames, evenly spaced from zero. They are copies, because the filter changes its input. */
async function* retimed(frames: readonly Frame[]): AsyncGenerator<Frame | null> {
  for (const [number, frame] of frames.entries()) {
    const copy = frame.clone();
    if (!copy) throw new Error("out of memory");
    copy.timeBase = new Rational(1, previewRate);
    copy.pts = BigInt(number);
    copy.duration = 1n;
    yield copy;
  }
  yield null;
}
