import type { ClipCase } from "./corpus/clip-case.ts";
import { type Frame, readFrames } from "./frames.ts";
import { ffprobe } from "./programs.ts";

/** The size to which pictures are brought to be compared, whatever their shape. */
export const compared = "scale=160:96:flags=area,setsar=1";

/** The frames of a file as Debian's ffmpeg decodes them, at even times. */
export interface Reference {
  /** Frames a second. */
  rate: number;
  /** Grey, of the size in which pictures are compared. */
  frames: Frame[];
}

/** The most frames that are read of one file. */
const frameLimit = 2160;

const known = new Map<string, Promise<Reference>>();

export function readReference(one: ClipCase, path: string): Promise<Reference> {
  const reference = known.get(path) ?? read(one, path);
  known.set(path, reference);
  return reference;
}

/** One frame of a reference in another size, in colour. */
export async function readReferenceFrame(
  one: ClipCase,
  path: string,
  { index, rate, width, height }: { index: number; rate: number; width: number; height: number },
): Promise<Frame> {
  const size = `scale=${width}:${height}:flags=area+accurate_rnd+full_chroma_int,setsar=1`;
  const filter = `${filterOf(one)},fps=${rate},select=eq(n\\,${index}),${size}`;
  const [frame] = await readFrames(path, { filter });
  if (!frame) throw new Error(`${one.file} has no frame ${index}.`);
  return frame;
}

async function read(one: ClipCase, path: string): Promise<Reference> {
  const { duration = 10 } = await ffprobe(path);
  const rate = Math.min(25, frameLimit / duration);
  const filter = `${filterOf(one)},fps=${rate},${compared}`;
  return { rate, frames: await readFrames(path, { filter, grey: true }) };
}

/** Gives frames as they have to be shown. */
function filterOf({ gives }: ClipCase): string {
  return (gives.kind === "video" && gives.pictures?.filter) || "null";
}
