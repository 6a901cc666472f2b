import type { OpenedVideo, RawFrame } from "../engine/engine.js";
import { pictureFilter, sequentialFilter } from "../picture-filter.js";
import type { Size } from "../picture-size.js";
import { type ComparedPicture, toCompared } from "./compared-picture.js";
import { featureOf } from "./feature.js";

/** A video, and how its frames are looked at. */
export interface SeriesSource {
  video: OpenedVideo;
  size: Size;
  mask: Uint8Array | null;
  /** Steps a second. */
  rate: number;
}

/** What a video shows at each step. A frame that stays for several steps is kept once. */
export interface FrameSeries {
  source: SeriesSource;
  /** The number of the picture that is shown at each step. */
  pictureAt: Int32Array;
  /** Seconds at which each picture begins. */
  times: number[];
  features: Uint8Array[];
  /** All pictures, where they fit into the memory for them. */
  pictures: ComparedPicture[] | null;
  /** Seconds to the end of the last picture. */
  end: number;
  /** Whether the video goes on after the last step that may be read. */
  isCut: boolean;
}

/** Steps after which no more is read. */
export const mostSteps = 20_000;

/** Reads a video once. `keptPictures` is how many pictures may be held at most. */
export async function readSeries(source: SeriesSource, keptPictures: number): Promise<FrameSeries> {
  const steps: number[] = [];
  const times: number[] = [];
  const features: Uint8Array[] = [];
  let pictures: ComparedPicture[] | null = [];
  let isCut = false;
  for await (const { picture, number, at } of readPictures(source)) {
    if (steps.length === mostSteps) {
      // By the length that is stated the rate was chosen, and it may be a step too short.
      isCut = source.video.probe.duration === null;
      break;
    }
    if (number === features.length) {
      times.push(Math.max(0, at));
      features.push(featureOf(picture, source.size));
      pictures?.push(picture);
      if (pictures && pictures.length > keptPictures) pictures = null;
    }
    steps.push(number);
  }
  const end = steps.length / source.rate;
  return { source, pictureAt: Int32Array.from(steps), times, features, pictures, end, isCut };
}

/** Seconds at which a step's picture begins: the frame's own time where the step is its first. */
export function startOf({ pictureAt, times, source, end }: FrameSeries, step: number): number {
  if (step >= pictureAt.length) return end;
  const picture = pictureAt[step] ?? 0;
  const isFirst = step === 0 || pictureAt[step - 1] !== picture;
  return isFirst ? (times[picture] ?? 0) : step / source.rate;
}

/** The picture of each step, in turn. */
async function* readPictures(source: SeriesSource): AsyncGenerator<{
  picture: ComparedPicture;
  number: number;
  at: number;
}> {
  const { video, size, mask, rate } = source;
  const { probe } = video;
  const request = {
    start: 0,
    // One step more than are kept, which tells whether there are more.
    length: (probe.duration ?? mostSteps / rate) + 1 / rate,
    rate,
    filter: pictureFilter(probe.video, size),
    sequential: sequentialFilter(probe.video),
    ...size,
    effort: "full" as const,
  };
  let last: RawFrame | null = null;
  let picture: ComparedPicture | null = null;
  let number = -1;
  for await (const frame of video.frames(request)) {
    // A program gives each step anew; the package gives a frame that stays as the same object.
    const stays = last && (last === frame || Buffer.compare(last.data, frame.data) === 0);
    if (!stays || !picture) {
      picture = toCompared(frame, mask);
      number += 1;
    }
    // The time of the first of equal frames is that of the picture.
    yield { picture, number, at: frame.at };
    last = frame;
  }
}

/** The pictures of a series by number, forward only, of which the latest are kept. */
export class PictureWindow implements AsyncDisposable {
  readonly #series: FrameSeries;
  readonly #reading: ReturnType<typeof readPictures> | null;
  readonly #kept = new Map<number, ComparedPicture>();
  readonly #span: number;
  #newest = -1;

  /** @param span steps that are kept before and behind the one that is asked for */
  constructor(series: FrameSeries, span: number) {
    this.#series = series;
    this.#span = span;
    this.#reading = series.pictures ? null : readPictures(series.source);
  }

  /** Makes the pictures around a step available. Steps do not go back. */
  async moveTo(step: number): Promise<void> {
    if (!this.#reading) return;
    const { pictureAt } = this.#series;
    const until = pictureAt[Math.min(pictureAt.length - 1, step + this.#span)] ?? 0;
    while (this.#newest < until) {
      const read = await this.#reading.next();
      if (read.done) return;
      this.#newest = read.value.number;
      this.#kept.set(read.value.number, read.value.picture);
    }
    const oldest = pictureAt[Math.max(0, step - this.#span)] ?? 0;
    for (const number of this.#kept.keys()) {
      if (number >= oldest) break;
      this.#kept.delete(number);
    }
  }

  /** The number of the picture that is shown at a step; outside of the video, that of its ends. */
  numberAt(step: number): number {
    const { pictureAt } = this.#series;
    return pictureAt[Math.max(0, Math.min(pictureAt.length - 1, step))] ?? 0;
  }

  /** The pictures that are shown up to some steps before and behind a step. */
  around(step: number, reach: number): ComparedPicture[] {
    const last = this.numberAt(step + reach);
    const pictures: ComparedPicture[] = [];
    for (let number = this.numberAt(step - reach); number <= last; number += 1) {
      pictures.push(this.get(number));
    }
    return pictures;
  }

  get(number: number): ComparedPicture {
    const picture = this.#series.pictures?.[number] ?? this.#kept.get(number);
    if (!picture) throw new Error("the video could not be read a second time");
    return picture;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reading?.return(undefined);
  }
}
