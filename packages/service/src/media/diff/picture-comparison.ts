import type { Size } from "../picture-size.js";
import { type ComparedPicture, cellSide } from "./compared-picture.js";
import { cellsAround, type Grid } from "./grid.js";
import { Noise, type Thresholds } from "./noise.js";

/** Pixels of a window, which is two cells wide and high. */
const pixels = (2 * cellSide) ** 2;

/** The variance of brightness up to which a window counts as flat, and from which as structured. */
const flatVariance = 40;
const structuredVariance = 100;

/** The difference of colours inside of a window from which there is an edge of colours. */
const colourSpread = 12;

/** The variance that both have up to which texture is faint. */
const faintVariance = 600;

/** Which share of the windows has to differ where two pictures have little in common. */
const mostAlike = 0.5;

/** The share of the contrast of an edge that scaling or compression adds in the pixel beside it. */
const spillShare = 0.12;

/** The variance of a window that has 1 in one of its rows, and 0 in all others. */
const rowVariance = (1 / 8) * (7 / 8);

/** What is found out about two pictures. */
export interface PictureDifference {
  /** The windows that differ, with how many times the threshold. Valid until the next comparison. */
  windows: Map<number, number>;
  /** The mean square of the difference of brightness. */
  error: number;
  /**
   * Which share of the structured windows has nothing in common; 0 where few are structured, or where
   * most of the picture is alike.
   */
  unlike: number;
}

/**
 * Compares two pictures in windows of 8×8 pixels, which overlap by half. The measure is the structural
 * part of SSIM with a threshold in place of its constant: the variance of the difference, against the
 * variance that both have there. Plain SSIM takes the loss of faint noise in flat areas for a change.
 */
export class PictureComparison implements Grid {
  readonly columns: number;
  readonly rows: number;
  readonly #noise: Noise;
  readonly #width: number;
  readonly #squaredDifferences: Float64Array;
  readonly #isMostlyFlat: boolean;
  #thresholds: Thresholds;

  /**
   * @param isMostlyFlat whether compression is looked for where the pictures differ at all: a page has more
   * places without anything than with it
   */
  constructor(size: Size, tolerance: number, isMostlyFlat = false) {
    this.#isMostlyFlat = isMostlyFlat;
    this.#width = size.width;
    this.columns = size.width / cellSide;
    this.rows = size.height / cellSide;
    this.#squaredDifferences = new Float64Array(this.columns * this.rows);
    this.#noise = new Noise(tolerance);
    this.#thresholds = this.#noise.settle();
  }

  get thresholds(): Thresholds {
    return this.#thresholds;
  }

  compare(one: ComparedPicture, other: ComparedPicture): PictureDifference {
    const error = this.#sumDifferences(one, other);
    const structured = { count: 0, unlike: 0 };
    this.#eachWindow((window) => {
      const found = this.#measure(one, other, window, this.#squaresOf(window));
      this.#count(found, spreadOf(one, this.#cellsOf(window)));
      if (found.greater < structuredVariance) return;
      structured.count += 1;
      // Of a picture in negative, the structure is still the same.
      if (Math.abs(found.covariance) < found.greater / 2) structured.unlike += 1;
    });
    this.#thresholds = this.#noise.settle();
    const windows = new Map<number, number>();
    this.#eachWindow((window) => {
      const score = this.#scoreOf(one, other, window, this.#squaresOf(window));
      if (score > 1) windows.set(window, score);
    });
    const count = this.columns * this.rows;
    const isTelling = structured.count > count / 100 && windows.size > count * mostAlike;
    return { windows, error, unlike: isTelling ? structured.unlike / structured.count : 0 };
  }

  /** Whether a window shows the same in two pictures. */
  isAlike(one: ComparedPicture, other: ComparedPicture, window: number): boolean {
    if (one === other) return true;
    const squares = this.squaredDifference(one, other, window);
    return this.#scoreOf(one, other, window, squares) <= 1;
  }

  /** The sum of the squares of the difference of brightness in a window. */
  squaredDifference(one: ComparedPicture, other: ComparedPicture, window: number): number {
    const x = (window % this.columns) * cellSide;
    const y = Math.floor(window / this.columns) * cellSide;
    let squares = 0;
    for (let row = 0; row < 2 * cellSide; row += 1) {
      const start = (y + row) * this.#width + x;
      for (let at = start; at < start + 2 * cellSide; at += 1) {
        const difference = (one.luma[at] as number) - (other.luma[at] as number);
        squares += difference * difference;
      }
    }
    return squares;
  }

  /** @param spread how much the colour differs inside of the window */
  #count({ brightness, colour, variance, shared }: WindowDifference, spread: number): void {
    const isTelling = !this.#isMostlyFlat || variance > 0;
    if (spread >= colourSpread) this.#noise.count("edgeColour", colour / spread);
    else this.#noise.count("colour", colour);
    if (shared < flatVariance) {
      if (isTelling) this.#noise.count("flat", variance);
      this.#noise.count("brightness", Math.abs(brightness));
    } else {
      const contrast = Math.sqrt(shared);
      this.#noise.count("textured", variance / shared);
      if (shared < faintVariance) this.#noise.count("faint", variance);
      this.#noise.count("edgeBrightness", Math.abs(brightness) / contrast);
    }
  }

  #sumDifferences(one: ComparedPicture, other: ComparedPicture): number {
    const squares = this.#squaredDifferences.fill(0);
    const { length } = one.luma;
    let total = 0;
    for (let start = 0, row = 0; start < length; start += this.#width, row += 1) {
      const cells = Math.floor(row / cellSide) * this.columns;
      for (let x = 0; x < this.#width; x += 1) {
        const at = start + x;
        const difference = (one.luma[at] as number) - (other.luma[at] as number);
        if (difference === 0) continue;
        const cell = cells + (x >> 2);
        squares[cell] = (squares[cell] as number) + difference * difference;
        total += difference * difference;
      }
    }
    return total / length;
  }

  #eachWindow(visit: (window: number) => void): void {
    for (let row = 0; row + 1 < this.rows; row += 1) {
      for (let column = 0; column + 1 < this.columns; column += 1) {
        visit(row * this.columns + column);
      }
    }
  }

  #squaresOf(window: number): number {
    return sumOf(this.#squaredDifferences, window, this.columns);
  }

  #measure(
    one: ComparedPicture,
    other: ComparedPicture,
    window: number,
    squares: number,
  ): WindowDifference {
    const { columns } = this;
    const meanOne = sumOf(one.sums, window, columns) / pixels;
    const meanOther = sumOf(other.sums, window, columns) / pixels;
    const varianceOne = sumOf(one.squares, window, columns) / pixels - meanOne * meanOne;
    const varianceOther = sumOf(other.squares, window, columns) / pixels - meanOther * meanOther;
    const brightness = meanOne - meanOther;
    const variance = Math.max(0, squares / pixels - brightness * brightness);
    const blue = sumOf(one.blue, window, columns) - sumOf(other.blue, window, columns);
    const red = sumOf(one.red, window, columns) - sumOf(other.red, window, columns);
    return {
      brightness,
      variance,
      colour: Math.max(Math.abs(blue), Math.abs(red)) / pixels,
      shared: Math.min(varianceOne, varianceOther),
      greater: Math.max(varianceOne, varianceOther),
      covariance: (varianceOne + varianceOther - variance) / 2,
    };
  }

  #cellsOf(window: number): [number, number, number, number] {
    return [window, window + 1, window + this.columns, window + this.columns + 1];
  }

  #scoreOf(one: ComparedPicture, other: ComparedPicture, window: number, squares: number): number {
    const found = this.#measure(one, other, window, squares);
    const { flat, textured, faint, brightness, edgeBrightness } = this.#thresholds;
    const contrast = Math.sqrt(Math.max(0, found.shared));
    const texture = Math.min(1, Math.max(0, found.shared) / flatVariance);
    const allowed = flat + faint * texture + textured * found.shared;
    const isOver = found.variance > allowed;
    const spill = isOver ? this.#spillOf(one, other, window) : 0;
    return Math.max(
      found.variance / (allowed + spill),
      Math.abs(found.brightness) / (brightness + edgeBrightness * contrast),
      this.#scoreColour(one, other, window, found),
    );
  }

  /** The variance that an edge beside a window can cause, where it reaches a pixel further in one of both. */
  #spillOf(one: ComparedPicture, other: ComparedPicture, window: number): number {
    const cells = cellsAround(this, window, 1);
    const [contrast, otherContrast] = [contrastOf(one, cells), contrastOf(other, cells)];
    return (spillShare * Math.min(contrast, otherContrast)) ** 2 * rowVariance;
  }

  /** Colours have half of the resolution, so that an edge of them reaches into windows beside it. */
  #scoreColour(
    one: ComparedPicture,
    other: ComparedPicture,
    window: number,
    { colour: difference, shared }: WindowDifference,
  ): number {
    const { colour, edgeColour } = this.#thresholds;
    const allowed = colour + (edgeColour * Math.sqrt(Math.max(0, shared))) / 2;
    if (difference <= allowed) return difference / allowed;
    const cells = cellsAround(this, window, 1);
    const spread = Math.min(spreadOf(one, cells), spreadOf(other, cells));
    return difference / (allowed + edgeColour * spread);
  }
}

/** How much the colour differs between some cells. */
function spreadOf({ blue, red }: ComparedPicture, cells: readonly number[]): number {
  let [leastBlue, mostBlue, leastRed, mostRed] = [32_767, -32_767, 32_767, -32_767];
  for (const cell of cells) {
    leastBlue = Math.min(leastBlue, blue[cell] as number);
    mostBlue = Math.max(mostBlue, blue[cell] as number);
    leastRed = Math.min(leastRed, red[cell] as number);
    mostRed = Math.max(mostRed, red[cell] as number);
  }
  return Math.max(mostBlue - leastBlue, mostRed - leastRed) / cellSide ** 2;
}

/** From the darkest to the lightest pixel of some cells. */
function contrastOf({ darkest, lightest }: ComparedPicture, cells: readonly number[]): number {
  const dark = Math.min(...cells.map((cell) => darkest[cell] as number));
  return Math.max(...cells.map((cell) => lightest[cell] as number)) - dark;
}

/** How one window differs. */
interface WindowDifference {
  /** Of the means. */
  brightness: number;
  colour: number;
  /** Of the difference of brightness. */
  variance: number;
  /** The variances of brightness: the lesser, and the greater one. */
  shared: number;
  greater: number;
  covariance: number;
}

type Numbers = Uint16Array | Uint32Array | Int16Array | Float64Array;

/** Of the four cells of a window. */
function sumOf(cells: Numbers, window: number, columns: number): number {
  return (
    (cells[window] as number) +
    (cells[window + 1] as number) +
    (cells[window + columns] as number) +
    (cells[window + columns + 1] as number)
  );
}
