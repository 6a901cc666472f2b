import { Encoder } from "node-av/api";
import { AV_CODEC_FLAG_QSCALE, FF_ENCODER_MJPEG, FF_QP2LAMBDA } from "node-av/constants";
import type { Frame } from "node-av/lib";
import type { Orientation } from "./orientation.js";
import { fitInto, type Size } from "./picture-size.js";

/** The longer side at most, in pixels. */
const side = 1280;

/** On FFmpeg's scale for JPEG, from 2 (best) to 31. */
const quality = 4;

/** The second of the video to take the thumbnail from: a tenth of the way in, at most 3 s. */
export function thumbnailSecond(duration: number | null): number {
  return Math.min(3, (duration ?? 0) / 10);
}

/** The filter that scales a frame to the thumbnail's size and converts it to JPEG's colours. */
export function thumbnailFilter(shown: Size, { filter }: Orientation): string {
  const { width, height } = fitInto(side, shown);
  const scale = `scale=${width}:${height}:out_range=pc:out_color_matrix=bt601`;
  return `${filter},${scale},setsar=1,format=yuvj420p`;
}

/** Encodes one frame as JPEG. */
export async function encodeThumbnail(frame: Frame): Promise<Uint8Array> {
  return await Encoder.encodeOne(FF_ENCODER_MJPEG, frame, {
    configure: (context) => {
      context.setFlags(AV_CODEC_FLAG_QSCALE);
      context.globalQuality = quality * FF_QP2LAMBDA;
    },
  });
}
