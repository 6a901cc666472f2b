/** How a picture has to be turned, from 1 (not at all) to 8, as EXIF counts. */
export type PhotoOrientation = number;

const upright = 1;

/** Chunks of a PNG that are looked at before its pixels. */
const mostChunks = 64;

/**
 * Reads from the first bytes how a PNG or an AVIF has to be turned. JPEGs say it in their header, and what
 * EXIF says in a WebP is left out, as by browsers.
 */
export function readOrientationOf(type: string, head: Buffer): PhotoOrientation {
  if (type === "image/png") return readPng(head);
  return type === "image/avif" ? readAvif(head) : upright;
}

/** Browsers take what stands before the pixels. */
function readPng(head: Buffer): PhotoOrientation {
  for (let at = 8, chunks = 0; at + 8 <= head.length && chunks < mostChunks; chunks += 1) {
    const length = head.readUInt32BE(at);
    const name = head.toString("latin1", at + 4, at + 8);
    if (name === "IDAT") break;
    if (name === "eXIf") return readExif(head.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return upright;
}

/** The tag of the orientation, and the type of its value: an integer of 16 bits. */
const orientationTag = 0x0112;
const shortType = 3;

function readExif(exif: Buffer): PhotoOrientation {
  const order = exif.toString("latin1", 0, 2);
  if (exif.length < 8 || (order !== "II" && order !== "MM")) return upright;
  const short = (at: number) => (order === "II" ? exif.readUInt16LE(at) : exif.readUInt16BE(at));
  const directory = order === "II" ? exif.readUInt32LE(4) : exif.readUInt32BE(4);
  if (directory + 2 > exif.length) return upright;
  const count = short(directory);
  for (let entry = 0; entry < count; entry += 1) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > exif.length) break;
    if (short(at) === orientationTag && short(at + 2) === shortType) return short(at + 8);
  }
  return upright;
}

/**
 * What EXIF calls a rotation by so many quarters to the left, without a mirror, and with one then: top to
 * bottom, or left to right.
 */
const turned: Record<"none" | "top" | "left", readonly PhotoOrientation[]> = {
  none: [1, 8, 3, 6],
  top: [4, 5, 2, 7],
  left: [2, 7, 4, 5],
};

/** The properties of an AVIF, of which EXIF is none: browsers leave that out. */
function readAvif(head: Buffer): PhotoOrientation {
  const meta = findBox(head, "meta");
  // Behind its version and flags.
  const properties = meta && findBox(findBox(meta.subarray(4), "iprp"), "ipco");
  const rotation = findBox(properties, "irot");
  const mirror = findBox(properties, "imir");
  const way = mirror ? (((mirror[0] ?? 0) & 1) === 0 ? "top" : "left") : "none";
  return turned[way][(rotation?.[0] ?? 0) & 3] ?? upright;
}

/** The content of the first box of a type. */
function findBox(boxes: Buffer | null, type: string): Buffer | null {
  for (let at = 0; boxes && at + 8 <= boxes.length; ) {
    const size = boxes.readUInt32BE(at);
    if (boxes.toString("latin1", at + 4, at + 8) === type) return boxes.subarray(at + 8, at + size);
    if (size < 8) break;
    at += size;
  }
  return null;
}
