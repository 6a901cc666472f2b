import type { Size } from "../picture-size.js";
import { type ComparedPicture, cellSide } from "./compared-picture.js";

/** The side of a tile, in pixels of a compared picture. */
const tileSide = 2 * cellSide;

/** A box in pixels of a compared picture; `right` and `bottom` are behind it. */
export interface Extent {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** How much more than the threshold of a mean one pixel has to differ. */
const pixelFactor = 2;

/** Where in each tile pixels differ, of all pairs of pictures in which the tile does. */
export class TileExtents {
  readonly across: number;
  readonly down: number;
  readonly #size: Size;
  readonly #tiles = new Map<number, Extent>();

  constructor(size: Size) {
    this.#size = size;
    this.across = Math.ceil(size.width / tileSide);
    this.down = Math.ceil(size.height / tileSide);
  }

  /**
   * @param cells of the compared pictures, which differ themselves
   * @param threshold of a mean difference of brightness
   */
  add(
    cells: readonly number[],
    one: ComparedPicture,
    other: ComparedPicture,
    threshold: number,
  ): void {
    const columns = this.#size.width / cellSide;
    for (const cell of cells) {
      const [column, row] = [cell % columns, Math.floor(cell / columns)];
      const tile = (row >> 1) * this.across + (column >> 1);
      const known = this.#tiles.get(tile);
      if (known && areaOf(known) === areaOf(this.#boxOf(tile))) continue;
      const [left, top] = [column * cellSide, row * cellSide];
      const whole = { left, top, right: left + cellSide, bottom: top + cellSide };
      const found = this.#findPixels(whole, one, other, threshold * pixelFactor);
      if (found) this.#tiles.set(tile, known ? unite(known, found) : found);
    }
  }

  /** Where pixels of a tile differ; the whole tile where it does as a whole, but no pixel much. */
  get(tile: number): Extent {
    return this.#tiles.get(tile) ?? this.#boxOf(tile);
  }

  has(tile: number): boolean {
    return this.#tiles.has(tile);
  }

  #boxOf(tile: number): Extent {
    const left = (tile % this.across) * tileSide;
    const top = Math.floor(tile / this.across) * tileSide;
    const right = Math.min(this.#size.width, left + tileSide);
    return { left, top, right, bottom: Math.min(this.#size.height, top + tileSide) };
  }

  #findPixels(
    { left, top, right, bottom }: Extent,
    one: ComparedPicture,
    other: ComparedPicture,
    threshold: number,
  ): Extent | null {
    let found: Extent | null = null;
    for (let y = top; y < bottom; y += 1) {
      for (let x = left; x < right; x += 1) {
        const at = y * this.#size.width + x;
        const difference = (one.luma[at] as number) - (other.luma[at] as number);
        if (Math.abs(difference) < threshold) continue;
        const pixel = { left: x, top: y, right: x + 1, bottom: y + 1 };
        found = found ? unite(found, pixel) : pixel;
      }
    }
    return found;
  }
}

export function areaOf({ left, top, right, bottom }: Extent): number {
  return (right - left) * (bottom - top);
}

export function unite(one: Extent, other: Extent): Extent {
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}
