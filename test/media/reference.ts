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
  place: ReferencePlace,
): Promise<Frame> {
  const [frame] = await readReferenceFrames(one, path, { ...place, around: 0 });
  if (!frame) throw new Error(`${one.file} has no frame ${place.index}.`);
  return frame;
}

/** Where a frame lies in a reference, and the size in which it is wanted. */
interface ReferencePlace {
  index: number;
  /** Frames a second, as `Reference.rate`. */
  rate: number;
  width: number;
  height: number;
}

/** A frame of a reference with as many before and after it as there are of `around`, in colour. */
export async function readReferenceFrames(
  one: ClipCase,
  path: string,
  { index, rate, width, height, around }: ReferencePlace & { around: number },
): Promise<Frame[]> {
  const size = `scale=${width}:${height}:flags=area+accurate_rnd+full_chroma_int,setsar=1`;
  const wanted = `select=between(n\\,${index - around}\\,${index + around})`;
  return readFrames(path, { filter: `${filterOf(one)},fps=${rate},${wanted},${size}` });
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
