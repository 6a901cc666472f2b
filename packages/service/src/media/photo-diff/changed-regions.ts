import type { DiffBox } from "@clipcourier/core/wire";
import { groupWindows } from "../diff/group-windows.js";
import { joinExtents } from "../diff/ranges.js";
import { type Extent, unite } from "../diff/tile-extents.js";
import type { Size } from "../picture-size.js";
import type { ChangedPixels } from "./changed-pixels.js";

/** The side of a tile in pixels: what is two of them apart is one region. */
const tileSide = 8;

/** Regions that are looked for at most. Where there are more, those that are near each other are joined. */
const mostGroups = 500;

/** Surrounds the pixels that have changed with boxes, the largest first. */
export function findRegions(pixels: Omit<ChangedPixels, "isUnlike">): DiffBox[] {
  for (let side = tileSide; ; side *= 2) {
    const tiles = listTiles(pixels, side);
    const across = Math.ceil(pixels.width / side);
    const groups = groupWindows(tiles.keys(), across);
    if (groups.length > mostGroups) continue;
    const extents = groups.map((group) =>
      group.map((tile) => tiles.get(tile) as Extent).reduce(unite),
    );
    return joinExtents(extents).map(toBox);
  }
}

/** Around the changed pixels of each tile that has some. */
function listTiles(
  { width, changed }: Pick<ChangedPixels, "width" | "changed">,
  side: number,
): Map<number, Extent> {
  const tiles = new Map<number, Extent>();
  const across = Math.ceil(width / side);
  for (let pixel = changed.indexOf(1); pixel !== -1; pixel = changed.indexOf(1, pixel + 1)) {
    const x = pixel % width;
    const y = Math.floor(pixel / width);
    const tile = Math.floor(y / side) * across + Math.floor(x / side);
    const known = tiles.get(tile);
    if (known) {
      known.left = Math.min(known.left, x);
      known.right = Math.max(known.right, x + 1);
      known.bottom = y + 1;
    } else tiles.set(tile, { left: x, top: y, right: x + 1, bottom: y + 1 });
  }
  return tiles;
}

function toBox({ left, top, right, bottom }: Extent): DiffBox {
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** What one of two pictures has, and the other one, which ends before it, has not. */
export interface Strip extends DiffBox {
  of: "old" | "new";
}

/** The strips below and to the right, where pictures of two sizes lie on each other at the upper left. */
export function findStrips(old: Size, now: Size): Strip[] {
  const shared = overlapOf(old, now);
  const strips: Strip[] = [];
  const taller = old.height > now.height ? old : now;
  const wider = old.width > now.width ? old : now;
  if (taller.height > shared.height) {
    const height = taller.height - shared.height;
    const box = { x: 0, y: shared.height, width: taller.width, height };
    strips.push({ ...box, of: taller === old ? "old" : "new" });
  }
  if (wider.width > shared.width) {
    const width = wider.width - shared.width;
    const box = { x: shared.width, y: 0, width, height: shared.height };
    strips.push({ ...box, of: wider === old ? "old" : "new" });
  }
  return strips;
}

/** What two pictures have in common. */
export function overlapOf(old: Size, now: Size): Size {
  return {
    width: Math.min(old.width, now.width),
    height: Math.min(old.height, now.height),
  };
}
