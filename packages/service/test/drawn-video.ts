import type { OpenedVideo, Probe, RawFrame } from "../dist/media/engine/engine.js";

/** Brightness of red, green and blue. */
export type Color = readonly [red: number, green: number, blue: number];

/** What a drawn frame is put on: boxes, whose edges may lie between pixels. */
export class Sheet {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  readonly #scaleX: number;
  readonly #scaleY: number;

  /** @param shown the size in whose pixels boxes are given */
  constructor(width: number, height: number, shown: { width: number; height: number }) {
    this.width = width;
    this.height = height;
    this.#scaleX = width / shown.width;
    this.#scaleY = height / shown.height;
    this.data = new Uint8Array(width * height * 3).fill(255);
  }

  box(x: number, y: number, width: number, height: number, color: Color): void {
    const [left, right] = [x * this.#scaleX, (x + width) * this.#scaleX];
    const [top, bottom] = [y * this.#scaleY, (y + height) * this.#scaleY];
    const [endX, endY] = [Math.min(this.width, right), Math.min(this.height, bottom)];
    for (let row = Math.max(0, Math.floor(top)); row < endY; row += 1) {
      const high = Math.min(row + 1, bottom) - Math.max(row, top);
      for (let column = Math.max(0, Math.floor(left)); column < endX; column += 1) {
        const wide = Math.min(column + 1, right) - Math.max(column, left);
        const at = (row * this.width + column) * 3;
        for (const [index, value] of color.entries()) {
          const under = this.data[at + index] ?? 0;
          this.data[at + index] = Math.round(under + (value - under) * high * wide);
        }
      }
    }
  }
}

export interface DrawnVideo {
  /** Seconds of pictures. */
  seconds: number;
  /** Draws what is to be seen at a time, in seconds. */
  draw: (sheet: Sheet, at: number) => void;
  /** Frames a second. */
  rate?: number;
  width?: number;
  height?: number;
  /** What the file says that it lasts; `null` where it says nothing. The seconds of pictures otherwise. */
  stated?: number | null;
}

/** A video that is not decoded but drawn: frames for a comparison, without a file. */
export function drawnVideo(drawn: DrawnVideo): OpenedVideo {
  const { seconds, draw, rate = 30, width = 320, height = 180, stated = seconds } = drawn;
  return {
    probe: { ...probe, duration: stated, video: { ...probe.video, width, height, rate } },
    async *frames(request) {
      const steps = Math.round(Math.min(request.length, seconds - request.start) * request.rate);
      let number = -1;
      let frame: RawFrame | null = null;
      for (let step = 0; step < Math.max(1, steps); step += 1) {
        const next = Math.floor((request.start + step / request.rate) * rate + 1e-6);
        if (!frame || next !== number) {
          const sheet = new Sheet(request.width, request.height, { width, height });
          draw(sheet, next / rate);
          const { data } = sheet;
          frame = { at: next / rate, width: request.width, height: request.height, data };
          number = next;
        }
        yield frame;
      }
    },
    convert: () => Promise.reject(new Error("a drawn video is not converted")),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** What is known of a WebM of VP9 without sound, beside its size and times. */
export const probe: Probe = {
  format: "matroska,webm",
  formatName: "Matroska / WebM",
  brand: null,
  frameCount: null,
  duration: null,
  video: {
    codec: "vp9",
    isDecodable: true,
    profile: null,
    tag: null,
    pixelFormat: "yuv420p",
    width: 0,
    height: 0,
    aspect: 1,
    displayMatrix: null,
    fieldOrder: "progressive",
    range: "tv",
    matrix: "bt709",
    primaries: "bt709",
    transfer: "bt709",
    hasAlpha: false,
    rate: null,
  },
  audio: null,
};

/** Lines of words, from a height on: rows of grey boxes whose lengths a seed sets. */
export function writeLines(sheet: Sheet, top: number, count: number, seed = 1): void {
  let state = seed;
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  for (let line = 0; line < count; line += 1) {
    let x = 12;
    while (x < 290) {
      const width = 4 + Math.floor(random() * 22);
      sheet.box(x, top + line * 12, width, 5, [60, 60, 70]);
      x += width + 4;
    }
  }
}
