/** From which difference on a place has changed. What compression does to two videos sets it. */
export interface Thresholds {
  /** Of the variance of the difference, where there is nothing to see in one of both. */
  flat: number;
  /** The same, for each unit of the variance that both have there. */
  textured: number;
  /** What is added to that where both have a little: compression takes faint texture first. */
  faint: number;
  /** Of the mean brightness, and of the mean colour difference. */
  brightness: number;
  colour: number;
  /** What is added to these for each unit of contrast, and of what the colour differs there: edges are blurred. */
  edgeBrightness: number;
  edgeColour: number;
}

/** The least and the most: below it is rounding, above it no compression explains a difference. */
const least: Thresholds = {
  flat: 16,
  textured: 0.15,
  faint: 0,
  brightness: 4,
  colour: 5,
  edgeBrightness: 0.06,
  edgeColour: 0.1,
};
const most: Thresholds = {
  flat: 64,
  textured: 0.5,
  faint: 120,
  brightness: 7,
  colour: 9,
  edgeBrightness: 0.15,
  edgeColour: 0.25,
};

/** How many times the difference of most places counts as a change. */
const factors: Thresholds = {
  flat: 4,
  textured: 3,
  faint: 2,
  brightness: 2.5,
  colour: 2.5,
  edgeBrightness: 2.5,
  edgeColour: 2.5,
};

/** Which share of the places is taken for unchanged, from those that differ least on. */
const shares: Thresholds = {
  flat: 0.97,
  textured: 0.8,
  faint: 0.9,
  brightness: 0.85,
  colour: 0.85,
  edgeBrightness: 0.85,
  edgeColour: 0.85,
};

/** The width of a bin of each histogram. */
const bins: Thresholds = {
  flat: 0.5,
  textured: 1 / 128,
  faint: 0.5,
  brightness: 1 / 16,
  colour: 1 / 16,
  edgeBrightness: 1 / 512,
  edgeColour: 1 / 512,
};
const binCount = 256;

type Measure = keyof Thresholds;
const measures = Object.keys(least) as Measure[];

/** How fast a threshold falls from one pair of frames to the next: noise comes in waves. */
const decay = 0.93;

/** Measures what compression does, pair by pair, since a change covers a small part of most. */
export class Noise {
  readonly #tolerance: number;
  readonly #histograms: Record<Measure, Uint32Array>;
  #thresholds: Thresholds = { ...least };

  constructor(tolerance: number) {
    this.#tolerance = tolerance;
    this.#histograms = {
      flat: new Uint32Array(binCount),
      textured: new Uint32Array(binCount),
      faint: new Uint32Array(binCount),
      brightness: new Uint32Array(binCount),
      colour: new Uint32Array(binCount),
      edgeBrightness: new Uint32Array(binCount),
      edgeColour: new Uint32Array(binCount),
    };
  }

  count(measure: Measure, value: number): void {
    const histogram = this.#histograms[measure];
    const bin = Math.min(binCount - 1, Math.floor(value / bins[measure]));
    histogram[bin] = (histogram[bin] as number) + 1;
  }

  /** What follows from the values that were counted since the last call. */
  settle(): Thresholds {
    const next = { ...least };
    for (const measure of measures) {
      const measured = this.#quantile(measure) * factors[measure];
      const held = (this.#thresholds[measure] / this.#tolerance) * decay;
      const within = Math.min(most[measure], Math.max(least[measure], measured, held));
      next[measure] = within * this.#tolerance;
      this.#histograms[measure].fill(0);
    }
    this.#thresholds = next;
    return next;
  }

  #quantile(measure: Measure): number {
    const histogram = this.#histograms[measure];
    const wanted = histogram.reduce((sum, count) => sum + count, 0) * shares[measure];
    let seen = 0;
    for (let bin = 0; bin < binCount; bin += 1) {
      seen += histogram[bin] as number;
      if (seen >= wanted) return bin * bins[measure];
    }
    return binCount * bins[measure];
  }
}
