import { createHash } from "node:crypto";

/** A pair of videos, and what a comparison has to find. */
export interface Pair {
  /** Which row of the table it counts in. */
  kind: Kind;
  name: string;
  old: Recipe;
  now: Recipe;
  expected: Expected;
}

/** How a video is made by ffmpeg. */
export interface Recipe {
  /** A graph that gives the pictures. */
  graph: string;
  encoder: Encoder;
  hasSound: boolean;
}

export type Encoder = "h264" | "h264-worse" | "hevc" | "vp9" | "mpeg4";

export interface Expected {
  isChanged: boolean;
  /** Where one passage of the new video has to be found, in frames. */
  frames?: { from: number; to: number };
  /** Where in the picture, in pixels. */
  box?: { x: number; y: number; width: number; height: number };
}

/** Of all videos: frames a second, pixels, and frames. */
export const rate = 25;
export const size = { width: 640, height: 360 };
const length = 75;

type Kind = (typeof kinds)[number]["name"];

/** A whole number from `low` to `high`. */
export type Draw = (low: number, high: number) => number;

interface Change {
  old?: string[];
  now?: string[];
  encoder?: Encoder;
  /** The new video has another source. */
  isOther?: boolean;
  isSilent?: boolean;
  expected: Expected;
}

const unchanged: Expected = { isChanged: false };
const changed: Expected = { isChanged: true };

/** A list that is scrolled, and a dialog that opens: most of the picture stays as it is for long. */
const page = [
  `color=0xf6f4ef:s=${size.width}x420:r=${rate}`,
  ...Array.from({ length: 11 }, (_, row) => {
    const width = 220 + ((row * 97) % 260);
    return `drawbox=x=60:y=${50 + row * 32}:w=${width}:h=9:color=0x33373d:t=fill`;
  }),
  `crop=${size.width}:${size.height}:0:'8*floor(2*t)'`,
  "drawbox=x=0:y=0:w=640:h=28:color=0x2f6fdb:t=fill",
  "drawbox=x=190:y=110:w=260:h=140:color=0xdfe7f5:t=fill:enable='between(t,1.2,2.2)'",
];

const sources = {
  card: [`testsrc2=s=${size.width}x${size.height}:r=${rate}`],
  page,
  fractal: [
    `mandelbrot=s=${size.width}x${size.height}:r=${rate}:start_scale=2:end_scale=0.3:end_pts=90`,
  ],
};

/** A box in a colour that no source has, for some frames. */
function boxAt(draw: Draw, least: number): { filter: string; expected: Expected } {
  const width = 16 * draw(3, 12);
  const height = 16 * draw(2, 8);
  const x = 4 * draw(0, (size.width - width) / 4);
  const y = 4 * draw(0, (size.height - height) / 4);
  const from = draw(5, 30);
  const to = from + draw(least, 35);
  const color = ["0xd02090", "0x10c0b0", "0x7030e0"][draw(0, 2)];
  return {
    filter: `drawbox=x=${x}:y=${y}:w=${width}:h=${height}:color=${color}:t=fill:enable='between(n,${from},${to - 1})'`,
    expected: { isChanged: true, frames: { from, to }, box: { x, y, width, height } },
  };
}

/** A recording that begins late and stalls once. */
function lateBy(frames: number, stall: number): string[] {
  const again = `loop=loop=${stall}:size=1:start=${frames + 50},setpts=N/${rate}/TB`;
  return [`tpad=start=${frames}:start_mode=clone`, again];
}

function shifted(expected: Expected, by: number): Expected {
  const { from, to } = expected.frames ?? { from: 0, to: 0 };
  return { ...expected, frames: { from: from + by, to: to + by } };
}

function blinking(draw: Draw, phase: number): string {
  const [x, y] = [draw(40, 600), draw(40, 320)];
  return `drawbox=x=${x}:y=${y}:w=2:h=16:color=0x101010:t=fill:enable='lt(mod(t+${phase},1),0.5)'`;
}

/** A small box on the way across the picture: `drawbox` could not move it. */
function passing(draw: Draw): string {
  const [from, y] = [draw(10, 50) / rate, draw(30, 300)];
  const place = `x='80+900*(t-${from})':y=${y}:enable='between(t,${from},${from + 0.4})'`;
  return `null[under];color=0x101010:s=10x14:r=${rate}[box];[under][box]overlay=${place}:shortest=1`;
}

/** What is done to the new video of a pair. */
export const kinds = [
  kind("encoded worse", () => ({ encoder: "h264-worse", expected: unchanged })),
  kind("another codec", (draw) => ({
    encoder: (["hevc", "vp9", "mpeg4"] as const)[draw(0, 2)] ?? "vp9",
    expected: unchanged,
  })),
  kind("smaller", (draw) => ({
    now: [`scale=${[320, 480][draw(0, 1)]}:-2:flags=bicubic`],
    expected: unchanged,
  })),
  kind("twice the frames a second", () => ({ now: ["fps=50"], expected: unchanged })),
  kind("late, and stalls", (draw) => ({
    now: lateBy(draw(3, 20), draw(3, 15)),
    expected: unchanged,
  })),
  kind("frames dropped", (draw) => ({
    now: [`select='not(eq(mod(n,${draw(7, 12)}),3))'`, `fps=${rate}`],
    expected: unchanged,
  })),
  kind("without its sound", () => ({ isSilent: true, expected: unchanged })),
  kind("a cursor blinks at other times", (draw) => {
    const place = draw(0, 1000);
    const again = (low: number, high: number) => low + (place % (high - low + 1));
    return { old: [blinking(again, 0)], now: [blinking(again, 0.3)], expected: unchanged };
  }),
  kind("a pointer passes by", (draw) => ({ now: [passing(draw)], expected: unchanged })),
  kind("a box for a while", (draw) => {
    const { filter, expected } = boxAt(draw, 15);
    return { now: [filter], expected };
  }),
  kind("a box, in another codec", (draw) => {
    const { filter, expected } = boxAt(draw, 15);
    return { now: [filter], encoder: draw(0, 1) === 0 ? "vp9" : "hevc", expected };
  }),
  kind("a box, and encoded worse", (draw) => {
    const { filter, expected } = boxAt(draw, 15);
    return { now: [filter], encoder: "h264-worse", expected };
  }),
  kind("a box, and late", (draw) => {
    const { filter, expected } = boxAt(draw, 15);
    const late = draw(3, 15);
    const now = [filter, `tpad=start=${late}:start_mode=clone`];
    return { now, expected: shifted(expected, late) };
  }),
  kind("colours", (draw) => ({
    now: [
      ["eq=brightness=0.08", "hue=h=40", "eq=saturation=0.3", "eq=gamma=0.75"][draw(0, 3)] ?? "",
    ],
    expected: changed,
  })),
  kind("turned or mirrored", (draw) => ({
    now: [["hflip", "vflip", "hflip,vflip", "rotate=0.06"][draw(0, 3)] ?? ""],
    expected: changed,
  })),
  kind("shorter", (draw) => ({
    now: [`trim=end_frame=${draw(20, 40)}`],
    expected: changed,
  })),
  kind("longer", (draw) => ({
    old: [`trim=end_frame=${draw(20, 40)}`],
    expected: changed,
  })),
  kind("another video", () => ({ isOther: true, expected: changed })),
] as const;

function kind<Name extends string>(name: Name, change: (draw: Draw) => Change) {
  return { name, change };
}

/** The same pairs for the same seed: each kind with each source, so many times. */
export function* listPairs(seed: number, times: number): Generator<Pair> {
  const names = Object.keys(sources) as (keyof typeof sources)[];
  for (const [row, { name, change }] of kinds.entries()) {
    for (const [column, source] of names.entries()) {
      for (let time = 0; time < times; time += 1) {
        const draw = createDraw(seed + row * 1_000 + column * 100 + time);
        const { old = [], now = [], encoder = "h264", expected, ...rest } = change(draw);
        const graph = sources[source];
        const other = rest.isOther ? sources[names[(column + 1) % names.length] ?? "card"] : graph;
        yield {
          kind: name,
          name: `${name}, ${source} ${time + 1}`,
          old: { graph: join(graph, old), encoder: "h264", hasSound: rest.isSilent === true },
          now: { graph: join(other, now), encoder, hasSound: false },
          expected,
        };
      }
    }
  }
}

function join(source: readonly string[], filters: readonly string[]): string {
  return [...source, `trim=end_frame=${length}`, ...filters, "format=yuv420p"].join(",");
}

/** Whole numbers from `low` to `high`, the same ones for the same seed. */
export function createDraw(seed: number): Draw {
  let count = 0;
  return (low, high) => {
    count += 1;
    const hash = createHash("sha256").update(`${seed}/${count}`).digest();
    return low + Math.floor((hash.readUInt32BE() / 2 ** 32) * (Math.floor(high) - low + 1));
  };
}
