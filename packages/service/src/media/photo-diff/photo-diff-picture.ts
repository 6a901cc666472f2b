import type { DiffBox } from "@clipcourier/core/wire";
import { composePanels, differsAt, markPixels } from "../diff/diff-picture.js";
import type { Engine, RawFrame } from "../engine/engine.js";
import { firstPicture, type OpenedPhoto } from "../photo/open-photo.js";
import { pictureFilter } from "../picture-filter.js";
import { fitIntoBox, type Size } from "../picture-size.js";
import type { PhotoFindings } from "./compare-photos.js";

/** Of each of the three pictures, in pixels: pages are tall, and have to be read. */
const panel = { longer: 4000, shorter: 800 };

/** What is where a picture has ended and the other one goes on. */
const emptiness = 0xff;

/** Where a pixel is. */
const place = { outside: 0, inside: 1, edge: 2 } as const;

/** Draws two photos, and the new one with what has changed in red, beside each other as a PNG. */
export async function drawPhotoDifference(
  engine: Engine,
  old: OpenedPhoto,
  now: OpenedPhoto,
  findings: PhotoFindings,
): Promise<Uint8Array | null> {
  const { facts, isScaled, regions, strips } = findings;
  const whole = isScaled
    ? facts.new
    : {
        width: Math.max(facts.old.width, facts.new.width),
        height: Math.max(facts.old.height, facts.new.height),
      };
  const size = fitIntoBox(panel, whole);
  const factor = size.width / whole.width;
  const oldFrame = await take(old, isScaled ? facts.new : facts.old, factor, size);
  const newFrame = await take(now, facts.new, factor, size);
  if (!oldFrame || !newFrame) return null;
  const places = placesOf([...regions, ...strips], factor, size);
  const difference = markPixels(
    newFrame,
    (pixel) =>
      places[pixel] === place.edge ||
      (places[pixel] === place.inside && differsAt(oldFrame, newFrame, pixel)),
  );
  return engine.encodePng(composePanels(oldFrame, newFrame, difference));
}

/** A photo at a part of its size, at the upper left of a picture. */
async function take(
  { picture, stream }: OpenedPhoto,
  shown: Size,
  factor: number,
  size: Size,
): Promise<RawFrame | null> {
  const own = {
    width: Math.min(size.width, Math.max(1, Math.round(shown.width * factor))),
    height: Math.min(size.height, Math.max(1, Math.round(shown.height * factor))),
  };
  const request = { ...firstPicture, ...own, filter: pictureFilter(stream, own) };
  for await (const frame of picture.frames(request)) return extend(frame, size);
  return null;
}

function extend({ at, width, height, data }: RawFrame, size: Size): RawFrame {
  if (width === size.width && height === size.height) return { at, width, height, data };
  const extended = new Uint8Array(size.width * size.height * 3).fill(emptiness);
  for (let row = 0; row < height; row += 1) {
    extended.set(data.subarray(row * width * 3, (row + 1) * width * 3), row * size.width * 3);
  }
  return { at, ...size, data: extended };
}

/** Where each pixel is: in a region, or on the line that is drawn around one so that people find also a small one. */
function placesOf(boxes: readonly DiffBox[], factor: number, size: Size): Uint8Array {
  const places = new Uint8Array(size.width * size.height);
  for (const box of boxes) {
    const left = Math.max(0, Math.floor(box.x * factor) - 2);
    const top = Math.max(0, Math.floor(box.y * factor) - 2);
    const right = Math.min(size.width, Math.ceil((box.x + box.width) * factor) + 2);
    const bottom = Math.min(size.height, Math.ceil((box.y + box.height) * factor) + 2);
    for (let y = top; y < bottom; y += 1) {
      const row = y * size.width;
      places.fill(
        y === top || y === bottom - 1 ? place.edge : place.inside,
        row + left,
        row + right,
      );
      places[row + left] = place.edge;
      places[row + right - 1] = place.edge;
    }
  }
  return places;
}
